"""Connecting an app: what to type where, its password, which apps are connected, and revoking."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web import typed_text
from web.access import for_learner
from web.accounts.store import Learner
from web.current import companion
from web.errors import TooManyError
from web.sync import apps, granting, rules
from web.sync.guides import GUIDES, guide

views = Blueprint("sync", __name__)
Page = str | Answer | tuple[str, int]


@views.get("/connect")
@for_learner
def connect(learner: Learner) -> Page:
    """Show which apps are connected, and how to connect one."""
    with companion().database.reading() as connection:
        connected = apps.every(connection, learner)
    return render_template("sync/connect.html", connected=connected, guides=GUIDES)


@views.get("/connect/<app>")
@for_learner
def how(_: Learner, app: str) -> Page:
    """Show the steps for one app."""
    found = guide(app) or abort(404)
    return render_template("sync/app.html", guide=found, server=_server(), made=None, name="")


@views.post("/connect/<app>")
@for_learner
def let_in(learner: Learner, app: str) -> Page:
    """Make a password for an app, and show it this once."""
    found = guide(app) or abort(404)
    name = _name() or found.name
    _limit(learner)
    made = granting.let_in(companion(), learner, name)
    return render_template("sync/app.html", guide=found, server=_server(), made=made, name=name)


def _name() -> str:
    return typed_text.seen(request.form.get("name", ""))[: rules.NAME]


def _limit(learner: Learner) -> None:
    if not companion().limits.allows("connect", learner.id):
        raise TooManyError


def _server() -> str:
    return companion().settings.address.rstrip("/")


@views.post("/connect/<id_>/revoke")
@for_learner
def revoke(learner: Learner, id_: str) -> Page:
    """Take an app's password back, at once."""
    with companion().database.writing() as connection:
        gone = apps.revoke(connection, learner.id, id_)
    if not gone:
        abort(404)
    flash("It is disconnected. What it reported before stays.")
    return redirect(url_for("sync.connect"), 303)


@views.get("/connect/grant/<token>")
@for_learner
def ask(_: Learner, token: str) -> Page:
    """Ask whether an app that waits may come in."""
    waiting = granting.waiting(companion(), token)
    status = 404 if waiting is None else 200
    return render_template("sync/grant.html", waiting=waiting, token=token, done=False), status


@views.post("/connect/grant/<token>")
@for_learner
def grant(learner: Learner, token: str) -> Page:
    """Let an app in that waits."""
    _limit(learner)
    waiting = granting.waiting(companion(), token)
    if waiting is None or not granting.grant(
        companion(), learner, token, _name() or waiting or "A podcast app"
    ):
        return render_template("sync/grant.html", waiting=None, token=token, done=False), 404
    return render_template("sync/grant.html", waiting=waiting, token=token, done=True)
