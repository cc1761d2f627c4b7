"""Recordings that are there twice: an episode with the sound of another is a slip."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from episodes.rules import finding
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from episodes.findings import Finding
    from episodes.model import Episode

END = 4096  # bytes at the beginning and the end that are compared first


def unrelated(alike: list[Episode]) -> list[Episode]:
    """Leave out what replaces one of the others: it may have the same sound."""
    guids = {each.guid for each in alike}
    return [each for each in alike if each.facts.replaces not in guids] or alike


def twice(first: Episode, other: Episode) -> Finding:
    """Return what is said of an episode that has the recording of another."""
    return finding(
        "audio-twice", other.recording, "", f"is the same recording as {first.recording}"
    )


def copies(folder: Path, episodes: Iterable[Episode]) -> Iterator[Finding]:
    """Yield recordings that are copies of an older one, byte by byte; `episodes` are newest first.

    Only those of one size that begin and end alike are read; a build knows more: what sounds the
    same.
    """
    sizes: dict[object, list[Episode]] = {}
    for episode in reversed(tuple(episodes)):
        if episode.recording and (known := stat(folder / episode.recording)):
            sizes.setdefault(known[0], []).append(episode)
    for similar in _split(folder, sizes.values(), _ends):
        for same in _split(folder, [similar], _digest):
            first, *others = unrelated(same)
            yield from (twice(first, other) for other in others)


def _split(
    folder: Path, groups: Iterable[list[Episode]], key: Callable[[Path], object]
) -> Iterator[list[Episode]]:
    """Yield the parts of each group that a key does not tell apart; a file that is gone is none."""
    for group in groups:
        same: dict[object, list[Episode]] = {}
        for episode in group if len(group) > 1 else ():
            with contextlib.suppress(OSError):
                same.setdefault(key(folder / episode.recording), []).append(episode)
        yield from (each for each in same.values() if len(each) > 1)


def _ends(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        first = file.read(END)
        file.seek(max(path.stat().st_size - END, 0))
        return first, file.read(END)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
