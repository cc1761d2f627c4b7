"""Lets few requests that read everything of somebody run at once, so that nobody else waits.

One of them may take seconds of the processor. Each gives way to others every few milliseconds, but
ten of them would not.
"""

from __future__ import annotations

import contextvars
from itertools import chain
from typing import TYPE_CHECKING

from episodes.translations import text as _
from web.errors import RefusedError
from web.limits.bounded_queue import BoundedQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE, WAITING = 2, 8  # requests of one process
STREAMS = 64  # answers that are being sent while they are made: each has a thread of the server
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
_streams = BoundedQueue(STREAMS, 0, BusyError)


def stream(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return pieces of an answer, each made in its turn; the first is made at once.

    They are made in the context of this request, in whichever thread of the server. Raises
    BusyError, and what the first piece raises.
    """
    context = contextvars.copy_context()
    steps = _steps(pieces)
    first = context.run(next, steps, b"")
    return chain([first], iter(lambda: context.run(next, steps, b""), b""))


def _steps(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with _streams.slot():
        yield from queue.each_in_slot(pieces)
