"""Remembers that a database was away just now: one thread asks again, the others need not wait."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.5  # seconds from a refusal until somebody asks again
PROBE = 3.0  # seconds until another may ask, while one still waits for the answer
WELL = 1.0  # seconds: one who fails when others got in so shortly before fails alone


class Outage:
    """An outage of one database; `monotonic` is a clock in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._reason = ""  # empty while it answers
        self._next = 0.0  # when somebody may ask again
        self._well = -WELL  # when somebody got in last

    def look(self, *, asks: bool) -> None:
        """Let a thread go on, unless the database is away and others ask, or asked just now.

        With `asks` this thread is the one that asks. Raises AwayError.
        """
        if not self._reason:
            return
        with self._lock:
            now = self._monotonic()
            if self._reason and now < self._next:
                raise AwayError(self._reason)
            if asks:
                self._next = now + PROBE

    def begin(self, error: AwayError) -> None:
        """Note that nobody gets in. One who alone could not is no outage."""
        with self._lock:
            now = self._monotonic()
            if now - self._well >= WELL:
                self._reason, self._next = str(error), now + PAUSE

    def end(self) -> None:
        """Note that somebody got in."""
        self._well = self._monotonic()
        if self._reason:
            with self._lock:
                self._reason = ""
