"""Authenticates apps by their passwords, and reads request bodies leniently.

Some apps send the password each time (Basic), some send a cookie after the first time, and some
wait for a 401. The cookie is the password's id under a key, and expires with the password.
"""

from __future__ import annotations

import hmac
import json
import logging
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Response, make_response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from web import cookies, crypto, origins, typed_text
from web.companion import current_companion
from web.database.refusals import AwayError
from web.forms import form_replay
from web.sync import actions, apps, exchange, upload_bodies
from web.sync.quota import FullError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Blueprint

    from web.sync.apps import App
    from web.sync.episode_index import EpisodeIndex

APP = "app"
CODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}  # of a body
SMALL = 2000  # bytes of a body from an app that has not authenticated yet
log = logging.getLogger("earmark.web")


class Refused(HTTPException):
    """A refusal, with a short reason."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.code, self.description = status, message


def for_app(view: Callable[..., Any]) -> Callable[..., Any]:
    """Pass a view the app that authenticated; `user` in the URL must be its own."""

    @wraps(view)
    def guarded(*args: Any, user: str | None = None, **kwargs: Any) -> Any:
        app, by_password = _who()
        if app is None:
            return challenge()
        if user is not None and typed_text.latin(user).strip() != app.handle:
            raise Refused(400, "this is another account")
        companion, today = current_companion(), current_companion().now().date()
        if not companion.limits.allows("sync", app.id):
            raise Refused(429, "too many requests")
        if app.used != today:
            with companion.database.writing() as connection:
                apps.touch(connection, app, today)
        answer = make_response(view(app, *args, **kwargs))
        for cookie in cookies.of_apps(request.blueprint or "") if by_password else ():
            if cookie not in answer.headers.get("Set-Cookie", ""):
                cookies.send(answer, cookie, f"{app.id}{_signed(app)}")
        return answer

    guarded.access = APP  # type: ignore[attr-defined]
    return guarded


def challenge() -> Response:
    """Ask for a password."""
    return Response(
        "a password is needed\n", 401, {"WWW-Authenticate": 'Basic realm="Podcast app"'}
    )


def _who() -> tuple[App | None, bool]:
    """Return the app of this request, and whether it sent its password."""
    given = request.authorization
    with current_companion().database.reading() as connection:
        if given and given.type == "basic":
            app = apps.find(connection, digest(given.password or ""))
            known = app and typed_text.latin(given.username or "").strip() == app.handle
            return (app, True) if known else (None, False)
        shown = "" if origins.is_foreign() else _cookie()
        id_, signed = shown[:32], shown[32:]
        app = apps.find_by_id(connection, id_) if len(id_) == 32 else None
    known = app and hmac.compare_digest(_signed(app).encode(), signed.encode())
    return (app, False) if known else (None, False)


def _cookie() -> str:
    """Return the value of an app's cookie, whichever protocol sent it; "" if there is none."""
    return next(filter(None, map(cookies.read, cookies.of_apps())), "")


def digest(password: str) -> bytes:
    """Return the digest by which an app is found; a random password needs no slow hash."""
    return crypto.digest(
        current_companion().settings.secrets.key, "app password", apps.normal(password)
    )


def _signed(app: App) -> str:
    secret = current_companion().settings.secrets.key
    return crypto.digest(secret, "app cookie", f"{app.id} {app.logins}").hex()


def drop_cookie(answer: Response) -> Response:
    """Expire the cookies of the app's protocol."""
    for cookie in cookies.of_apps(request.blueprint or ""):
        cookies.send(answer, cookie, "")
    return answer


def small() -> str:
    """Read a short body before authentication, without decompressing it."""
    request.max_content_length = SMALL
    try:
        return request.get_data(cache=False).decode("utf-8", "replace")
    except RequestEntityTooLarge:
        raise Refused(413, "too much data at once") from None


def document() -> Any:
    """Read the body as JSON, whatever its type, compressed or not; None if there is none."""
    with _readable("the body is not JSON"):
        data = "".join(upload_bodies.texts(_unpacked(actions.LARGEST)))
        upload_bodies.check_values(data)
        return json.loads(data) if data.strip() else None


def fields() -> dict[str, Any]:
    """Read the body as a JSON object; refuse anything else rather than drop it silently."""
    body = document()
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise Refused(400, "the body is not a JSON object")
    return body


def rows() -> Iterator[object]:
    """Yield the rows of a list of JSON while it arrives: it may be longer than what fits here.

    One bad row among good ones is left out: a refusal would keep an app's queue full for ever.
    """
    sent = is_known = False
    with _readable("the body is not a JSON list of actions"):
        for row in upload_bodies.rows(upload_bodies.texts(_unpacked(actions.LARGEST_LIST))):
            sent, is_known = True, is_known or actions.is_action(row)
            yield row
    if sent and not is_known:
        raise Refused(400, "no action is in the list: each has podcast, episode and action")


def changes() -> tuple[list[str], list[str]]:
    """Read the body as the feeds that an app added and those that it removed."""
    add, remove = lists("add", "remove")
    return texts(add, "add"), texts(remove, "remove")


def lists(first: str, second: str) -> tuple[list[Any], list[Any]]:
    """Read the body as an object with one of two lists, or both.

    Some apps send null for an empty list. Anything else would be dropped without a word.
    """
    given = fields()
    if first not in given and second not in given:
        raise Refused(400, f"the body is an object with the lists {first} and {second}")
    return _list(given, first), _list(given, second)


def _list(given: dict[str, Any], name: str) -> list[Any]:
    values = given.get(name)
    if not isinstance(values, list | None):
        raise Refused(400, f"{name} is not a list")
    return values or []


def texts(values: list[Any], name: str) -> list[str]:
    """Return the texts of a list, which are all or some of it."""
    good = [actions.text(each) for each in values if isinstance(each, str)]
    if values and not good:
        raise Refused(400, f"{name} has no text in it")
    return good


def text() -> str:
    """Read the body as text."""
    with _readable("the body cannot be read"):
        return "".join(upload_bodies.texts(_unpacked(actions.LARGEST)))


@contextmanager
def _readable(wrong: str) -> Iterator[None]:
    try:
        yield
    except (upload_bodies.TooLargeError, RequestEntityTooLarge):
        raise Refused(413, "too much data at once") from None
    except (ValueError, RecursionError):
        raise Refused(400, wrong) from None


def _unpacked(most: int) -> Iterator[bytes]:
    coding = request.headers.get("Content-Encoding", "").strip().casefold()
    if coding not in CODINGS:
        raise Refused(415, "only gzip and deflate are supported")
    return upload_bodies.unpacked(pieces(most), most, coding)


def pieces(most: int) -> Iterator[bytes]:
    """Yield the body as it arrives, up to a limit. Raises RequestEntityTooLarge."""
    request.max_content_length = most
    while piece := request.stream.read(upload_bodies.PIECE):
        yield piece


def as_json(document: object) -> Response:
    """Return a JSON response."""
    return Response(
        json.dumps(document) + "\n", 200, content_type="application/json; charset=utf-8"
    )


def empty() -> Response:
    """Return an empty response, as clients expect it."""
    return Response(b"", 200, content_type="application/json; charset=utf-8")


def shelf() -> EpisodeIndex:
    """Return our recordings. If they cannot be read, the app gets a 503 and tries again later."""
    index = exchange.shelf(current_companion())
    if index is None:
        raise Refused(503, "the show cannot be read at the moment")
    return index


def still(timestamp: int | None) -> int:
    """Return a number; refuse if the app was disconnected a moment ago."""
    if timestamp is None:
        raise Refused(401, "a password is needed")
    return timestamp


def speak_plainly(views: Blueprint) -> None:
    """Give apps errors as a status and a word, never as a page."""

    def refused(error: HTTPException) -> Response:
        if (error.code or 500) < 400:
            return make_response(error.get_response())
        answer = Response(f"{error.description}\n", error.code, content_type="text/plain")
        return challenge() if error.code == 401 else answer

    def full(error: FullError) -> Response:
        return Response(f"{error}\n", 507, content_type="text/plain")

    def away(error: AwayError) -> Response:
        log.error("%s: %s", request.endpoint, error)
        message, headers = "the database is not answering; try again\n", {"Retry-After": "10"}
        return Response(message, 503, headers, content_type="text/plain")

    def fault(error: Exception) -> Response:
        log.error("%s %s", request.endpoint, form_replay.where(error))
        return Response("something went wrong on our side\n", 500, content_type="text/plain")

    views.register_error_handler(HTTPException, refused)
    views.register_error_handler(FullError, full)
    views.register_error_handler(AwayError, away)
    views.register_error_handler(Exception, fault)
