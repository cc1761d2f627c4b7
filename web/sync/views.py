"""Serves the pages about podcast apps: setup steps, app passwords, and disconnecting."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from episodes.translations import marked
from episodes.translations import text as _
from web import auth, dates, typed_text
from web.accounts import sign_in
from web.accounts.store import Learner
from web.auth import for_learner
from web.companion import current_companion
from web.errors import TooManyError
from web.forms import resubmission
from web.listening import store as listening
from web.sync import apps, grants, quota
from web.sync.apps import Connected
from web.sync.grants import Credentials
from web.sync.setup_guides import GUIDES, guide

if TYPE_CHECKING:
    from web.forms.form_tokens import Outcome
    from web.sync.setup_guides import Guide

views = Blueprint("sync", __name__)
Page = str | Answer | tuple[str, int]
Wrong = dict[str, str]
NOTHING: Wrong = {}

MADE_BEFORE = marked(
    "You made this password a while ago, so we cannot show it again. If you did not write it "
    "down, disconnect the app and make a new password."
)
DISCONNECTED = marked(
    "App disconnected. What it has already reported stays in your listening record."
)
ALL_DISCONNECTED = marked(
    "Apps disconnected. What they have already reported stays in your listening record."
)


@views.get("/connect")
@for_learner
def connect(learner: Learner) -> Page:
    """Show which apps are connected, and how to connect one."""
    with current_companion().database.reading() as connection:
        connected = _told_apart(apps.every(connection, learner))
        is_full = quota.is_full(connection, listening.listener_of(connection, learner.id))
    return render_template("sync/connect.html", connected=connected, guides=GUIDES, is_full=is_full)


def _told_apart(connected: list[Connected]) -> list[Connected]:
    """Add the day of connection to apps of the same name, and a number within one day."""
    names = Counter(each.name for each in connected)
    dated = [
        each._replace(name=f"{each.name}, {dates.day(each.made)}") if names[each.name] > 1 else each
        for each in connected
    ]
    same, seen = Counter(each.name for each in dated), Counter[str]()
    named = []
    for each in reversed(dated):
        seen[each.name] += 1
        number = f" ({seen[each.name]})" if same[each.name] > 1 else ""
        named.append(each._replace(name=f"{each.name}{number}"))
    return named[::-1]


@views.get("/connect/<app>")
@for_learner
def how(_: Learner, app: str) -> Page:
    """Show the steps for one app."""
    return _app(guide(app) or abort(404))


def _app(
    app: Guide, credentials: Credentials | None = None, name: str = "", wrong: Wrong = NOTHING
) -> str:
    return render_template(
        "sync/app.html", guide=app, server=_server(), made=credentials, name=name, wrong=wrong,
        typed=request.form.get("phrase", ""),
        ask_phrase=auth.asks_phrase(),
    )  # fmt: skip


def _let_in_before(done: Outcome, learner: Learner, app: str) -> Page | None:
    """Show the same password again to somebody who pressed twice, for some minutes."""
    owner, name, *password = json.loads(done.secret) if done.secret else [""] * 4
    instructions = guide(app)
    return (
        _app(instructions, Credentials(*password), name)
        if instructions and owner == learner.id
        else None
    )


@views.post("/connect/<app>")
@for_learner
@resubmission.only(_let_in_before, of=("name",))
def let_in(learner: Learner, app: str) -> Page:
    """Make a password for an app, and show it."""
    instructions = guide(app) or abort(404)
    name = _name() or instructions.name
    _limit(learner)
    if wrong := _wrong(learner):
        return _app(instructions, name=_name(), wrong=wrong), 422
    try:
        with current_companion().database.writing() as connection:
            if not auth.is_still_signed_in(connection):
                return redirect(url_for("sync.how", app=app), 303)
            credentials = grants.let_in(connection, current_companion(), learner, name)
            secret = json.dumps([learner.id, name, *credentials])
            resubmission.spend(connection, url_for("sync.connect"), _(MADE_BEFORE), secret)
    except quota.FullError as error:
        return _app(instructions, name=_name(), wrong={"form": str(error)}), 422
    return _app(instructions, credentials, name)


def _unproven(learner: Learner) -> str:
    """Return what is wrong with the phrase, "" if it is right or not required."""
    phrase, network = request.form.get("phrase", ""), request.remote_addr or ""
    if not auth.asks_phrase() or sign_in.is_phrase_of(
        current_companion(), learner, phrase, network
    ):
        return ""
    return _("That is not your phrase. Check the spelling of each word.")


def _name() -> str:
    return typed_text.seen(request.form.get("name", ""))


def _wrong(learner: Learner) -> Wrong:
    """Return the errors of a form that connects an app, by the name of the field."""
    if len(_name()) > apps.NAME:
        return {"name": _("Enter a name of up to %(most)s characters.", most=apps.NAME)}
    fault = _unproven(learner)
    return {"phrase": fault} if fault else {}


def _limit(learner: Learner) -> None:
    if not current_companion().limits.allows("connect", learner.id):
        raise TooManyError


def _server() -> str:
    return current_companion().settings.address.rstrip("/")


@views.post("/connect/<id_>/revoke")
@resubmission.only()
@for_learner
def revoke(learner: Learner, id_: str) -> Page:
    """Disconnect an app immediately."""
    with current_companion().database.writing() as connection:
        apps.revoke(connection, learner.id, id_) or abort(404)
        done = resubmission.spend(connection, url_for("sync.connect"), _(DISCONNECTED))
    return resubmission.lead(done)


@views.post("/connect/disconnect-all")
@resubmission.only()
@for_learner
def revoke_all(learner: Learner) -> Page:
    """Disconnect every app immediately."""
    with current_companion().database.writing() as connection:
        apps.revoke_all(connection, learner.id)
        done = resubmission.spend(connection, url_for("sync.connect"), _(ALL_DISCONNECTED))
    return resubmission.lead(done)


@views.get("/connect/grant/<token>")
@for_learner
def ask(_: Learner, token: str) -> Page:
    """Ask the learner whether to connect a waiting app."""
    return _grant(token, grants.waiting(current_companion(), token))


def _grant(token: str, waiting: str | None, wrong: Wrong = NOTHING) -> tuple[str, int]:
    status = 404 if waiting is None else 422 if wrong else 200
    page = render_template(
        "sync/grant.html", waiting=waiting, token=token, done=False,
        name=_name() or waiting, typed=request.form.get("phrase", ""),
        wrong=wrong,
        ask_phrase=auth.asks_phrase(),
    )  # fmt: skip
    return page, status


@views.post("/connect/grant/<token>")
@resubmission.only()
@for_learner
def grant(learner: Learner, token: str) -> Page:
    """Connect a waiting app."""
    _limit(learner)
    waiting = grants.waiting(current_companion(), token)
    wrong = _wrong(learner) if waiting is not None else {}
    if waiting is None or wrong:
        return _grant(token, waiting, wrong)
    name = _name() or waiting or "A podcast app"
    try:
        with current_companion().database.writing() as connection:
            if not auth.is_still_signed_in(connection):
                return redirect(url_for("sync.ask", token=token), 303)
            grants.grant(connection, current_companion(), learner, token, name) or abort(404)
            done = resubmission.spend(connection, url_for("sync.granted"))
    except quota.FullError as error:
        return _grant(token, waiting, {"form": str(error)})
    return resubmission.lead(done)


@views.get("/connected")
@for_learner
def granted(_: Learner) -> Page:
    """Show that an app is connected, and what to do next."""
    return render_template("sync/grant.html", done=True)
