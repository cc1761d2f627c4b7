"""Lets so many threads work at once and so many others wait, and refuses the next ones at once.

A thread that waits answers nobody else: a queue without an end would take them all.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class BoundedQueue:
    """A queue of threads; `refusal` makes the error for those that get no slot.

    `patience` is how many seconds a thread waits at most; None is as long as it takes.
    """

    def __init__(
        self,
        running: int,
        waiting: int,
        refusal: Callable[[], Exception],
        patience: float | None = None,
    ) -> None:
        self._refusal, self._patience = refusal, patience
        self._room = threading.BoundedSemaphore(running + waiting)
        self._running = threading.BoundedSemaphore(running)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a slot, and hold it until the block ends. Raises the refusal."""
        if not self._room.acquire(blocking=False):
            raise self._refusal()
        try:
            if not self._running.acquire(timeout=self._patience):
                raise self._refusal()
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._room.release()

    def each_in_slot(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield pieces, each made while it holds a slot, and held by nobody while it is sent.

        Only the first can be refused: the others wait as long as it takes.
        """
        piece: bytes | None
        with self.slot():
            piece = next(pieces, None)
        while piece is not None:
            yield piece
            with self._running:
                piece = next(pieces, None)
