"""What can go wrong while somebody uses the companion, and the page that each of it becomes.

Whatever happens to a form, the words in it come back with the answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from flask import abort, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from episodes.findings import EarmarkError
from web import answering, cookies, once
from web.current import companion
from web.hash_queue import AGAIN, BusyError
from web.refusals import AwayError, GoneError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

log = logging.getLogger("earmark.web")


class RefusedError(EarmarkError):
    """Something that cannot be done, with the status and the sentences that say so."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(message)
        self.status, self.title = status, title


class TooManyError(RefusedError):
    """More attempts than there should be, from one place or in all."""

    def __init__(self) -> None:
        super().__init__(
            429,
            "Please wait a few minutes",
            "There were many attempts from here in a short time. Nothing is lost; try again in a "
            "quarter of an hour.",
        )


def no_episode() -> NoReturn:
    """Refuse an episode that is not there, or cannot be known yet. Raises RefusedError."""
    if companion().shows.is_away:
        raise RefusedError(
            503,
            "We cannot show the episodes at the moment",
            "Your notes are safe. Try again in a few minutes.",
        )
    abort(404)


SAID = {
    400: ("That did not arrive whole", "Go back, and send it again."),
    403: ("That is not for this account", "Sign out first, then sign in as somebody else."),
    404: ("There is nothing here", "The address may be mistyped, or what was here is deleted."),
    405: ("There is nothing here", "This address only answers a form. Start from the first page."),
    413: ("That is too long", "A note may have about twenty thousand letters under each question."),
}
NO_COOKIES = (
    "No cookie came with this form",
    (
        "Your browser (or a proxy) keeps no cookies, or has deleted them since you opened this "
        "page. This page needs one while you are here. Allow cookies for this site, then open the "
        "page again."
    ),
)
WAYS_IN = {"accounts.joined", "accounts.signed_in", "desk.signed_in", "desk.accepted"}
OURS = (
    "Something went wrong on our side",
    "Sorry, this is our mistake. Try again in a minute.",
)
AWAY = (
    "We cannot open your notes at the moment",
    "Sorry, this is our mistake. What you saved before is safe. Try again in a minute.",
)
LATER = "10"  # seconds, after which a program asks again


def register(app: Flask) -> None:
    """Give every error its page, in one place."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(AwayError, _away)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(GoneError, _gone)
    app.register_error_handler(once.OutdatedError, _outdated)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _refused(error: RefusedError) -> Response:
    return answer(error.status, error.title, str(error))


def _busy(_: BusyError) -> Response:
    response = answer(
        503,
        "Many people are signing in",
        "More people are signing in than we can let in at once. Nothing is lost. Wait a few "
        "seconds, then send it again.",
    )
    response.headers["Retry-After"] = str(AGAIN)
    return response


def _expired(_: CSRFError) -> Response:
    if done := once.repeated():  # it was sent before, and the first answer changed the token
        return done
    if not cookies.has_any(cookies.FORM):
        return _without_cookies()
    return answer(
        400,
        "This page was open for too long",
        "Nothing was saved yet. Send it once more, if it is yours.",
    )


def _gone(_: GoneError) -> Response:
    g.session = None
    return answer(
        410,
        "This account is no longer there",
        "It was deleted or removed while this was on its way. Nothing was saved.",
    )


def _outdated(_: once.OutdatedError) -> Response:
    return answer(
        400,
        "This page was opened before an update",
        "Nothing was changed. Open the page again, then press once more.",
    )


def _without_cookies() -> Response:
    """Say why no form works. Where nobody has written anything, nothing asks to be sent again."""
    if request.endpoint in WAYS_IN:
        page = render_template("no_cookies.html", title=NO_COOKIES[0], message=NO_COOKIES[1])
        return make_response(page, 400)
    return answer(400, *NO_COOKIES)


def _known(error: HTTPException) -> Response:
    status = error.code or 500
    # Under a name that is not ours there is no address to which a page could lead.
    nowhere = isinstance(request.routing_exception, SecurityError)
    if status in {301, 302, 303, 307, 308} or nowhere:
        return error.get_response()
    return answer(status, *SAID.get(status, OURS))


def _away(error: AwayError) -> Response:
    # Why, as the database says it: without values, so without anything of anybody.
    log.error("%s: %s", request.endpoint, error)
    g.session, g.unsure = None, True  # a database that does not answer is not asked again
    response = answer(503, *AWAY)
    response.headers["Retry-After"] = LATER
    return response


def _unknown(error: Exception) -> Response:
    # The kind of error and the place in our code; never what somebody wrote or who they are.
    log.error("%s %s", request.endpoint, answering.where(error))
    g.setdefault("session", None)  # a database that does not answer is not asked again
    return answer(500, *OURS)


def answer(status: int, title: str, message: str) -> Response:
    """Return an error as a page, with the words that were sent."""
    if request.headers.get("Accept") == "application/json":
        response: Response = jsonify(title=title, message=message)
        response.status_code = status
        return response
    return answering.again(status, title, message)
