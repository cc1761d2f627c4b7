"""Looks up what a page can do without: at once, or not at all, however long the database takes.

The look is taken by a thread beside the page's own, which goes on without it. Few such threads may
wait at a time.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")
log = logging.getLogger("earmark.web")
SECONDS = 0.6  # that a page waits
MOST = 8  # threads at once
LATE = "the database does not answer as quickly as a page needs that can do without it"


class Glance(Generic[Found]):
    """Looks that take `seconds` of a page at most; `most` of them at once."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        self.seconds = seconds
        self._room = threading.BoundedSemaphore(most)

    def at(self, look: Callable[[], Found], then: Callable[[Found], None]) -> Found:
        """Return the result of `look` and pass it to `then`, waiting for a limited time.

        Raises AwayError where the look takes too long, and whatever `look` raises.
        """
        last = time.monotonic() + self.seconds
        if not self._room.acquire(timeout=self.seconds):
            raise AwayError(LATE)
        future: Future[Found] = Future()
        work = threading.Thread(target=self._look, args=(look, then, future), daemon=True)
        try:
            work.start()
        except RuntimeError:  # no thread to be had
            self._room.release()
            raise AwayError(LATE) from None
        work.join(max(0.0, last - time.monotonic()))
        if not future.done():
            raise AwayError(LATE)
        return future.result(0)

    def _look(
        self,
        look: Callable[[], Found],
        then: Callable[[Found], None],
        future: Future[Found],
    ) -> None:
        try:
            seen = look()
            future.set_result(seen)
            then(seen)
        except Exception as error:
            if future.done():
                log.warning("what follows a look failed: %s", type(error).__name__)
            else:
                future.set_exception(error)  # raised in the thread that waits
        finally:
            self._room.release()
