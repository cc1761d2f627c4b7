"""Authorises views for anyone, a signed-in learner or a signed-in lead, by the session cookie.

Every view of a learner gets the learner from here, and every query of a store takes their id. A
form that arrives after its session has expired is shown again, with the words in it.
"""

from __future__ import annotations

import base64
import binascii
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import g, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from episodes.translations import ngettext
from episodes.translations import text as _
from web import cookies, crypto, sessions
from web.accounts import sign_in, word_list
from web.accounts.store import Learner, has_phrase
from web.companion import current_companion
from web.database.refusals import AwayError
from web.errors import RefusedError
from web.forms import form_replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.companion import Companion
    from web.sessions import Session

TOUCH = 2.0  # seconds that a page waits to record the time of the last use
LONGEST = 2000  # characters of a URL to return to: proxies accept few bytes of headers
ANYONE, LEARNER, LEAD = "anyone", "learner", "lead"


class NotForLeadsError(RefusedError):
    """A learner's page, requested by a signed-in lead."""

    def __init__(self) -> None:
        super().__init__(
            403,
            _("You are signed in as a training lead"),
            _("Sign out, then sign in with your five words."),
        )


class ForLeadsError(RefusedError):
    """A lead's page, requested by a signed-in learner."""

    def __init__(self) -> None:
        super().__init__(
            403,
            _("This page is for training leads"),
            _("Sign out, then sign in as a training lead."),
        )


class Lead(NamedTuple):
    """A signed-in lead; nothing here reads what a learner wrote."""

    id: str
    name: str


def current_session() -> Session | None:
    """Return the session of this request, looked up once."""
    if "session" not in g:
        g.session = _find()
    current: Session | None = g.session
    return current


def current_id() -> str:
    """Return the id of the signed-in learner or lead, or ""."""
    current = current_session()
    return current.learner or current.lead if current else ""


def was_here() -> bool:
    """Return whether a browser still shows the cookie of a session that has ended."""
    return bool(_secret()) and session_if_quick() is None and "unsure" not in g


def session_if_quick() -> Session | None:
    """Return the session for a page that works without one: None if the lookup is slow."""
    try:
        if "session" not in g:
            g.session = _glance()
    except AwayError:
        g.session, g.unsure = None, True
    current: Session | None = g.session
    return current


def _secret(value: str | None = None) -> bytes:
    """Return the secret of a cookie, by default that of the request, or b""."""
    try:
        secret = base64.urlsafe_b64decode(cookies.read(cookies.SESSION) if value is None else value)
    except (binascii.Error, ValueError):
        return b""
    return secret if len(secret) == 32 else b""


def _find() -> Session | None:
    secret = _open_secret()
    current = _look(current_companion(), secret) if secret else None
    _touch(current_companion(), current)
    return current


def _glance() -> Session | None:
    """Look up a session without waiting. Raises AwayError."""
    companion, secret = current_companion(), _open_secret()
    if not secret:
        return None
    return companion.glance.at(partial(_look, companion, secret), partial(_touch, companion))


def _open_secret() -> bytes:
    """Return the secret of the cookie, or b"" if its session has ended."""
    secret = _secret()
    left = secret and current_companion().exits.is_ended(crypto.of_session(secret).lookup)
    return b"" if left else secret


def _look(companion: Companion, secret: bytes) -> Session | None:
    now = int(companion.now().timestamp())
    with companion.database.reading() as connection:
        return sessions.find(connection, secret, now, companion.settings.idle)


def _touch(companion: Companion, current: Session | None) -> None:
    """Record the time of the last use; on a full disk, reading pages still works without it."""
    now = int(companion.now().timestamp())
    if not current or now - current.seen < sessions.STEP:
        return
    try:
        with companion.database.writing(TOUCH) as connection:
            sessions.touch(connection, current, now)
    except AwayError as error:
        companion.database.complain("the time of the last use is not kept", error)


def begin_session(
    *,
    learner: Learner | None = None,
    lead: Lead | None = None,
    phrase: str = "",
    allowed: Callable[[Connection], bool] = lambda _: True,
) -> bool:
    """Sign somebody in: a new session with a new secret, and a new token for forms.

    Return False if the learner's phrase was replaced since it was typed, or if `allowed` returns
    False; both are asked in the transaction that begins the session.
    """
    companion = current_companion()
    old, now = current_session(), int(companion.now().timestamp())
    who = sessions.Who(lead=lead.id, name=lead.name) if lead else sessions.Who(phrase=phrase)
    if learner:
        who = who._replace(learner=learner.id, key=learner.key)
        allowed = partial(has_phrase, learner=learner)
    with companion.database.writing() as connection:
        if not allowed(connection):
            return False
        if old:
            sessions.end(connection, old)
        secret = sessions.begin_session(connection, now, who)
    with companion.database.reading() as connection:
        g.session = sessions.find(connection, secret, now, companion.settings.idle)
    session.clear()
    g.pop("csrf_token", None)
    g.cookie = base64.urlsafe_b64encode(secret).decode()
    return True


def is_still_signed_in(connection: Connection) -> bool:
    """Return whether the learner's session has not been ended since the request began."""
    current = current_session()
    return bool(current and sessions.is_open(connection, current))


def end() -> None:
    """Sign out without waiting for the database, so that nobody is held up.

    If the cookie came twice, nobody can tell which is valid: both sessions end.
    """
    for value in cookies.every(cookies.SESSION)[:2]:
        if secret := _secret(value):
            current_companion().exits.end(crypto.of_session(secret).lookup)
    g.session, g.cookie = None, ""
    session.clear()


def send_cookie(response: Response) -> Response:
    """Set or delete the session cookie on the response, if the session began or ended."""
    if "cookie" in g:
        cookies.send(response, cookies.SESSION, g.cookie)
    return response


def for_learner(view: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the signed-in learner to a view; others sign in first and keep their words."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        current = current_session()
        if current and current.lead:
            raise NotForLeadsError
        if not current and request.method != "POST":
            address = form_replay.address()
            return redirect(
                url_for("accounts.sign_in", next=address if len(address) <= LONGEST else None)
            )
        learner = Learner(current.learner, current.who.key) if current else _come_back()
        return view(learner, *args, **kwargs) if isinstance(learner, Learner) else learner

    guarded.access = LEARNER  # type: ignore[attr-defined]
    return guarded


def _come_back() -> Learner | Response:
    """Sign in with the phrase sent with a form, or ask for it."""
    wants_json = request.headers.get("Accept") == "application/json"
    phrase = request.form.get("phrase", "")
    if wants_json or not phrase or not form_replay.is_given_back():
        title = _("You have been signed out")
        message = ngettext(
            "This happens after %(num)s minute without activity, or when you sign out on another "
            "device.",
            "This happens after %(num)s minutes without activity, or when you sign out on another "
            "device.",
            current_companion().settings.idle_minutes,
        )
        if wants_json:
            return make_response({"title": title, "message": message}, 401)
        return form_replay.again(401, title, message, ask_phrase=True)
    learner = sign_in.try_phrase(current_companion(), phrase, request.remote_addr or "")
    if learner is None or not begin_session(learner=learner):
        return form_replay.again(
            401,
            _("That phrase does not match"),
            word_list.fault(phrase) or _(word_list.WRONG),
            ask_phrase=True,
            is_wrong=True,
        )
    return learner


def asks_phrase() -> bool:
    """Return whether the sign-in is so old that connecting an app needs the phrase again."""
    current = current_session()
    now = int(current_companion().now().timestamp())
    return not current or abs(now - current.began) > sessions.RECENT  # a clock may go back


def for_lead(view: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the signed-in lead to a view; learners are refused, others sign in first."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        current = current_session()
        if current and current.lead:
            return view(Lead(current.lead, current.who.name), *args, **kwargs)
        if current:
            raise ForLeadsError
        return redirect(url_for("desk.sign_in"))

    guarded.access = LEAD  # type: ignore[attr-defined]
    return guarded
