"""Keeps threads of the server free for those who leave, however many others wait.

As many requests as the database can serve work at once, and the next ones wait their turn. When too
many wait, the next are refused at once. Exit this page never waits.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WORKING = 128  # requests that work at once
WAITING = 320  # requests that wait for their turn
SPARE = 64  # threads for Exit this page and signing out
THREADS = WORKING + WAITING + SPARE  # of the server; it starts one only when it needs it
PATIENCE = 60  # seconds that a request waits
FREE = frozenset({"/leave", "/sign-out", "/signed-out"})  # what asks no database
FULL = (
    b"<!doctype html><html lang=en-gb><meta charset=utf-8><title>Please try again</title>"
    b"<h1>Please try again in a few minutes</h1>"
    b"<p>Very many people are using this site at the moment. If you were writing, go back: "
    b"your words are not saved yet.</p>"
)


class Capacity:
    """Lets `wsgi` answer, at most `working` requests at once."""

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        headers: Sequence[tuple[str, str]],
        working: int = WORKING,
        waiting: int = WAITING,
    ) -> None:
        self._wsgi, self._headers = wsgi, headers
        self._working = threading.BoundedSemaphore(working)
        self._room = threading.BoundedSemaphore(working + waiting)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if environ["PATH_INFO"] in FREE:
            return self._wsgi(environ, start)
        if not self._room.acquire(blocking=False):
            return self._refuse(start)
        try:
            if not self._working.acquire(timeout=PATIENCE):
                return self._refuse(start)
            try:
                return self._wsgi(environ, start)
            finally:
                self._working.release()
        finally:
            self._room.release()

    def _refuse(self, start: Any) -> Iterable[bytes]:
        said = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(FULL)))]
        start("503 Service Unavailable", [*self._headers, *said, ("Retry-After", "60")])
        return (FULL,)
