"""Answers listening reports before the framework does: each page that plays sends many.

A report needs neither session, form, cookie nor page, and what a framework does for those takes
twice as long as to read it. Only the plain case is answered here: whatever is unusual about a
request goes on to the view, which says the same.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from web.database.refusals import AwayError
from web.listening import report, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from web.companion import Companion

PATH = "/heard"
SAID = {204: "204 No Content", 400: "400 Bad Request", 403: "403 Forbidden", 410: "410 Gone",
        429: "429 Too Many Requests", 500: "500 Internal Server Error",
        503: "503 Service Unavailable"}  # fmt: skip
log = logging.getLogger("earmark.web")


class Beacon:
    """Answers reports, and lets `wsgi` answer everything else; `hosts` are our names."""

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        companion: Companion,
        headers: Sequence[tuple[str, str]],
        hosts: Sequence[str],
    ) -> None:
        self._wsgi, self._place = wsgi, companion
        self._headers, self._hosts = headers, frozenset(hosts)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        if environ["PATH_INFO"] != PATH or not self._is_plain(environ):
            return self._wsgi(environ, start)
        status = self._hear(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        more = [] if status == 204 else [("Content-Length", "0")]
        more += [("Retry-After", "10")] if status == 503 else []
        start(SAID[status], [*self._headers, *more])
        return ()

    def _is_plain(self, environ: dict[str, Any]) -> bool:
        length = environ.get("CONTENT_LENGTH") or ""
        return (
            environ["REQUEST_METHOD"] == "POST"
            and length.isascii() and length.isdecimal() and int(length) <= rules.LARGEST
            and environ.get("HTTP_HOST", "").partition(":")[0] in self._hosts
        )  # fmt: skip

    def _hear(self, data: bytes) -> int:
        try:
            return report.receive_report(self._place, data)
        except AwayError as error:
            log.error("listening.heard: %s", error)  # noqa: TRY400 - its sentence is all there is
            return 503
        except Exception as error:  # whatever it is, the page sends it again
            log.error("listening.heard %s", type(error).__name__)  # noqa: TRY400 - none of its data
            return 500
