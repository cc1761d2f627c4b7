"""Keeps threads of the server free for those who leave, however many others wait.

As many requests as the database can serve work at once, and some wait. The next are refused at
once, with a page that needs neither the database nor a template. Exit this page never waits.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from episodes import translations
from episodes.errors import EarmarkError
from episodes.translations import text as _
from web.limits.bounded_queue import BoundedQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WORKING = 128  # requests that work at once
WAITING = 320  # requests that wait for their turn
SPARE = 64  # threads for Exit this page and signing out
THREADS = WORKING + WAITING + SPARE  # of the server; it starts one only when it needs it
PATIENCE = 60  # seconds that a request waits
FREE = frozenset({"/leave", "/sign-out", "/signed-out"})  # what asks no database


class _FullError(EarmarkError):
    """Too many requests wait already, or one has waited for too long."""


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
        self._queue = BoundedQueue(working, waiting, _FullError, PATIENCE)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if environ["PATH_INFO"] in FREE:
            return self._wsgi(environ, start)
        try:
            with self._queue.slot():
                return self._wsgi(environ, start)
        except _FullError:
            return self._refuse(start)

    def _refuse(self, start: Any) -> Iterable[bytes]:
        page = _page()
        own = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page))),
            ("Retry-After", "60"),
        ]
        start("503 Service Unavailable", [*self._headers, *own])
        return (page,)


def _page() -> bytes:
    title = escape(_("Please try again in a few minutes"))
    message = escape(
        _(
            "Very many people are using this site at the moment. If you were writing, go back: "
            "your words are not saved yet."
        )
    )
    return (
        f'<!doctype html><html lang="{translations.spoken().language}"><meta charset=utf-8>'
        f"<title>{title}</title><h1>{title}</h1><p>{message}</p>"
    ).encode()
