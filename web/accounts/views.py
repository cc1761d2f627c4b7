"""Serves the pages to join, sign in, change the phrase, exit and delete everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from episodes.translations import text as _
from web import auth, crypto, session_ends, sessions
from web.accounts import erasure_store, join_codes, store, word_list
from web.accounts import sign_in as entering
from web.accounts.store import Learner
from web.auth import for_learner
from web.companion import current_companion
from web.forms import resubmission
from web.forms.form_tokens import Outcome
from web.sync import apps

if TYPE_CHECKING:
    from web.sessions import Session

views = Blueprint("accounts", __name__)
Page = str | Answer | tuple[str, int]


@views.get("/join/<code>", strict_slashes=False)
@views.get("/join", strict_slashes=False)
def join(code: str = "") -> Page:
    """Show what joining means; show the phrase to somebody who has just joined."""
    if _waits(auth.session_if_quick()):
        return redirect(url_for("accounts.phrase"))
    return render_template("accounts/join.html", code=join_codes.shown_code(code)[:60], wrong=False)


def _waits(session: Session | None) -> bool:
    """Return whether a phrase is not saved yet: one more account would lose it."""
    return bool(session and session.phrase)


def _joined_before(done: Outcome) -> Page | None:
    """Sign in the person who sent this form first and never saw the answer: same phrase."""
    learner = _try_phrase(done.secret) if done.secret else None
    if learner and auth.begin_session(learner=learner, phrase=done.secret):
        return None
    return _joined_since(done)


def _joined_since(_: Outcome) -> Page:
    """Redirect a learner who is signed in by now; anyone else may be the next at this computer."""
    session = auth.current_session()
    if session and session.learner:
        return redirect(url_for("accounts.phrase"), 303)
    return _used()


def _used() -> str:
    """Show that the form was used before; its code stays in the field."""
    typed = request.form.get("join-code", "")[: join_codes.LONGEST_TYPED]
    return render_template("accounts/join.html", code=typed, wrong=False, used=True)


@views.post("/join")
@resubmission.only(_joined_before, late=_joined_since)
def joined() -> Page:
    """Make an account with a join code."""
    if _waits(auth.current_session()):
        return redirect(url_for("accounts.phrase"), 303)
    companion, address = current_companion(), request.remote_addr or ""
    typed = request.form.get("join-code", "")
    code = join_codes.normal_code(typed)
    page = url_for("accounts.phrase")
    account = (
        entering.join(
            companion, code, lambda use, phrase: resubmission.spend(use, page, secret=phrase)
        )
        if code and entering.may_join(companion, code, address)
        else None
    )
    if account is None:
        return render_template(
            "accounts/join.html",
            code=typed,
            wrong=True,
            too_long=len(typed) > join_codes.LONGEST_TYPED,
        ), 422
    learner, phrase = account
    is_begun = auth.begin_session(learner=learner, phrase=phrase)
    # Who pressed twice may have replaced the phrase in the meantime, or deleted everything.
    return redirect(page, 303) if is_begun else _used()


@views.get("/sign-in")
def sign_in() -> Page:
    """Ask for the phrase."""
    return render_template("accounts/sign_in.html", next=_inside(request.args), wrong="")


def _signed_in_before() -> Answer | None:
    """Redirect somebody who pressed twice and is signed in since the first press."""
    session = auth.current_session()
    is_learner = bool(session and session.learner)
    return (
        redirect(request.script_root + (_inside(request.form) or "/"), 303) if is_learner else None
    )


@views.post("/sign-in")
@resubmission.repeats(_signed_in_before)
def signed_in() -> Page:
    """Sign in with a phrase, and redirect to the page that was asked for."""
    typed = request.form.get("phrase", "")
    onwards = _inside(request.form)
    learner = _try_phrase(typed)
    if learner is None or not auth.begin_session(learner=learner):
        wrong = word_list.fault(typed) or _(word_list.WRONG)
        return render_template("accounts/sign_in.html", next=onwards, wrong=wrong, typed=typed), 401
    return redirect(request.script_root + (onwards or "/"), 303)


def _inside(given: Any) -> str:
    """Return the path to continue at, always within the companion."""
    path = str(given.get("next", ""))
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    climbs = "\\" in path or ".." in unquote(path)  # a browser would leave the companion's path
    return path if plain and not climbs and len(path) <= 2000 else ""


def _signed_out_before() -> Answer | None:
    """Redirect somebody who pressed twice and is signed out since the first press."""
    return None if auth.current_session() else redirect(url_for("home.home"), 303)


@views.post("/sign-out")
@resubmission.repeats(_signed_out_before)
def sign_out() -> Page:
    """Sign anyone out. A form of this site is enough, even with an expired token."""
    if not _is_ours():
        current_app.extensions["csrf"].protect()
    auth.end()
    if request.form.get("idle"):
        draft = "yes" if request.form.get("draft") else None
        return redirect(url_for("accounts.signed_out", draft=draft), 303)
    return redirect(url_for("home.home"), 303)


def _is_ours() -> bool:
    """Return whether the browser says that a page of this site sent the form."""
    ours = urlsplit(current_companion().settings.address)
    return request.headers.get("Origin") == f"{ours.scheme}://{ours.netloc}"


@views.post("/stay")
def stay() -> Page:
    """Record that somebody is still there, as any request of theirs does."""
    auth.current_session()
    return Response(status=204)


@views.get("/signed-out")
def signed_out() -> Page:
    """Show that somebody was signed out for being idle. Needs no database."""
    g.session = None
    return render_template("accounts/signed_out.html", draft=bool(request.args.get("draft")))


@views.get("/leave")
def leave() -> Answer:
    """Exit: sign out, clear what a site can clear, and redirect to a page that reveals nothing.

    A prefetch changes nothing. Our cookies expire by name: Clear-Site-Data would delete those of
    other sites under the same domain too.
    """
    if session_ends.is_ahead(request.method, request.headers):
        return Response(status=204)
    auth.end()
    answer = redirect(current_companion().settings.leave, 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@views.get("/phrase")
@for_learner
def phrase(_: Learner) -> Page:
    """Show a phrase that is not saved yet, or how to get a new one."""
    return _phrase()


def _phrase(wrong: str = "") -> str:
    session = auth.current_session()
    shown = session.phrase if session else ""
    return render_template(
        "accounts/phrase.html", phrase=shown, shown=_mark(shown) if shown else "", wrong=wrong,
        typed=request.form.get("phrase", ""),
    )  # fmt: skip


def _mark(shown: str) -> str:
    """Return the mark by which a form names the phrase that its page showed."""
    return crypto.digest(current_companion().settings.secrets.key, "phrase shown", shown).hex()[:32]


@views.post("/phrase/new")
@resubmission.only()
@for_learner
def new_phrase(learner: Learner) -> Page:
    """Offer a new phrase; the old one is required, and works until the new one is saved."""
    phrase, network = request.form.get("phrase", ""), request.remote_addr or ""
    if not entering.is_phrase_of(current_companion(), learner, phrase, network):
        return _phrase(_("That is not your phrase. Check the spelling of each word.")), 422
    session = auth.current_session()
    with current_companion().database.writing() as connection:
        if session:
            sessions.offer(connection, session, word_list.new())
        done = resubmission.spend(connection, url_for("accounts.phrase"))
    return resubmission.lead(done)


@views.post("/phrase/kept")
@resubmission.only()
@for_learner
def kept_phrase(learner: Learner) -> Page:
    """Replace the old phrase by the one that was shown, and end the other sessions."""
    companion, session = current_companion(), auth.current_session()
    if not session or not session.phrase:
        return redirect(url_for("home.home"), 303)
    if request.form.get("shown") != _mark(session.phrase):
        flash(
            _("You asked for another phrase after you opened that page. Save the one you see now.")
        )
        return redirect(url_for("accounts.phrase"), 303)
    opened = entering.derive(companion, session.phrase)
    with companion.database.writing() as connection:
        if not sessions.is_open(connection, session):  # another one has replaced the phrase
            return redirect(url_for("accounts.phrase"), 303)
        is_new = store.change_phrase(connection, learner, opened)
        sessions.offer(connection, session, "")
        sessions.end_others(connection, session)
        asks = is_new and bool(apps.every(connection, learner))
        done = resubmission.spend(connection, *_after_keeping(is_new=is_new, has_apps=asks))
    return resubmission.lead(done)


def _after_keeping(*, is_new: bool, has_apps: bool) -> tuple[str, str]:
    """Return the next page and its message."""
    if not is_new:
        return url_for("home.home"), ""
    if has_apps:
        return url_for("sync.connect"), _(
            "Your new phrase works now. The old one no longer works. These apps are still "
            "connected: disconnect any you do not recognise."
        )
    return url_for("home.home"), _("Your new phrase works now. The old one no longer works.")


@views.get("/delete-everything")
@for_learner
def before_erasing(_: Learner) -> Page:
    """Show what deleting everything means."""
    return render_template("accounts/delete.html")


@views.post("/delete-everything")
@resubmission.only()
@for_learner
def erase(learner: Learner) -> Page:
    """Delete a learner and all their data at once."""
    companion = current_companion()
    with companion.database.writing() as connection:
        erasure_store.erase_learner(connection, learner.id, companion.now().date())
        done = resubmission.spend(connection, url_for("accounts.gone"))
    erasure_store.finish_soon(companion.database)
    auth.end()
    return resubmission.lead(done)


@views.get("/deleted")
def gone() -> Response | str:
    """Show that everything has been deleted."""
    return render_template("accounts/gone.html")


def _try_phrase(phrase: str) -> Learner | None:
    return entering.try_phrase(current_companion(), phrase, request.remote_addr or "")
