"""What a build says: its result when it is over, and its progress while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from episodes.findings import Finding


class Built(NamedTuple):
    """What came of a build.

    `coming` is (when, title) of episodes that are held back; `said` is (published file, what became
    of the recording); `written` counts the files that changed.
    """

    out: Path
    episodes: int
    coming: list[tuple[str, str]]
    findings: list[Finding]
    said: list[tuple[str, str]]
    written: int


class Report:
    """Hears how the recordings are coming along; the default says nothing."""

    def begin(self, recordings: list[str]) -> None:
        """Say which recordings are to be mastered."""

    def advance(self, recording: str, share: float) -> None:
        """Say how much of one recording is done, from 0 to 1."""

    def end(self) -> None:
        """Say that no recording is left, done or not."""
