"""Serves the lead's desk: its first page, join codes, and their posters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from episodes.pictures import qr_codes
from episodes.translations import marked
from episodes.translations import text as _
from web.accounts.join_codes import FEWEST_USES
from web.auth import for_lead
from web.companion import current_companion
from web.desk import forms, invitations, rules, store
from web.forms import resubmission
from web.maintenance import journal
from web.maintenance.journal import Act

if TYPE_CHECKING:
    from web.auth import Lead
    from web.desk.forms import Terms

views = Blueprint("desk", __name__, url_prefix="/desk")
Page = str | Answer | tuple[str, int]

CODE_MADE = marked("Join code made. Print its poster, or give people the code.")
CODE_WITHDRAWN = marked("Join code withdrawn. Take its posters down.")
ACTS = 10  # of the lead's own that the desk shows


@views.get("/")
@for_lead
def desk(lead: Lead) -> Page:
    """Show the join codes, and the form for one more."""
    expires = current_companion().now().date() + timedelta(days=rules.DAYS)
    terms = forms.Terms(expires.isoformat(), str(rules.USES), rules.DAYS, rules.USES)
    return _desk(lead, terms)


def _desk(lead: Lead, terms: Terms) -> str:
    companion = current_companion()
    today = companion.now().date()
    with companion.database.reading() as connection:
        kept = store.every_code(connection)
        acts = journal.read(connection, lead.name, ACTS)
    codes = [
        (each, invitations.read_code(companion.settings, each), _state(each, today))
        for each in kept
    ]
    return render_template(
        "desk/desk.html",
        lead=lead,
        codes=codes,
        acts=acts,
        terms=terms,
        wrong=terms.wrong,
        soonest=today + timedelta(days=1),
        latest=today + timedelta(days=rules.MOST_DAYS),
        fewest=FEWEST_USES,
        most=rules.MOST_USES,
    )


def _state(code: store.Code, today: date) -> str:
    return rules.state(today, code.expires, code.withdrawn)


@views.post("/codes")
@resubmission.only(of=("expires", "uses"))
@for_lead
def make_code(lead: Lead) -> Page:
    """Make a join code."""
    companion = current_companion()
    now = companion.now()
    terms = forms.terms(request.form, now.date())
    if terms.days is None or terms.people is None or terms.wrong:
        return _desk(lead, terms), 422
    with companion.database.writing() as connection:
        invitations.add_code(connection, companion.settings, now.date(), terms.days, terms.people)
        journal.write(connection, now.date(), Act.CODE_MADE, lead.name)
        done = resubmission.spend(connection, url_for("desk.desk"), _(CODE_MADE))
    return resubmission.lead(done)


@views.post("/codes/<id_>/withdraw")
@for_lead
def withdraw(lead: Lead, id_: str) -> Page:
    """Withdraw a join code; people who joined with it stay."""
    companion = current_companion()
    today = companion.now().date()
    with companion.database.writing() as connection:
        if store.withdraw(connection, id_, today):
            journal.write(connection, today, Act.CODE_WITHDRAWN, lead.name)
        elif store.find_code(connection, id_) is None:
            abort(404)
    flash(_(CODE_WITHDRAWN))
    return redirect(url_for("desk.desk"), 303)


@views.get("/codes/<id_>/poster")
@for_lead
def poster(_: Lead, id_: str) -> Page:
    """Show a page to print: how to join, with the code."""
    companion = current_companion()
    with companion.database.reading() as connection:
        kept = store.find_code(connection, id_) or abort(404)
    code = invitations.read_code(companion.settings, kept) or abort(404)
    return render_template(
        "desk/poster.html",
        kept=kept,
        code=code,
        state=_state(kept, companion.now().date()),
        address=f"{companion.settings.address}join",
        square=qr_codes.draw_qr(f"{companion.settings.address}join/{code}"),
    )
