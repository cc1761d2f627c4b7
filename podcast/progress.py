"""How a long build looks while it runs: one calm bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from podcast.site import Report

LARGE = 50_000_000  # bytes; less is gone before anybody reads a line about it

if TYPE_CHECKING:
    from rich.progress import Progress


class Display(Report):
    """Shows how much of all recordings is done. Called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._done = 0
        self._bar: Progress | None = None
        self._size = self._moved = self._said = 0

    def begin(self, recordings: list[str]) -> None:
        """Show the bar where there is something to do and somebody to see it."""
        self._shares = dict.fromkeys(recordings, 0.0)
        if recordings and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task("Recordings", total=len(recordings))
            self._bar.start()

    def advance(self, recording: str, share: float) -> None:
        """Move the bar; elsewhere say one line when a recording is done."""
        with self._lock:
            before = self._shares.get(recording, 0.0)
            self._shares[recording] = max(share, before)
            self._done += share == 1 and before < 1
            if self._bar:
                task = self._bar.task_ids[0]
                text = f"Recordings: {self._done} of {len(self._shares)}"
                self._bar.update(task, advance=max(share - before, 0), description=text)
            elif share == 1 and before < 1:
                sys.stderr.write(f"[{self._done}/{len(self._shares)}] {recording}\n")

    def transfer(self, files: int, size: int, doing: str = "Publishing") -> None:
        """Show how much is on its way."""
        self._size, self._moved, self._said = size, 0, 0
        if files and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(),
                       TimeRemainingColumn())  # fmt: skip
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(f"{doing} {files:,} files", total=size or None)
            self._bar.start()

    def moved(self, size: int) -> None:
        """Move the bar; elsewhere say one line for each tenth of the way."""
        with self._lock:
            self._moved += size
            if self._bar:
                self._bar.update(self._bar.task_ids[0], advance=size)
            elif self._size >= LARGE and self._moved * 10 // self._size > self._said:
                self._said = self._moved * 10 // self._size
                sys.stderr.write(f"{self._moved / 1e6:,.0f} of {self._size / 1e6:,.0f} MB\n")

    def looking(self, number: int) -> None:
        """Show how much of a published show is looked at; there may be more of it to come."""
        with self._lock:
            self._size += number
            if self._bar:
                self._bar.update(self._bar.task_ids[0], total=self._size)
            elif sys.stderr.isatty():
                from rich.console import Console
                from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

                columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
                self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
                self._bar.add_task("Looking", total=self._size)
                self._bar.start()

    def looked(self) -> None:
        """Move the bar."""
        with self._lock:
            if self._bar:
                self._bar.update(self._bar.task_ids[0], advance=1)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()
            self._bar = None
