"""Sets the security headers of every response: run nothing foreign, send nothing elsewhere.

Also builds the links, hosts and path prefix of a companion behind a proxy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from episodes.catalogue_types import web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flask import Flask, Response

    from web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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
    """Return the headers of a response that is not a page and must not be cached."""
    safe = {"Strict-Transport-Security": f"max-age={YEAR}"} if settings.secure else {}
    return [*HEADERS.items(), ("Cache-Control", "no-store"), *safe.items()]


# A source allowed in media-src; matched as the final check on every source.
_SOURCE = r"https?:(?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)?"
_SOURCES = re.compile(f"{_SOURCE}(?: {_SOURCE})?")
_HOST = re.compile("[A-Za-z0-9.-]+")


def media_sources(address: str, *, elsewhere: bool) -> str:
    """Return from where a page may play a recording: the scheme, host and port of its address.

    Who keeps recordings elsewhere mostly sends players on to yet another server. A host that no
    policy can name is allowed by its scheme.
    """
    parts = urlsplit(address)
    if elsewhere:
        return "https: http:"
    if not _HOST.fullmatch(parts.hostname or ""):
        return "http:" if parts.scheme == "http" else "https:"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def link(address: str) -> str:
    """Return a URL that is safe as a link on a page, or "" if it is not an http(s) URL."""
    try:
        return web_address(address)
    except ValueError:
        return ""


def hosts(settings: Settings) -> list[str]:
    """Return the names under which the companion answers."""
    return [urlsplit(settings.address).hostname or "", *LOOPBACK]


def protect(app: Flask, settings: Settings, app_paths: Sequence[str]) -> None:
    """Set the headers of every answer, and believe as many proxies as the settings name.

    `app_paths` are the first parts of the paths that podcast apps use.
    """

    @app.before_request
    def refuse() -> None:
        if "\0" in request.path:  # PostgreSQL could not even look for it
            abort(404)

    @app.after_request
    def say(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if media := _SOURCES.fullmatch(g.get("media", "")):  # the one page that plays
            response.headers["Content-Security-Policy"] = f"{POLICY}; media-src {media[0]}"
        kept = request.endpoint == "static" and response.status_code == 200
        response.headers["Cache-Control"] = f"max-age={YEAR}, immutable" if kept else "no-store"
        if settings.secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response

    wsgi: Any = _Under(app.wsgi_app, settings.prefix, app_paths)
    if settings.proxies:
        wsgi = ProxyFix(wsgi, x_for=settings.proxies, x_proto=settings.proxies)
    app.wsgi_app = wsgi  # type: ignore[method-assign]
    app.config["TRUSTED_HOSTS"] = hosts(settings)


LOOPBACK = ("localhost", "127.0.0.1")


class _Under:
    """Serves an application below a path, whether or not a proxy has taken the path away.

    Who takes it away says so (X-Forwarded-Prefix): "/notes" may be either, the path or a page.
    """

    def __init__(
        self, wsgi: Callable[..., Iterable[bytes]], prefix: str, app_paths: Sequence[str]
    ) -> None:
        self._wsgi, self._prefix = wsgi, prefix
        # Podcast apps that are given a URL with a / at its end add one more to it.
        self._of_apps = re.compile(f"/(?:{'|'.join(map(re.escape, app_paths))})(?:/|$)")

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
        return flat if self._of_apps.match(below) or self._of_apps.match(flat) else path
