"""Shows the progress of a long command: a bar on a terminal, a few lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
from typing import TYPE_CHECKING

from episodes.text.quantities import quantity
from podcast.building.context import ProgressReport
from podcast.terminal import findings

LARGE = 50_000_000  # bytes; less is uploaded before anybody reads a line about it
BAR, REST = 10, 43  # characters of the bar, and of the rest beside the name of a recording
SHORTEST = 12  # characters of a name
LINES = 10  # printed for many recordings without a terminal

if TYPE_CHECKING:
    from rich.progress import Progress


class Display(ProgressReport):
    """Shows how much is done. Called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work = Work([])
        self._doing = ""
        self._bar: Progress | None = None
        self._size = self._moved = self._printed = 0

    def begin(self, recordings: list[str], doing: str = "Making recording") -> None:
        """Show the first recording at once, if there is any."""
        self._work, self._doing, self._printed = Work(recordings), doing, 0
        if recordings and sys.stderr.isatty():
            self._bar = _bar()
            self._bar.add_task(self._text(), total=len(recordings))
            self._bar.start()
        elif recordings:
            sys.stderr.write(f"{self._text()}\n")

    def advance(self, recording: str, share: float) -> None:
        """Move the bar; without a terminal print a few lines, each when a recording begins."""
        with self._lock:
            step = self._work.advance(recording, share)
            if self._bar:
                task = self._bar.task_ids[0]
                self._bar.update(task, advance=step, description=self._text())
            elif share == 1 and step and self._work.current:
                part = self._work.at * LINES // len(self._work.shares)
                if part > self._printed:
                    self._printed = part
                    sys.stderr.write(f"{self._text()}\n")

    def _text(self) -> str:
        work = self._work
        name = work.name()
        if self._bar or sys.stderr.isatty():
            name = _cut(name, max(shutil.get_terminal_size().columns - REST - BAR, SHORTEST))
        return f"{self._doing} {work.number:,} of {len(work.shares):,}: {name}"

    def transfer(self, files: int, size: int, doing: str = "Publishing") -> None:
        """Show an upload or download of `size` bytes."""
        self._size, self._moved, self._printed = size, 0, 0
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
            self._bar.add_task(f"{doing} {quantity(files, 'file')}", total=size or None)
            self._bar.start()

    def moved(self, size: int) -> None:
        """Move the bar; without a terminal print a line for each tenth."""
        with self._lock:
            self._moved += size
            if self._bar:
                self._bar.update(self._bar.task_ids[0], advance=size)
            elif self._size >= LARGE and self._moved * 10 // self._size > self._printed:
                self._printed = self._moved * 10 // self._size
                sys.stderr.write(f"{self._moved / 1e6:,.0f} of {self._size / 1e6:,.0f} MB\n")

    def looking(self, number: int) -> None:
        """Add to the number of requests of the doctor."""
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
        """Remove the bar."""
        if self._bar:
            self._bar.stop()
            self._bar = None


class Work:
    """The recordings to process, and how much of each is done."""

    def __init__(self, recordings: list[str]) -> None:
        self.shares = dict.fromkeys(recordings, 0.0)
        self.at = 0  # the index of the first that is not done
        self._order = recordings
        names = [each.rpartition("/")[2] for each in recordings]
        self._short = len(set(names)) == len(names)

    @property
    def current(self) -> str:
        """The first that is not done, "" if all are."""
        while self.at < len(self._order) and self.shares[self._order[self.at]] == 1:
            self.at += 1
        return self._order[self.at] if self.at < len(self._order) else ""

    @property
    def number(self) -> int:
        """Its number, counted from 1; the last if all are done."""
        return min(self.at + 1, len(self._order))

    def advance(self, recording: str, share: float) -> float:
        """Set the share of a recording that is done, and return its increase."""
        before = self.shares.get(recording, 0.0)
        self.shares[recording] = max(share, before)
        return max(share - before, 0.0)

    def name(self) -> str:
        """Return the file's name, with its folder if several have the same name."""
        path = self.current or self._order[-1]
        parts = 1 if self._short else 2
        return findings.plain("/".join(path.split("/")[-parts:]))


def _cut(name: str, longest: int) -> str:
    """Shorten a name in its middle: its end shows the kind of file."""
    if len(name) <= longest:
        return name
    half = (longest - 1) // 2
    return f"{name[: longest - 1 - half]}…{name[-half:]}"


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}", markup=False), BarColumn(BAR),
               TaskProgressColumn(), TimeRemainingColumn())  # fmt: skip
    return Progress(*columns, console=Console(stderr=True), transient=True)
