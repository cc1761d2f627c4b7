"""Turns errors into pages.

Whatever happens to a form, the response gives its words back.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from flask import abort, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from episodes.errors import EarmarkError
from episodes.translations import marked
from episodes.translations import text as _
from web import cookies
from web.companion import current_companion
from web.database.refusals import AwayError, GoneError
from web.forms import form_replay, resubmission
from web.limits import form_size
from web.limits.hash_queue import BusyError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

log = logging.getLogger("earmark.web")


class RefusedError(EarmarkError):
    """A request that is refused, with its status, title and message."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(message)
        self.status, self.title = status, title


class TooManyError(RefusedError):
    """Too many tries, from one network or in all."""

    def __init__(self) -> None:
        super().__init__(
            429,
            _("Please wait a few minutes"),
            _(
                "Too many tries from this network in a short time. Nothing is lost. Wait 15 "
                "minutes, then try again."
            ),
        )


def no_episode() -> NoReturn:
    """Refuse an episode that does not exist, or cannot be looked up yet. Raises RefusedError."""
    if current_companion().shows.is_away:
        raise RefusedError(
            503,
            _("We cannot show the episodes at the moment"),
            _("Your notes are safe. Try again in a few minutes."),
        )
    abort(404)


SAID = {
    400: (
        marked("Something went missing"),
        marked("Part of the form did not reach us. Go back and try again."),
    ),
    404: (
        marked("Page not found"),
        marked(
            "Check the address. If you followed a link to a note, the note may have been deleted."
        ),
    ),
    405: (
        marked("Page not found"),
        marked("You cannot open this address directly. Start from the home page."),
    ),
    413: (
        marked("That is too long"),
        marked("Each answer can have up to 20,000 characters (about 3,500 words)."),
    ),
}
CUT = marked(
    "Each answer can have up to 20,000 characters (about 3,500 words). One of yours is much "
    "longer. That answer and those after it did not reach us."
)
MANY = (
    marked("This form has too many fields"),
    marked(
        "No form on this site has more than 100 fields, so the last of them did not reach us. "
        "Open the page again and try once more."
    ),
)
NO_COOKIES = (
    marked("Your browser did not send our cookie"),
    marked(
        "Your browser or your network may block cookies, or they were deleted after you opened "
        "this page. This site needs one cookie while you use it. Allow cookies for this site, "
        "then open the page again."
    ),
)
WAYS_IN = {"accounts.joined", "accounts.signed_in", "desk.signed_in", "desk.accepted"}
OURS = (
    marked("Something went wrong on our side"),
    marked("Sorry, there is a problem with this site. Try again in a few minutes."),
)
AWAY = (
    marked("We cannot open your notes at the moment"),
    marked(
        "Sorry, there is a problem with this site. What you have saved is safe. Try again in a "
        "few minutes."
    ),
)
AWAY_FOR_NEWCOMERS = marked("You cannot join or sign in at the moment")
LATER = "10"  # seconds, after which a program asks again


def register(app: Flask) -> None:
    """Give every error its page, in one place."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(BusyError, _busy)
    app.register_error_handler(AwayError, _away)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(GoneError, _gone)
    app.register_error_handler(resubmission.OutdatedError, _outdated)
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(Exception, _unknown)


def _refused(error: RefusedError) -> Response:
    return answer(error.status, error.title, str(error))


def _busy(error: BusyError) -> Response:
    response = answer(
        503,
        _("Many people are signing in"),
        _(
            "We cannot sign everyone in at the same time. Nothing is lost. Wait a few seconds, "
            "then try again."
        ),
    )
    response.headers["Retry-After"] = str(error.again)
    return response


def _expired(error: CSRFError) -> Response:
    del error
    if (
        done := resubmission.repeated()
    ):  # it was sent before, and the first answer changed the token
        return done
    if not cookies.has_any(cookies.FORM):
        return _without_cookies()
    return answer(
        400,
        _("This page was open for too long"),
        _("Your words are not saved yet. Check them and press Save.")
        if form_replay.note_waits()
        else _("Nothing was changed. Go back, reload the page and try again."),
    )


def _gone(error: GoneError) -> Response:
    del error
    g.session = None
    return answer(
        410,
        _("This account no longer exists"),
        _("It was deleted or removed before your form reached us. Nothing was saved."),
    )


def _outdated(error: resubmission.OutdatedError) -> Response:
    del error
    return answer(
        400,
        _("This page was opened before an update"),
        _("Nothing was changed. Open the page again and try once more."),
    )


def _without_cookies() -> Response:
    """Explain why no form works; ask to send again only if somebody has written something."""
    title, message = map(_, NO_COOKIES)
    if request.endpoint in WAYS_IN:
        page = render_template("no_cookies.html", title=title, message=message)
        return make_response(page, 400)
    return answer(400, title, message)


def _known(error: HTTPException) -> Response:
    status = error.code or 500
    # Under a name that is not ours there is no address to which a page could lead.
    nowhere = isinstance(request.routing_exception, SecurityError)
    if status in {301, 302, 303, 307, 308} or nowhere:
        return error.get_response()
    if status == 413 and form_size.has_too_many_fields():
        return answer(status, *map(_, MANY))
    title, message = map(_, SAID.get(status, OURS))
    return answer(status, title, _(CUT) if status == 413 and form_replay.note_waits() else message)


def _away(error: AwayError) -> Response:
    # The database's reason, without values: it contains nothing that anybody wrote.
    log.error("%s: %s", request.endpoint, error)
    g.session, g.unsure = None, True  # a database that does not answer is not asked again
    title, message = map(_, AWAY)
    if request.endpoint in WAYS_IN:  # they have no notes here yet, or none that they have opened
        title = _(AWAY_FOR_NEWCOMERS)
    response = answer(503, title, message)
    response.headers["Retry-After"] = LATER
    return response


def _unknown(error: Exception) -> Response:
    # The kind of error and the line of our code; never what somebody wrote or who they are.
    log.error("%s %s", request.endpoint, form_replay.where(error))
    g.setdefault("session", None)  # a database that does not answer is not asked again
    return answer(500, *map(_, OURS))


def answer(status: int, title: str, message: str) -> Response:
    """Return an error as a page, with the words that the form brought."""
    if request.headers.get("Accept") == "application/json":
        response: Response = jsonify(title=title, message=message)
        response.status_code = status
        return response
    return form_replay.again(status, title, message)
