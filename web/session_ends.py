"""Ends sessions behind the answer: signing out and leaving never wait for the database.

A session is refused in this process from the moment at which it was left. Its row is deleted by one
thread, which tries until the database lets it. If the process dies before that, what is left is a
row that only the secret of the cookie opens, until it expires unused.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from web import sessions
from web.database.refusals import AwayError
from web.forms import form_replay

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

    from web.database.engine import Database

MOST = 50_000  # sessions that wait to be ended, some 10 MB
BATCH = 500  # sessions in one transaction
FIRST, LONGEST = 0.2, 10.0  # seconds between two tries

# What browsers say when they fetch a page that nobody has opened yet.
AHEAD = (("Sec-Purpose", "prefetch"), ("Purpose", "prefetch"), ("X-Moz", "prefetch"),
         ("Purpose", "preview"), ("X-Purpose", "preview"), ("X-Purpose", "prefetch"))  # fmt: skip

log = logging.getLogger("earmark.web")


def is_ahead(method: str, headers: Headers) -> bool:
    """Return whether a request only looks: nobody has pressed anything yet."""
    return method == "HEAD" or any(sign in headers.get(name, "").lower() for name, sign in AHEAD)


class Exits:
    """The sessions that were left in this process and are not deleted yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: dict[bytes, float] = {}
        self._changed = threading.Condition()
        self._works = False

    def end(self, digest: bytes) -> None:
        """End a session: at once for this process, and soon for the database. Never waits."""
        with self._changed:
            if len(self._left) < MOST:
                self._left[digest] = time.monotonic()
            starts, self._works = not self._works, True
        if starts:
            self._start()

    def is_ended(self, digest: bytes) -> bool:
        """Return whether a session was left, whatever the database still says."""
        return digest in self._left

    def settle(self, seconds: float) -> bool:
        """Wait until every session that was left is deleted; return whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._left, seconds)

    def _start(self) -> None:
        try:
            threading.Thread(target=self._work, name="exits", daemon=True).start()
        except RuntimeError:  # no thread to be had: the next one who leaves tries again
            self._works = False

    def _work(self) -> None:
        wait = FIRST
        while batch := self._next():
            if self._delete(batch):
                wait = FIRST
            else:
                time.sleep(wait)
                wait = min(2 * wait, LONGEST)

    def _next(self) -> list[bytes]:
        """Return what to delete next; the thread ends where there is nothing."""
        with self._changed:
            over = time.monotonic() - sessions.LONGEST
            self._left = {each: at for each, at in self._left.items() if at > over}
            self._works = bool(self._left)
            return [*self._left][:BATCH]

    def _delete(self, batch: list[bytes]) -> bool:
        try:
            with self._database.writing() as connection:
                sessions.end_all(connection, batch)
        except AwayError as error:
            self._database.complain("a session that was left is not ended yet", error)
            return False
        except Exception as error:  # whatever it is, it is tried again
            log.warning("a session that was left is not ended yet: %s", form_replay.where(error))
            return False
        with self._changed:
            for each in batch:
                self._left.pop(each, None)
            self._changed.notify_all()
        return True
