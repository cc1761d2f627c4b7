"""Keeps most threads out of a database that does not answer, so that other pages are served.

So many may be inside at once, and a few more wait a moment. When it stands still, or many wait
already, the next request is refused at once instead of taking one more thread.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STILL = 1.0  # seconds without anybody leaving
CROWD = 16  # threads that may wait for longer than that
PATIENCE = 3.0  # seconds that they do


class Bulkhead:
    """Lets `size` threads in at once; `monotonic` is a clock in seconds."""

    def __init__(self, size: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.size = size
        self.inside = 0
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._moved = monotonic()
        self._waiting: dict[object, float] = {}  # since when, the longest first

    @contextmanager
    def inside_of(self, patience: float = PATIENCE) -> Iterator[None]:
        """Be one of those inside. Raises AwayError where there is no room in time."""
        self._enter(patience)
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
                    rest = self._rest(last)
                    if rest <= 0:
                        raise AwayError(f"the database is busy: all {self.size} places are taken")
                    self._changed.wait(rest)
            finally:
                del self._waiting[me]
            self.inside += 1
            self._moved = self._monotonic()

    def _rest(self, last: float) -> float:
        """Return for how many seconds this thread may wait on; none where it must not."""
        now = self._monotonic()
        until = min(last, self._moved + STILL)
        if len(self._waiting) > CROWD:
            until = min(until, next(iter(self._waiting.values())) + STILL)
        return until - now
