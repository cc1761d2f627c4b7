"""Computes what costs a core and memory by design (scrypt, argon2) in a few threads of its own.

There is one for each core. The system lets every other thread go first, so that a free core is used
and nobody else's page waits. If it cannot, one core is left free instead.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

WAITING = 32  # at most, besides those who have a thread
PATIENCE = 60  # seconds that one waits for its result
USUAL = 0.15  # seconds that one takes, until there is a measurement
NICENESS = 10  # a ninth of what others get where all want the core: it never stands still
YIELDS = sys.platform == "linux"  # where a thread has a priority of its own: setpriority(2)
CORES = os.cpu_count() or 2
THREADS = CORES if YIELDS else max(1, CORES - 1)


class BusyError(EarmarkError):
    """Too many people are signing in at this moment; in `again` seconds there is room."""

    def __init__(self, again: int) -> None:
        super().__init__("too many sign in at this moment")
        self.again = again


class HashQueue:
    """Runs as many computations as it has threads; so many others wait, the next are refused."""

    def __init__(self, threads: int, waiting: int) -> None:
        self._rounds = (threads + waiting) / threads
        self._room = threading.BoundedSemaphore(threads + waiting)
        self._threads = ThreadPoolExecutor(threads, "hash", _yield_to_others)
        self._seconds = USUAL

    def compute(self, work: Callable[[], Result]) -> Result:
        """Return the result of a computation. Raises BusyError."""
        if not self._room.acquire(blocking=False):
            raise BusyError(self.again)
        job = self._threads.submit(self._measure, work)
        # Its place is free when it has ended, not when somebody stops waiting for it.
        job.add_done_callback(lambda _: self._room.release())
        try:
            return job.result(timeout=PATIENCE)
        except TimeoutError:
            job.cancel()
            raise BusyError(self.again) from None

    @property
    def again(self) -> int:
        """The seconds after which everybody who is in the queue now has had their turn."""
        return min(PATIENCE, max(1, ceil(self._rounds * self._seconds)))

    def _measure(self, work: Callable[[], Result]) -> Result:
        began = time.monotonic()
        try:
            return work()
        finally:
            self._seconds += (time.monotonic() - began - self._seconds) / 4


def _yield_to_others() -> None:
    """Let the system prefer every other thread to this one."""
    if YIELDS:
        thread = os.PRIO_PROCESS, threading.get_native_id()
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(*thread, max(NICENESS, os.getpriority(*thread)))


queue = HashQueue(THREADS, WAITING)
