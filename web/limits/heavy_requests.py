"""Lets few requests that read everything of somebody run at once, so that nobody else waits.

One of them may take seconds of the processor. Each gives way to others every few milliseconds, but
ten of them would not.
"""

from __future__ import annotations

from episodes.translations import text as _
from web.errors import RefusedError
from web.limits.bounded_queue import BoundedQueue

AT_ONCE, WAITING = 2, 8  # requests of one process
PATIENCE = 20  # seconds


class BusyError(RefusedError):
    """Too many people request what takes long."""

    def __init__(self) -> None:
        super().__init__(
            503,
            _("Please try again in a few minutes"),
            _("Many people are doing this at the moment. Nothing is lost."),
        )


queue = BoundedQueue(AT_ONCE, WAITING, BusyError, PATIENCE)
