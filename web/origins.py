"""Tells whether a page of this site sent a request, and refuses forms of any other page.

Browsers say so themselves (Origin, Sec-Fetch-Site); older ones say nothing, or that they will not
say (`Origin: null`), and the token of the form has to do. Podcast apps are no pages: they show a
password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import g, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException

from episodes.translations import text as _
from web.companion import current_companion

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from flask import Flask
    from werkzeug.wrappers import Response

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
PORTS = (":80", ":443")  # which a browser leaves out


def is_ours() -> bool:
    """Return whether the browser says that a page of this site sent the request."""
    site, origin = _site(), request.headers.get("Origin")
    return site == "same-origin" or (site is None and bool(origin) and _is_own(origin or ""))


def is_foreign() -> bool:
    """Return whether the browser says that another page sent it; "none" is the person's own act."""
    site, origin = _site(), request.headers.get("Origin")
    if site:
        return site not in {"same-origin", "none"}
    return origin is not None and not _is_own(origin)


def is_refused() -> bool:
    """Return whether another page sent this form.

    Who only says `null` may be a box on any page, or a browser that keeps to itself where it is:
    one has the token that our own pages give, and the other has not.
    """
    if "is_refused" not in g:
        is_unsaid = request.headers.get("Origin") == "null" and _site() is None
        g.is_refused = is_foreign() and not (is_unsaid and _has_token())
    return bool(g.is_refused)


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except (ValueError, HTTPException):
        return False
    return True


def _site() -> str | None:
    return request.headers.get("Sec-Fetch-Site") or None


def _is_own(origin: str) -> bool:
    """Compare hosts alone: behind a proxy that says nothing of it, https is http here."""
    own = {_bare(urlsplit(current_companion().settings.address).netloc), _bare(request.host)}
    scheme, _, host = origin.partition("://")
    return scheme in {"http", "https"} and _bare(host) in own


def _bare(host: str) -> str:
    host = host.lower()
    return next((host.removesuffix(each) for each in PORTS if host.endswith(each)), host)


def refuse_foreign(
    app: Flask, exempt: Collection[str], answer: Callable[[int, str, str], Response]
) -> None:
    """Refuse what other pages send, before anything of it is read; but not to these endpoints."""

    @app.before_request
    def refuse() -> Response | None:
        known = request.endpoint or ""
        if request.method in SAFE or {known, known.partition(".")[0]} & {*exempt}:
            return None
        if not is_refused():
            return None
        g.session = None  # nothing of anybody's account stands on that page
        return answer(
            403,
            _("This form came from another website"),
            _("Nothing was changed. If you meant to do it, start from the home page of this site."),
        )
