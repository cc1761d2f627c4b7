"""Serves the ways into the desk: signing in with two factors, invitations, a new password.

These pages belong to the desk's blueprint, so their URLs are those of the desk.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from episodes.pictures import qr_codes
from episodes.translations import marked
from episodes.translations import text as _
from web import auth
from web.auth import for_lead
from web.companion import current_companion
from web.desk import forms, leads, passwords, rules, store, two_factor
from web.desk import sign_in as entering
from web.desk.views import views
from web.errors import TooManyError
from web.forms import resubmission
from web.forms.form_tokens import Outcome
from web.limits.hash_queue import BusyError

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from werkzeug.wrappers import Response as Answer

    from web.auth import Lead
    from web.desk.forms import AcceptForm
    from web.desk.sign_in import Offer
    from web.desk.store import Invitation
    from web.desk.views import Page

__all__ = ["views"]  # the blueprint of desk/views.py, with the pages below

WRONG = marked(
    "Name, password or code is wrong. Check all three. If you have just used a code, wait for the "
    "next one."
)
NOT_PROVEN = marked(
    "Password or code is wrong. Check both. If you have just used a code, wait for the next one."
)
CHANGED = marked("Password changed. You are signed out on every other device.")
WRONG_CODE = marked(
    "That code is not right. Enter the newest 6 digits. If it keeps failing, set your phone's "
    "clock to automatic."
)


@views.get("/sign-in")
def sign_in() -> Page:
    """Ask for name, password and code."""
    session = auth.session_if_quick()
    if session and session.lead:
        return redirect(url_for("desk.desk"))
    return render_template("desk/sign_in.html", name="", wrong="")


def _signed_in_before() -> Answer | None:
    """Redirect somebody who pressed twice and has been signed in since the first press."""
    session = auth.current_session()
    return redirect(url_for("desk.desk"), 303) if session and session.lead else None


def _sign_in_again(done: Outcome) -> Page | None:
    """Sign in the person who sent this form first and never saw the answer: a code counts once."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    _count_attempt(name)
    lead = entering.enter(current_companion(), name, password, request.form.get("code", ""), None)
    if lead is None or lead.id != done.secret:
        return render_template("desk/sign_in.html", name=name, wrong=_(WRONG)), 401
    _begin_session(lead)
    return None


def _begin_session(lead: store.Lead) -> bool:
    """Sign a lead in, unless an operator has ended these factors in the meantime."""
    allowed = partial(store.has_factors, lead=lead)
    return auth.begin_session(lead=auth.Lead(lead.id, lead.name), allowed=allowed)


@views.post("/sign-in")
@resubmission.repeats(_signed_in_before)
@resubmission.only(_sign_in_again)
def signed_in() -> Page:
    """Sign in with both factors; whichever is wrong, the answer is the same."""
    name = request.form.get("name", "")
    password, code = request.form.get("password", ""), request.form.get("code", "")
    if not password:  # a page that said "please wait" was sent again: it holds no password
        return render_template("desk/sign_in.html", name=name, wrong=""), 422
    _count_attempt(name)
    try:
        lead = entering.enter(current_companion(), name, password, code, _done)
    except BusyError:
        _give_back(name)
        raise
    if lead is None or not _begin_session(lead):
        return render_template("desk/sign_in.html", name=name, wrong=_(WRONG)), 401
    _give_back(name)
    return redirect(url_for("desk.desk"), 303)


def _done(connection: Connection, lead: store.Lead) -> None:
    """Write down that this form let a lead in."""
    resubmission.spend(connection, url_for("desk.desk"), secret=lead.id)


def _count_attempt(name: str) -> None:
    """Count an attempt from this network and with this name. Raises TooManyError.

    Somebody who tries a lead's name from another network does not lock the lead out: a network that
    has tried little may still try.
    """
    limits, address = current_companion().limits, request.remote_addr or ""
    sparing = limits.is_sparing("lead", address)
    if not limits.allows("lead", address):
        raise TooManyError
    if not limits.allows("lead name", rules.same(name)) and not sparing:
        raise TooManyError


def _give_back(name: str) -> None:
    """Count an attempt as none: both factors were right, or were not looked at."""
    current_companion().limits.give_back("lead", request.remote_addr or "")
    current_companion().limits.give_back("lead name", rules.same(name))


@views.get("/invitation/<token>")
def invitation(token: str) -> Page:
    """Show what an invitation is for; it is used up by its form only."""
    companion = current_companion()
    invited = entering.find(companion, token)
    if invited is None:
        return _over()
    known = invited.lead.name if invited.lead else ""
    offered = entering.offer(companion.settings, token)
    return _invitation(token, invited, forms.AcceptForm(known, "", ""), offered, {})


def _accepted_before(done: Outcome, **_: str) -> None:
    """Sign in the person who accepted this invitation with this very form, for some minutes.

    The password may have been reset since: it is checked again.
    """
    with current_companion().database.reading() as connection:
        lead = {each.id: each for each in store.every_lead(connection)}.get(done.secret)
    if lead and two_factor.is_password(lead.password, request.form.get("password", "")):
        _begin_session(lead)


@views.post("/invitation/<token>")
@resubmission.only(_accepted_before)
def accepted(token: str) -> Page:
    """Accept an invitation: from now on its lead signs in with this password and this app."""
    companion = current_companion()
    invited = entering.find(companion, token)
    if invited is None:
        return _over()
    form = forms.read_acceptance(request.form, invited.lead.name if invited.lead else "")
    offered = entering.offer(companion.settings, token, request.form.get("offer", ""))
    step = two_factor.step_of(offered.secret, form.code, int(companion.now().timestamp()), 0)
    wrong = form.wrong(companion.settings.organisation)
    wrong |= {"code": _(WRONG_CODE)} if step is None else {}
    if wrong or step is None:
        return _invitation(token, invited, form, offered, wrong), 422
    try:
        proven = entering.Proven(offered.secret, step)
        lead = entering.accept(companion, token, form, proven, _done)
    except store.TakenError as error:
        return _invitation(token, invited, form, offered, {"name": str(error)}), 422
    if lead is None or not _begin_session(lead):
        return _over()
    return redirect(url_for("desk.desk"), 303)


@views.get("/password")
@for_lead
def password(lead: Lead) -> Page:
    """Ask a lead for the password they have and for a new one."""
    return _password(lead, {})


def _password(lead: Lead, wrong: dict[str, str]) -> str:
    return render_template("desk/password.html", lead=lead, wrong=wrong, fewest=rules.PASSWORD)


@views.post("/password")
@resubmission.only(of=("new",))
@for_lead
def change_password(lead: Lead) -> Page:
    """Give a lead a new password, and end their other sessions."""
    companion, change = current_companion(), forms.change(request.form)
    current = auth.current_session()
    if fault := passwords.wrong(change.new, lead.name, companion.settings.organisation):
        return _password(lead, {"new": fault}), 422
    _count_attempt(lead.name)
    hashed = two_factor.hash_password(change.new)
    session = current.digest if current else b""

    def replace(connection: Connection, row: store.Lead) -> None:
        leads.change_password(connection, companion.now().date(), row, hashed, session)
        resubmission.spend(connection, url_for("desk.desk"), _(CHANGED))

    if entering.enter(companion, lead.name, change.password, change.code, replace) is None:
        return _password(lead, {"password": _(NOT_PROVEN)}), 422
    return resubmission.lead(Outcome(url_for("desk.desk"), _(CHANGED)))


def _invitation(
    token: str, invited: Invitation, form: AcceptForm, offered: Offer, wrong: dict[str, str]
) -> str:
    address = two_factor.address(offered.secret, current_companion().settings.organisation)
    return render_template(
        "desk/invitation.html",
        token=token,
        reset=invited.lead is not None,
        wanted=form,
        wrong=wrong,
        offer=offered.sealed,
        spelled=two_factor.spelled(offered.secret),
        address=address,
        square=qr_codes.draw_qr(address),
        fewest=rules.PASSWORD,
    )


def _over() -> tuple[str, int]:
    """Show that a link does not work; not whether it ever did."""
    return render_template("desk/over.html"), 404
