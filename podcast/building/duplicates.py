"""Finds recordings that two episodes share, which is almost always a mistake."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from episodes.rules import finding
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from pathlib import Path

    from episodes.findings import Finding
    from episodes.model import Episode

END = 4096  # bytes at the beginning and the end that are compared first


def unrelated(alike: list[Episode]) -> list[Episode]:
    """Leave out re-issued episodes: they may have the same audio as the old one."""
    guids = {each.guid for each in alike}
    return [each for each in alike if each.facts.replaces not in guids] or alike


def twice(first: Episode, other: Episode) -> Finding:
    """Return the finding for an episode that has another's recording."""
    return finding(
        "audio-twice", other.recording, "", f"is the same recording as {first.recording}"
    )


def copies(
    folder: Path, episodes: Iterable[Episode], new: Container[str] | None = None
) -> Iterator[Finding]:
    """Yield recordings that are copies of an older one, byte by byte; `episodes` are newest first.

    Only files of equal size with equal first and last bytes are read in full; with `new`, only
    beside a recording in these folders. A build also finds recordings that sound the same.
    """
    sizes: dict[object, list[Episode]] = {}
    for episode in reversed(tuple(episodes)):
        if episode.recording and (known := stat(folder / episode.recording)):
            sizes.setdefault(known[0], []).append(episode)
    alike = (
        each
        for each in sizes.values()
        if new is None or any(episode.folder in new for episode in each)
    )
    for similar in _split(folder, alike, _ends):
        for same in _split(folder, [similar], _digest):
            first, *others = unrelated(same)
            yield from (twice(first, other) for other in others)


def _split(
    folder: Path, groups: Iterable[list[Episode]], key: Callable[[Path], object]
) -> Iterator[list[Episode]]:
    """Split each group by a key; yield groups of two or more. Missing files are left out."""
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
