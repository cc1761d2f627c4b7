"""Lets few at a time do what costs a core and memory by design (scrypt, argon2), and few wait.

When the queue is full, the next ones are told at once to come back: a thread that waits answers
nobody else.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

WAITING = 32  # at most, besides those who have a core
AGAIN = 5  # seconds after which to come back; the queue is done by then
RUNNING = max(1, (os.cpu_count() or 2) - 1)  # one core is left for everybody else


class BusyError(EarmarkError):
    """Too many people sign in at this very moment."""


class HashQueue:
    """One queue for all that is costly in a process."""

    def __init__(self, running: int = RUNNING, waiting: int = WAITING) -> None:
        self._room = threading.BoundedSemaphore(running + waiting)
        self._running = threading.BoundedSemaphore(running)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait until a core is free. Raises BusyError at once if too many wait already."""
        if not self._room.acquire(blocking=False):
            raise BusyError("too many sign in at this moment")
        try:
            with self._running:
                yield
        finally:
            self._room.release()


queue = HashQueue()
