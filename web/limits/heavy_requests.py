"""Lets few requests that read everything of somebody run at once, so that nobody else waits.

One of them may take seconds of the processor. Each gives way to others every few milliseconds, but
ten of them would not.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from episodes.translations import text as _
from web.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE, WAITING = 2, 8  # requests of one process
PATIENCE = 20  # seconds
_working = threading.BoundedSemaphore(AT_ONCE)
_room = threading.BoundedSemaphore(AT_ONCE + WAITING)


@contextmanager
def one_of_few() -> Iterator[None]:
    """Wait until few others are at it. Raises RefusedError where too many wait."""
    if not _room.acquire(blocking=False):
        raise BusyError
    try:
        if not _working.acquire(timeout=PATIENCE):
            raise BusyError
        try:
            yield
        finally:
            _working.release()
    finally:
        _room.release()


class BusyError(RefusedError):
    """Too many people do what takes long."""

    def __init__(self) -> None:
        super().__init__(
            503,
            _("Please try again in a few minutes"),
            _("Many people are doing this at the moment. Nothing is lost."),
        )
