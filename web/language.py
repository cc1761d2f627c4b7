"""Answers in the language of the companion's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from episodes import translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Speaking:
    """Lets `wsgi` answer in one language."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], language: str) -> None:
        self._wsgi, self._language = wsgi, language

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        with translations.using(self._language):
            return self._wsgi(environ, start)
