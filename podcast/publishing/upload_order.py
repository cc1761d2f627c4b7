"""Decides the order in which files are uploaded: each after all that it links to; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.site_layout import (
    ART,
    CATALOGUE,
    CHAPTERS,
    FEED,
    MEDIA,
    PAGES,
    STATIC,
    TRANSCRIPTS,
    is_immutable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# In the order of an upload, each with what its files are called. The index follows, then the
# catalogue, and the feed last.
FOLDERS = {
    MEDIA: ("recording", "recordings"),
    ART: ("picture", "pictures"),
    TRANSCRIPTS: ("transcript", "transcripts"),
    CHAPTERS: ("file of chapters", "files of chapters"),
    STATIC: ("style or script", "styles and scripts"),
    PAGES: ("page", "pages"),
}
_NOUNS = tuple(FOLDERS.values())


def position_of(name: str) -> int:
    """Return the position of a file in an upload."""
    last = {CATALOGUE: len(FOLDERS) + 1, FEED: len(FOLDERS) + 2}
    folders = (at for at, folder in enumerate(FOLDERS) if name.startswith(folder))
    return last.get(name) or next(folders, len(FOLDERS))


def stage_of(name: str) -> int:
    """Return the stage of a file, 0 to 3; files of one stage can be uploaded at the same time."""
    if is_immutable(name):
        return 0
    return {CATALOGUE: 2, FEED: 3}.get(name, 1)


def count_by_kind(names: Iterable[str]) -> str:
    """Return how many files of each kind there are: `2 recordings, 1 page and feed.xml`."""
    by_position: dict[int, list[str]] = {}
    for name in names:
        by_position.setdefault(position_of(name), []).append(name)
    counts = []
    for position, files in sorted(by_position.items()):
        if position < len(_NOUNS):
            one, many = _NOUNS[position]
            counts.append(f"{len(files):,} {one if len(files) == 1 else many}")
        else:
            counts += sorted(files)
    return " and ".join(filter(None, (", ".join(counts[:-1]), *counts[-1:])))
