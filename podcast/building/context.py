"""Holds the values that a build passes around: its context, progress and result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from episodes.former_names import EpisodeFiles
    from episodes.show_folder.scan import Signature
    from podcast.cache.store import CacheFolder, Summary


class BuildWatcher:
    """Watches a build, to begin early with what follows it; this one does nothing."""

    def begin(self) -> None:
        """Receive that the show has changed, so that it is built."""

    def master(self, guid: str, files: list[str]) -> None:
        """Receive that published files of an episode are ready; the build may still be refused."""


class BuildContext(NamedTuple):
    """Where and when a build happens, and who watches it."""

    folder: Path
    out: Path
    now: datetime
    tree: dict[str, Signature]  # the files in the show's folder when the build began
    store: CacheFolder
    verify: bool = False
    watcher: BuildWatcher = BuildWatcher()


class BuildResult(NamedTuple):
    """The result of a build."""

    out: Path
    episodes: int
    coming: list[tuple[str, str]]  # (when, title) of scheduled episodes
    findings: list[Finding]
    said: list[tuple[str, str]]  # (recording, what was done to it)
    written: int  # how many files changed
    publish: dict[str, str] = {}  # noqa: RUF012 - where to publish, from show.md; never changed
    feed: str = ""  # the feed's URL
    withdrawn: tuple[EpisodeFiles, ...] = ()

    @classmethod
    def of(
        cls, out: Path, summary: Summary, recordings: list[tuple[str, str]], written: int
    ) -> BuildResult:
        """Return the result with the facts of a summary."""
        return cls(
            out=out,
            episodes=summary.episodes,
            coming=summary.coming,
            findings=summary.findings,
            said=recordings,
            written=written,
            publish=summary.publish,
            feed=summary.feed,
            withdrawn=tuple(summary.withdrawn),
        )


class ProgressReport:
    """Receives how the work on recordings and files progresses; this one ignores it."""

    def begin(self, recordings: list[str], doing: str = "Making recording") -> None:
        """Report the recordings to work on, and the name of the work."""

    def advance(self, recording: str, share: float) -> None:
        """Report the progress of one recording, from 0 to 1."""

    def end(self) -> None:
        """Report that the work has ended, finished or not."""

    def transfer(self, files: int, size: int, doing: str = "Publishing") -> None:
        """Report the number of files and bytes to transfer."""

    def moved(self, size: int) -> None:
        """Report this many more bytes transferred."""
