"""Commits reports that arrive at once in one transaction, and acknowledges each after the commit.

Every page that plays reports every fifteen seconds, and a transaction costs a write of the disk
whatever is in it. So reports that arrive during a write wait, and the thread of the first of them
writes them all. Right after a batch it waits for as many as there were, for a millisecond at most:
those that were just answered come again together, and a thread that writes while others read their
requests gets Python's lock only in turns. If the thread that writes dies, the others get an error.
No report is acknowledged before its transaction is committed, so a process that is killed loses
nothing acknowledged. There is no thread of its own.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from web.database.refusals import AwayError
from web.listening import report_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from web.database.engine import Database
    from web.listening.report_store import ListeningReport

MOST = 100  # reports in one transaction
COMPANY = 0.001  # seconds after a batch in which as many reports may come again
PATIENCE = 15.0  # seconds that a report waits for the one that writes it
QUICK, CROWD = 1.0, 16  # seconds after which no more than so many wait on
AWAY = "the reports of others are not written yet; send it again"


class _Waiting:
    """A report, and what became of it; `turn` is let go once it is done, or has to write."""

    def __init__(self, report: ListeningReport) -> None:
        self.report = report
        self.there: bool | None = None
        self.error: Exception | None = None
        self.writes = self.left = False
        self.turn = threading.Lock()
        self.turn.acquire(timeout=0)


class ReportQueue:
    """The reports of one process."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._company = threading.Condition(self._lock)  # as many have come as were expected
        self._expected = 1
        self._writes = False
        self._since = self._ended = 0.0  # when the present writer began, and the last one ended
        self._waiting: list[_Waiting] = []
        self._patient = 0  # threads that wait

    def add(self, report: ListeningReport) -> bool:
        """Commit a report; return whether its listener still exists.

        Raises AwayError if the database does not answer in time.
        """
        mine = _Waiting(report)
        with self._lock:
            if self._writes and self._is_slow():
                raise AwayError(AWAY)
            self._waiting.append(mine)
            if len(self._waiting) == self._expected:
                self._company.notify()
            waits, self._writes = self._writes, True
        if waits:
            self._wait(mine)
        if mine.there is None and mine.error is None:
            self._write_all()
        if mine.error:
            raise mine.error
        return bool(mine.there)

    def _is_slow(self) -> bool:
        return self._patient >= CROWD and time.monotonic() - self._since > QUICK

    def _wait(self, mine: _Waiting) -> None:
        """Wait until it is written or has to write. Raises AwayError when it took too long.

        Each that waits takes a thread: when the writer is slow, only a few may.
        """
        with self._lock:
            self._patient += 1
        try:
            if mine.turn.acquire(timeout=QUICK):
                return
            with self._lock:
                if self._patient > CROWD and self._leaves(mine):
                    raise AwayError(AWAY)
            if mine.turn.acquire(timeout=PATIENCE):
                return
            with self._lock:
                if self._leaves(mine):
                    raise AwayError(AWAY)
        finally:
            with self._lock:
                self._patient -= not mine.left

    def _leaves(self, mine: _Waiting) -> bool:
        """Take a report out, unless its thread is the next that writes; needs the lock.

        One that is being written may be stored all the same; sending it again adds nothing.
        """
        if mine.writes:
            return False
        if mine in self._waiting:
            self._waiting.remove(mine)
        mine.left = True
        self._patient -= 1
        return True

    def _write_all(self) -> None:
        """Write the waiting reports; the first that arrived during that writes the next batch."""
        batch = self._next()
        try:
            self._write(batch)
        except BaseException:  # the end of this thread, not the fault of any report
            for each in batch:
                if each.there is None and each.error is None:
                    each.error = EarmarkError("the one that wrote this was stopped; send it again")
            raise
        finally:
            with self._lock:
                self._expected = min(len(batch) + len(self._waiting), MOST)
                self._ended = time.monotonic()
                heirs = self._waiting[:1]
                self._writes = bool(heirs)
                for heir in heirs:
                    heir.writes = True
            for each in (*heirs, *batch[1:]):
                each.turn.release()

    def _next(self) -> list[_Waiting]:
        with self._lock:
            self._since = time.monotonic()
            rest = self._ended + COMPANY - self._since
            if rest > 0:
                self._company.wait_for(lambda: len(self._waiting) >= self._expected, rest)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        """Write a batch whole; if one of it cannot be written, each for itself."""
        try:
            with self._database.writing() as connection:
                reports = [each.report for each in batch]
                outcomes = report_store.add_reports(connection, reports, self._clock())
        except Exception as error:  # the thread that waits for it raises it
            if len(batch) > 1 and not isinstance(error, EarmarkError):
                for each in batch:
                    self._write([each])
                return
            for each in batch:
                each.error = error
        else:
            for each, there in zip(batch, outcomes, strict=True):
                each.there = there
