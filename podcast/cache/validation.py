"""Validates the cache in `.earmark/`: anyone who packs a show may have forged it.

What is remembered names files to delete, to publish and to read, and holds HTML: a forged one is
told from ours by its shape, and by names that lead nowhere else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from episodes.findings import Level
from episodes.site_layout import is_published_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.model import Episode
    from episodes.show_folder.scan import Signature

_LEVELS = frozenset(Level)
_FINDING = (str, str, str, str, int, str, str, str)


def seen(document: dict[str, Any]) -> bool:
    """Say whether `seen.json` holds what a build writes there."""
    try:
        return (
            _texts(document[key] for key in ("out", "key", "digest"))
            and all(isinstance(document[key], dict) for key in ("tree", "findings"))
            and all(
                is_published_name(name) and _pair(row) for name, row in document["outputs"].items()
            )
            and (document["lock"] is None or _pair(document["lock"]))
            and (document["due"] is None or isinstance(document["due"], int | float))
            and isinstance(document["at"], int | float)
            and all(map(_neighbours, document["neighbours"].values()))
            and all(map(_findings, document["findings"].values()))
            and _summary(*document["summary"])
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _texts(values: Iterable[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def _pair(row: Any) -> bool:
    return isinstance(row, list) and [type(each) for each in row] == [int, int]


def _neighbours(row: Any) -> bool:
    return len(row) == 4 and all(each is None or (_texts(each) and len(each) == 2) for each in row)


def _findings(rows: Any) -> bool:
    return isinstance(rows, list) and all(map(_finding, rows))


def _finding(row: Any) -> bool:
    return tuple(map(type, row)) == _FINDING and row[3] in _LEVELS


def _summary(  # noqa: PLR0913 - what is said of a build
    count: Any, coming: Any, findings: Any, publish: Any, feed: Any, withdrawn: Any
) -> bool:
    held = all(len(row) == 2 and _texts(row) for row in coming)
    written = _texts(publish) and _texts(publish.values())
    told = written and _texts([feed]) and all(map(_traces, withdrawn))
    return type(count) is int and held and _findings(findings) and told


def _traces(row: Any) -> bool:
    guid, title, *names = row
    listed = len(names) == 2 and all(isinstance(each, list) and _texts(each) for each in names)
    return listed and _texts([guid, title])


def episode(folder: str, known: Episode, there: Signature, made: list[str]) -> bool:
    """Say whether a remembered episode can be what its folder gave; `made` are its built files."""
    names = {row[0] for row in there}
    return (
        known.folder == folder
        and known.published.tzinfo is not None
        and all(_within(folder, names, path) for path in _used(known))
        and all(map(is_published_name, made))
        and _harmless(known)
    )


def linked(show: Path, folder: str, known: Episode) -> bool:
    """Say whether an episode or a file of it is behind a link: its target is looked at again."""
    return any(map(os.path.islink, _ways(show, folder, _used(known))))


def _used(known: Episode) -> list[str]:
    paths = (known.recording, known.transcript_source, known.picture_source, known.chapters_source)
    return [path for path in paths if path]


def _within(folder: str, names: set[str], path: str) -> bool:
    place, _, name = path.rpartition("/")
    return place == folder and name in names


def _words(known: Episode) -> list[str]:
    """Return what is told of its files beside their names."""
    media = known.media
    small = media.small if media else None
    parts = (media, small, known.art, *known.pictures.values())
    told = [each for part in parts if part for each in vars(part).values()]
    former = [name for part in (media, small) if part for name in part.former]
    return [each for each in (*told, *former, *known.pictures) if isinstance(each, str)]


def _ways(show: Path, folder: str, paths: list[str]) -> list[str]:
    return [f"{show}/episodes", *(f"{show}/{each}" for each in (folder, *paths))]


def _harmless(known: Episode) -> bool:
    """Say whether its HTML has nothing that notes cannot have, and its words what a feed can."""
    from episodes.frontmatter import (
        value_types as values,  # slow to load, and most builds have nothing to do
    )
    from episodes.text import markdown

    words = not any(map(values.CONTROL.search, _words(known)))
    return words and markdown.clean(known.notes) == known.notes
