"""Names, sends and expires the companion's cookies.

Over https they are called `__Host-`: no other name of the same domain can set such a cookie. If a
browser sends two of one name, someone else may have set one of them, and nobody can tell which:
both are refused and expire. Companions that share a host name call theirs by port and path.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from flask import current_app, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import SecurityError
from werkzeug.http import dump_cookie

from web.companion import current_companion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Flask
    from flask.sessions import SecureCookieSession
    from werkzeug.wrappers import Response

    from web.settings import Settings

SESSION, FORM = "earmark", "earmark_form"
OF_APPS = "cookies of apps"
MOST_BYTES = 2000  # of headers that expire cookies: nginx takes 4,096 of all headers together
LONG = 200  # characters: a path that is looked at last
PORTS = {"http": 80, "https": 443, "": None}


def name_of(cookie: str, settings: Settings) -> str:
    """Return the whole name of a cookie: `__Host-earmark`, or `earmark-8090` without https."""
    parts = urlsplit(settings.address)
    port = parts.port if parts.port != PORTS[parts.scheme] else None
    path = quote(settings.prefix[1:], safe="").replace("%", "_")
    own = "-".join(str(each) for each in (port, path) if each)
    start = "__Host-" if settings.secure else ""
    return f"{start}{cookie}-{own}" if own else f"{start}{cookie}"


def path_of(settings: Settings) -> str:
    """Return the path of each cookie; with `__Host-` there is only one."""
    return "/" if settings.secure else f"{settings.prefix}/"


def read(cookie: str) -> str:
    """Return the value of a cookie of this request; "" if there is none, or more than one."""
    values = request.cookies.getlist(name_of(cookie, current_companion().settings))
    return values[0] if len(values) == 1 else ""


def of_apps(blueprint: str | None = None) -> list[str]:
    """Return the cookies that podcast apps get, from one blueprint or from all."""
    by_blueprint: Mapping[str, Sequence[str]] = current_app.extensions[OF_APPS]
    if blueprint is not None:
        return [*by_blueprint.get(blueprint, ())]
    return [each for names in by_blueprint.values() for each in names]


def has_any(cookie: str) -> bool:
    """Return whether a browser sent a cookie at all, whatever it holds."""
    return name_of(cookie, current_companion().settings) in request.cookies


def every(cookie: str) -> list[str]:
    """Return every value of a cookie of this request."""
    return request.cookies.getlist(name_of(cookie, current_companion().settings))


def send(answer: Response, cookie: str, value: str) -> None:
    """Set a cookie on a response, or expire it if the value is empty."""
    settings = current_companion().settings
    answer.set_cookie(
        name_of(cookie, settings), value, path=path_of(settings), httponly=True,
        secure=settings.secure, samesite="Lax", max_age=None if value else 0,
        expires=None if value else 0,
    )  # fmt: skip


def expire_doubled(answer: Response) -> Response:
    """Expire every cookie that came twice, wherever it may have been set.

    Proxies take only a few kilobytes of headers: if there are more places, chance chooses among
    them, and the next answers expire the rest.
    """
    settings, left = current_companion().settings, MOST_BYTES
    names = [name_of(each, settings) for each in (SESSION, FORM, *of_apps())]
    doubled = [each for each in names if len(request.cookies.getlist(each)) > 1]
    for path, domain in _everywhere() if doubled else ():
        for name in doubled:
            line = dump_cookie(
                name, "", max_age=0, path=path, domain=domain, secure=settings.secure
            )
            left -= len(line) + len("Set-Cookie: \r\n")
            if left < 0:
                return answer
            answer.headers.add("Set-Cookie", line)
    return answer


def _everywhere() -> list[tuple[str, str | None]]:
    """Return (path, domain) of each place where a cookie of this request can have been set.

    The root comes first, which every page has.
    """
    labels = _own_name().split(".")
    parents = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    domains = [None, *(each for each in parents if not labels[-1].isdecimal())]
    parts = [each for each in (request.script_root + request.path).split("/") if each][:4]
    paths = ["/".join(("", *map(quote, parts[:count]))) for count in range(1, len(parts) + 1)]
    below = [each for path in paths for each in (path, f"{path}/")]
    others = [(path, domain) for path in below for domain in domains]
    random.shuffle(others)
    others.sort(key=lambda each: len(each[0]) > LONG)
    return [*(("/", domain) for domain in domains), *others]


def _own_name() -> str:
    """Return the host name of this request; "" if it is not one of ours."""
    try:
        return urlsplit(request.host_url).hostname or ""
    except (SecurityError, ValueError):
        return ""


class _Forms(SecureCookieSessionInterface):
    """Flask's session, which holds what proves that a form is ours."""

    def open_session(self, app: Flask, request: Any) -> SecureCookieSession | None:
        name = self.get_cookie_name(app)
        if len(request.cookies.getlist(name)) > 1:
            return self.session_class()
        return super().open_session(app, request)


def register(app: Flask, settings: Settings, of_apps: Mapping[str, Sequence[str]]) -> None:
    """Give the application its form cookie, and expire what came twice.

    `of_apps` are the cookies of podcast apps, by the blueprint that sends them.
    """
    app.extensions[OF_APPS] = of_apps
    app.config.update(
        SESSION_COOKIE_NAME=name_of(FORM, settings),
        SESSION_COOKIE_PATH=path_of(settings),
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = _Forms()
    app.after_request(expire_doubled)
