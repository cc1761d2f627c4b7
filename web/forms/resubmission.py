"""Answers a form that is sent twice: its act is done once, and each answer is the page of success.

A double press ends the first request in the browser, not on the server. So every form has a token,
a view spends it in the transaction of its act, and the second request is redirected like the first.
`docs/decisions` says which forms need it.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

from flask import current_app, flash, g, make_response, redirect, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from episodes.errors import EarmarkError
from web.companion import current_companion
from web.forms import form_tokens
from web.forms.form_tokens import Outcome, Press

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy import Connection

    View = Callable[..., Any]

FIELD, WHO = "once", "who sends a form"
_TOKEN = re.compile("[A-Za-z0-9_-]{43}")


class OutdatedError(EarmarkError):
    """A form without its token: its page was opened before the program was upgraded."""

    def __init__(self) -> None:
        super().__init__("this page was opened before an update")


def token() -> str:
    """Return the token of one more form."""
    return secrets.token_urlsafe(32)


def only(
    again: View | None = None, *, of: tuple[str, ...] = (), late: View | None = None
) -> Callable[[View], View]:
    """Let a view do its act once; `again` answers a second press, the outcome before all else.

    Without `again` it is redirected to where the first one was. `of` are the fields that make it
    another act: who goes back, changes one of them and presses again means a second one. `late`
    answers a press whose browser has signed in or out since, as `repeated` says.
    """

    def decorate(view: View) -> View:
        def repeat(done: Outcome, *args: Any, **kwargs: Any) -> Response:
            answer = again(done, *args, **kwargs) if again else None
            return make_response(answer) if answer is not None else lead(done)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.once_of = of
            if done := _outcome(_press() or _outdated()):
                return repeat(done, *args, **kwargs)
            try:
                answer = make_response(view(*args, **kwargs))
            except (EarmarkError, HTTPException):
                if done := _done_meanwhile():
                    return repeat(done, *args, **kwargs)
                raise
            done = _done_meanwhile() if answer.status_code >= 400 else None
            return repeat(done, *args, **kwargs) if done else answer

        guarded.repeated = lambda: _led_before(of, late)  # type: ignore[attr-defined]
        return guarded

    return decorate


def repeats(find: Callable[[], Response | None]) -> Callable[[View], View]:
    """Let a view that may do its act again say where somebody goes whose press came too late."""

    def decorate(view: View) -> View:
        view.repeated = find  # type: ignore[attr-defined]
        return view

    return decorate


def _press() -> Press | None:
    """Return the form of this request, None without a token."""
    companion, given = current_companion(), request.form.get(FIELD, "")
    if not _TOKEN.fullmatch(given):
        return None
    now = int(companion.now().timestamp())
    meant = [request.form.get(field, "") for field in g.get("once_of", ())]
    act = f"{request.path} {json.dumps(meant)}" if meant else request.path
    return form_tokens.press(companion.settings.secrets.key, act, given, now)


def _outdated() -> NoReturn:
    """Refuse a form without its token: its page is from before an update. Raises OutdatedError."""
    raise OutdatedError


def _outcome(sent: Press) -> Outcome | None:
    with current_companion().database.reading() as connection:
        return form_tokens.find(connection, sent)


def _done_meanwhile() -> Outcome | None:
    """Return what the other press did while this one failed; nothing if the database is away."""
    sent = _press()
    with suppress(EarmarkError):
        return _outcome(sent) if sent else None
    return None


def spend(connection: Connection, page: str, message: str = "", secret: str = "") -> Outcome:
    """Let the form of this request count; return where its answer leads, once this is committed.

    Raises RepeatedError if it did before; then nothing of the transaction may stay.
    """
    done = Outcome(page, message, secret, _who())
    form_tokens.spend(connection, _press() or _outdated(), done)
    return done


def lead(done: Outcome) -> Response:
    """Return the answer that leads to the page of success."""
    if done.message and ("message", done.message) not in session.get("_flashes", []):
        flash(done.message)
    return redirect(done.page, 303)


def repeated() -> Response | None:
    """Return the page of success for a form whose own token is no longer right; do nothing.

    Signing in and out gives a browser other tokens for forms, so that a second press of the form
    that did it comes with an old one.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    find = getattr(view, "repeated", None)
    with suppress(EarmarkError, HTTPException):  # the database is away, the form is too long
        answer: Response | None = find() if find else None
        return answer
    return None


def _led_before(of: tuple[str, ...], late: View | None) -> Response | None:
    """Redirect the person who sent it, or who has signed out since; tell nobody else about it."""
    g.once_of = of
    sent = _press()
    done = _outcome(sent) if sent else None
    if done is None or (done.who and _who() not in {"", done.who}):
        return None
    return make_response(late(done)) if late else redirect(done.page, 303)


def know(app: Flask, who: Callable[[], str]) -> None:
    """Let forms know who sends them: `who` returns the id of who is signed in, "" if nobody is."""
    app.extensions[WHO] = who


def _who() -> str:
    return str(current_app.extensions[WHO]())
