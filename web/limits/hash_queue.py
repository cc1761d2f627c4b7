"""Lets few threads at a time compute what costs a core and memory by design (scrypt, argon2)."""

from __future__ import annotations

import os

from episodes.errors import EarmarkError
from web.limits.bounded_queue import BoundedQueue

WAITING = 32  # at most, besides those who have a core
AGAIN = 5  # seconds after which to come back; the queue is done by then
RUNNING = max(1, (os.cpu_count() or 2) - 1)  # one core is left for everybody else


class BusyError(EarmarkError):
    """Too many people are signing in at this moment."""

    def __init__(self) -> None:
        super().__init__("too many sign in at this moment")


queue = BoundedQueue(RUNNING, WAITING, BusyError)
