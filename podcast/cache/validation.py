"""Validates cached episodes: a show received from somebody may contain a forged cache.

A cached episode names files to read, publish and delete, and contains HTML. It is valid if its
names stay inside its folder and its HTML contains nothing that show notes cannot contain.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from episodes.site_layout import is_published_name

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.model import Episode
    from episodes.show_folder.scan import Signature


def is_valid_episode(folder: str, episode: Episode, files: Signature) -> bool:
    """Return whether a cached episode can have been read from a folder with these files."""
    names = {row[0] for row in files}
    return (
        episode.folder == folder
        and episode.published.tzinfo is not None
        and all(_is_in(folder, names, path) for path in _sources(episode))
        and all(map(is_published_name, episode.built_files))
        and _is_harmless(episode)
    )


def is_behind_link(show: Path, folder: str, episode: Episode) -> bool:
    """Return whether an episode's folder or a file of it is a link: its target may have changed."""
    paths = (f"{show}/{each}" for each in ("episodes", folder, *_sources(episode)))
    return any(map(os.path.islink, paths))


def _sources(episode: Episode) -> list[str]:
    """Return the paths of the files that an episode was read from."""
    paths = (
        episode.recording,
        episode.transcript_source,
        episode.picture_source,
        episode.chapters_source,
    )
    return [path for path in paths if path]


def _is_in(folder: str, names: set[str], path: str) -> bool:
    parent, _, name = path.rpartition("/")
    return parent == folder and name in names


def _is_harmless(episode: Episode) -> bool:
    """Return whether its HTML could be show notes, and its other texts could be in a feed."""
    from episodes.frontmatter import value_types  # slow to import, and often not needed
    from episodes.text import markdown

    printable = not any(map(value_types.CONTROL.search, _file_texts(episode)))
    return printable and markdown.clean(episode.notes) == episode.notes


def _file_texts(episode: Episode) -> list[str]:
    """Return every text in the descriptions of an episode's published files."""
    media = episode.media
    small = media.small if media else None
    parts = (media, small, episode.art, *episode.pictures.values())
    values = [value for part in parts if part for value in vars(part).values()]
    former = [name for part in (media, small) if part for name in part.former]
    return [each for each in (*values, *former, *episode.pictures) if isinstance(each, str)]
