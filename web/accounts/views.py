"""Joining, signing in, the phrase, leaving, and deleting everything."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web import access, exits, sessions
from web.access import for_learner
from web.accounts import entering, phrases, rules, store
from web.accounts.store import Learner
from web.current import companion
from web.errors import TooManyError

views = Blueprint("accounts", __name__)
Page = str | Answer | tuple[str, int]


@views.get("/join/<code>", strict_slashes=False)
@views.get("/join", strict_slashes=False)
def join(code: str = "") -> Page:
    """Say what joining means before anything is typed."""
    return render_template("accounts/join.html", code=rules.shown_code(code)[:60], wrong=False)


@views.post("/join")
def joined() -> Page:
    """Make an account with a join code."""
    place, address = companion(), request.remote_addr or ""
    typed = request.form.get("join-code", "")[: rules.LONGEST_TYPED]
    code = rules.normal_code(typed)
    if place.limits.is_over("wrong code", address):
        raise TooManyError
    if code and not (
        place.limits.allows("join", address) and place.limits.allows("join code", code)
    ):
        raise TooManyError
    found = entering.join(place, code) if code else None
    if found is None:
        place.limits.allows("wrong code", address)
        return render_template("accounts/join.html", code=typed, wrong=True), 422
    learner, phrase = found
    access.begin(learner=learner, phrase=phrase)
    return redirect(url_for("accounts.phrase"), 303)


@views.get("/sign-in")
def sign_in() -> Page:
    """Ask for the phrase."""
    return render_template("accounts/sign_in.html", next=_inside(request.args), wrong=False)


@views.post("/sign-in")
def signed_in() -> Page:
    """Sign in with a phrase, and go on where somebody wanted to."""
    learner = access.try_phrase(request.form.get("phrase", "")[:400])
    onwards = _inside(request.form)
    if learner is None:
        return render_template("accounts/sign_in.html", next=onwards, wrong=True), 401
    access.begin(learner=learner)
    return redirect(request.script_root + (onwards or "/"), 303)


def _inside(given: Any) -> str:
    """Return where to go on, only ever within the companion."""
    path = str(given.get("next", ""))
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    climbs = "\\" in path or ".." in unquote(path)  # a browser would leave the companion's path
    return path if plain and not climbs and len(path) <= 2000 else ""


@views.post("/sign-out")
def sign_out() -> Page:
    """Sign out, whoever it is. A form of ours that is too old to have a good token is enough."""
    if not _is_ours():
        current_app.extensions["csrf"].protect()
    access.end()
    if request.form.get("idle"):
        draft = "yes" if request.form.get("draft") else None
        return redirect(url_for("accounts.signed_out", draft=draft), 303)
    return redirect(url_for("home.home"), 303)


def _is_ours() -> bool:
    """Return whether the browser says that a page of this site sent the form."""
    ours = urlsplit(companion().settings.address)
    return request.headers.get("Origin") == f"{ours.scheme}://{ours.netloc}"


@views.post("/stay")
def stay() -> Page:
    """Note that somebody is still there; any request of theirs does."""
    access.here()
    return Response(status=204)


@views.get("/signed-out")
def signed_out() -> Page:
    """Say that somebody was signed out because they did nothing. Asks no database."""
    g.session = None
    return render_template("accounts/signed_out.html", draft=bool(request.args.get("draft")))


@views.get("/leave")
def leave() -> Answer:
    """Be gone: signed out, wiped as far as a site can wipe, and on a page that tells nothing.

    A browser that only looks ahead changes nothing. Other sites under the same domain keep theirs:
    Clear-Site-Data would take the cookies of all of them, so ours expire by name.
    """
    if exits.is_ahead(request.method, request.headers):
        return Response(status=204)
    access.end()
    answer = redirect(companion().settings.leave, 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@views.get("/phrase")
@for_learner
def phrase(_: Learner) -> Page:
    """Show a phrase that is not kept yet, or how to have a new one."""
    found = access.here()
    return render_template("accounts/phrase.html", phrase=found.phrase if found else "")


@views.post("/phrase/new")
@for_learner
def new_phrase(_: Learner) -> Page:
    """Offer a new phrase; the old one opens everything until the new one is kept."""
    if found := access.here():
        with companion().database.writing() as connection:
            sessions.offer(connection, found, phrases.new())
    return redirect(url_for("accounts.phrase"), 303)


@views.post("/phrase/kept")
@for_learner
def kept_phrase(learner: Learner) -> Page:
    """From now on the phrase that was shown opens everything, and other sessions are over."""
    place, found = companion(), access.here()
    if found and found.phrase:
        opened = entering.derive(place, found.phrase)
        with place.database.writing() as connection:
            store.change_phrase(connection, learner, opened)
            sessions.offer(connection, found, "")
            sessions.end_others(connection, found)
    return redirect(url_for("home.home"), 303)


@views.get("/delete-everything")
@for_learner
def before_erasing(_: Learner) -> Page:
    """Say what deleting everything means."""
    return render_template("accounts/delete.html")


@views.post("/delete-everything")
@for_learner
def erase(learner: Learner) -> Page:
    """Delete a learner and all that is theirs, at once."""
    place = companion()
    with place.database.writing() as connection:
        store.erase(connection, learner.id, place.now().date())
    access.end()
    return redirect(url_for("accounts.gone"), 303)


@views.get("/deleted")
def gone() -> Response | str:
    """Say that everything is deleted."""
    return render_template("accounts/gone.html")
