"""What every answer says to the browser: run nothing foreign, send nothing elsewhere, keep nothing.

Also the place of the companion behind proxies, and under a path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask, Response

    from web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
YEAR = 365 * 24 * 3600


def headers(settings: Settings) -> list[tuple[str, str]]:
    """Return the headers of an answer that is no page and is not kept."""
    safe = {"Strict-Transport-Security": f"max-age={YEAR}"} if settings.secure else {}
    return [*HEADERS.items(), ("Cache-Control", "no-store"), *safe.items()]


def hosts(settings: Settings) -> list[str]:
    """Return the names under which the companion answers."""
    return [urlsplit(settings.address).hostname or "", *LOOPBACK]


def protect(app: Flask, settings: Settings) -> None:
    """Set the headers of every answer, and believe as many proxies as the settings name."""

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:  # PostgreSQL could not even look for it
            abort(404)

    @app.after_request
    def say(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if audio := g.get("audio"):  # the one page that plays, from the one place of its show
            response.headers["Content-Security-Policy"] = f"{POLICY}; media-src {audio}"
        kept = request.endpoint == "static" and response.status_code == 200
        response.headers["Cache-Control"] = f"max-age={YEAR}, immutable" if kept else "no-store"
        if settings.secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response

    wsgi: Any = _Under(app.wsgi_app, settings.prefix)
    if settings.proxies:
        wsgi = ProxyFix(wsgi, x_for=settings.proxies, x_proto=settings.proxies)
    app.wsgi_app = wsgi  # type: ignore[method-assign]
    app.config["TRUSTED_HOSTS"] = hosts(settings)


LOOPBACK = ("localhost", "127.0.0.1")


# Where podcast apps ask: those that are told an address with a / at its end add one more to it.
APPS = re.compile(
    r"/(api|subscriptions|index\.php|clientconfig\.json|toplist|suggestions|search)\b"
)


class _Under:
    """Serves an application below a path, whether or not a proxy has taken the path away.

    Who takes it away says so (X-Forwarded-Prefix): "/notes" may be either, the path or a page.
    """

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self._wsgi, self._prefix = wsgi, prefix

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = self._flat(environ.get("PATH_INFO", ""))
        environ["PATH_INFO"] = path
        taken = "HTTP_X_FORWARDED_PREFIX" in environ
        if self._prefix and not taken and (path + "/").startswith(self._prefix + "/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._wsgi(environ, start)

    def _flat(self, path: str) -> str:
        """Return the path of an app with single slashes; elsewhere two may be part of it."""
        flat = re.sub("/{2,}", "/", path)
        below = flat.removeprefix(self._prefix) if self._prefix else flat
        return flat if APPS.match(below) or APPS.match(flat) else path
