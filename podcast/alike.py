"""Recordings that are there twice: an episode with the sound of another is a slip."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from episodes.rulebook import found
from podcast.store import stat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.findings import Finding
    from episodes.model import Episode, Show


def unrelated(alike: list[Episode]) -> list[Episode]:
    """Leave out what replaces one of the others: it may have the same sound."""
    guids = {each.guid for each in alike}
    return [each for each in alike if each.facts.replaces not in guids] or alike


def twice(first: Episode, other: Episode) -> Finding:
    """Return what is said of an episode that has the recording of another."""
    return found("audio-twice", other.recording, "", f"is the same recording as {first.recording}")


def copies(folder: Path, show: Show) -> Iterator[Finding]:
    """Yield recordings that are copies of an older one, byte by byte.

    Only those of one size are read; a build knows more: what sounds the same.
    """
    sizes: dict[int, list[Episode]] = {}
    for episode in reversed(show.episodes):
        if episode.recording and (known := stat(folder / episode.recording)):
            sizes.setdefault(known[0], []).append(episode)
    for episodes in sizes.values():
        same: dict[str, list[Episode]] = {}
        for episode in episodes if len(episodes) > 1 else ():
            with contextlib.suppress(OSError):
                same.setdefault(_digest(folder / episode.recording), []).append(episode)
        for first, *others in map(unrelated, same.values()):
            yield from (twice(first, other) for other in others)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
