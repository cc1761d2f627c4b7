"""Keeps most threads out of a database that does not answer, so that other pages are served.

So many may be inside at once. Some more wait as long as one answer may take: on a busy machine
nobody may leave for seconds, and the database is well. Only when it stands still for that long, or
many wait already, the next request is refused instead of taking one more thread.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOM = 104  # threads of the 128 that work at once: the others answer what asks no database
STILL = 1.0  # seconds that the first of a crowd waits, after which the crowd does not grow


class Bulkhead:
    """Lets `size` threads in at once; `limit` is how many seconds one answer may take.

    `monotonic` is a clock in seconds.
    """

    def __init__(
        self, size: int, limit: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.size, self.limit = size, limit
        self.crowd = max(1, (ROOM - size) // 2)  # that may wait; a database has two bulkheads
        self.inside = 0
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._moved = monotonic()
        self._waiting: dict[object, float] = {}  # since when, the longest first

    @contextmanager
    def inside_of(self, patience: float | None = None) -> Iterator[None]:
        """Be one of those inside. Raises AwayError where there is no room in time."""
        self._enter(self.limit if patience is None else min(patience, self.limit))
        try:
            yield
        finally:
            with self._changed:
                self.inside -= 1
                self._moved = self._monotonic()
                self._changed.notify()

    def _enter(self, patience: float) -> None:
        me = object()
        with self._changed:
            now = self._monotonic()
            self._waiting[me], last = now, now + patience
            try:
                while self.inside >= self.size:
                    rest = self._rest(me, last)
                    if rest <= 0:
                        raise AwayError(f"the database is busy: all {self.size} places are taken")
                    self._changed.wait(rest)
            finally:
                del self._waiting[me]
            self.inside += 1
            self._moved = self._monotonic()

    def _rest(self, me: object, last: float) -> float:
        """Return for how many seconds this thread may wait on; none where it must not."""
        now = self._monotonic()
        until = min(last, self._moved + self.limit)
        if me not in islice(self._waiting, self.crowd):
            until = min(until, next(iter(self._waiting.values())) + STILL)
        return until - now
