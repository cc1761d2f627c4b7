"""Holds the values that a build passes around: its context, progress and result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from episodes.published_files import EpisodeFiles
    from episodes.show_folder.scan import Signature
    from podcast.cache.store import CacheFolder


class BuildContext(NamedTuple):
    """Where a build happens, and when; `tree` is what lay in the show's folder as it began."""

    folder: Path
    out: Path
    now: datetime
    tree: dict[str, Signature]
    store: CacheFolder
    verify: bool = False


class BuildResult(NamedTuple):
    """What came of a build.

    `coming` is (when, title) of episodes that are held back; `said` is (recording, what became
    of the recording); `written` counts the files that changed;
    `publish` is where show.md says to publish, `feed` the feed's address; `withdrawn` says where
    episodes that were taken back may have left something.
    """

    out: Path
    episodes: int
    coming: list[tuple[str, str]]
    findings: list[Finding]
    said: list[tuple[str, str]]
    written: int
    publish: dict[str, str] = {}  # noqa: RUF012 - never changed
    feed: str = ""
    withdrawn: tuple[EpisodeFiles, ...] = ()


class ProgressReport:
    """Hears how the recordings are coming along; the default says nothing."""

    def begin(self, recordings: list[str], doing: str = "Making recording") -> None:
        """Say which recordings are to be worked on, and how that is called."""

    def advance(self, recording: str, share: float) -> None:
        """Say how much of one recording is done, from 0 to 1."""

    def end(self) -> None:
        """Say that nothing is left, done or not."""

    def transfer(self, files: int, size: int, doing: str = "Publishing") -> None:
        """Say how many files and bytes are to be moved."""

    def moved(self, size: int) -> None:
        """Say that so many bytes more have arrived."""
