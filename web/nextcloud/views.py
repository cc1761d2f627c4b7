"""Serves gpoddersync over HTTP, and the login flow that ends in an app password; see README.md."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from flask import Blueprint, Response, request

from web.companion import current_companion
from web.nextcloud import wire_format
from web.sync import apps, auth, cursors, exchange, grants, queries
from web.sync.auth import (
    Refused,
    as_json,
    for_app,
    rows,
    shelf,
    small,
    speak_plainly,
    still,
)
from web.sync.queries import ActionQuery

if TYPE_CHECKING:
    from web.sync.apps import App

views = Blueprint("nextcloud", __name__)
speak_plainly(views)
PLACE = "/index.php/apps/gpoddersync"


def _query_of_request() -> ActionQuery:
    return ActionQuery(cursors.since(request.args.get("since")), own_clock=True)


@views.get(f"{PLACE}/subscriptions")
@for_app
def changes(app: App) -> Response:
    """Say whether our show was added or removed since."""
    ours = shelf()
    changed, timestamp = queries.subscription(
        current_companion().database, app, _query_of_request()
    )
    feed = exchange.feed_of(app, ours)
    add, remove = [feed] if changed else [], [feed] if changed is False else []
    return as_json({"add": add, "remove": remove, "timestamp": timestamp})


@views.post(f"{PLACE}/subscription_change/create")
@for_app
def change(app: App) -> Response:
    """Store whether our show was added or removed."""
    timestamp = still(exchange.subscribe(current_companion(), app, shelf(), *auth.changes()))
    return as_json({"timestamp": timestamp, "update_urls": []})


@views.get(f"{PLACE}/episode_action")
@for_app
def actions(app: App) -> Response:
    """Tell what apps did with our episodes."""
    lines, timestamp = exchange.read_actions(current_companion(), app, shelf(), _query_of_request())
    return as_json(
        {"actions": [wire_format.action(each) for each in lines], "timestamp": timestamp}
    )


@views.post(f"{PLACE}/episode_action/create")
@for_app
def report(app: App) -> Response:
    """Keep what an app did with our episodes."""
    timestamp = still(exchange.report(current_companion(), app, shelf(), rows()))
    return as_json({"timestamp": timestamp, "update_urls": []})


@views.post("/index.php/login/v2")
def begin_login() -> Response:
    """Begin a login: return one secret for the app to poll with, and one for the browser."""
    companion = current_companion()
    if not companion.limits.allows("app login", request.remote_addr or ""):
        raise Refused(429, "too many requests")
    poll, grant = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
    name = wire_format.app_name(request.headers.get("User-Agent", ""))
    with companion.database.writing() as connection:
        apps.begin_login(
            connection, grants.poll_digest(companion, poll), grants.grant_digest(companion, grant),
            name, int(companion.now().timestamp()),
        )  # fmt: skip
    address = companion.settings.address
    endpoint = f"{address}index.php/login/v2/poll"
    return as_json(
        {"poll": {"token": poll, "endpoint": endpoint}, "login": f"{address}connect/grant/{grant}"}
    )


@views.post("/index.php/login/v2/poll")
def poll() -> Response:
    """Return the password to the app that began the login, or 404 until it is granted.

    It can be collected for one minute, because the first response may be lost.
    """
    companion = current_companion()
    if not companion.limits.allows("app poll", request.remote_addr or ""):
        raise Refused(429, "too many requests")
    credentials = grants.collect(companion, _token(small()))
    if credentials is None:
        raise Refused(404, "not granted yet")
    handle, password = credentials
    server = companion.settings.address.rstrip("/")
    return as_json({"server": server, "loginName": handle, "appPassword": password})


def _token(body: str) -> str:
    """Return the token of a body that is a form or JSON."""
    try:
        fields = json.loads(body) if body.lstrip().startswith("{") else {}
    except (ValueError, RecursionError):
        fields = {}
    token = fields.get("token") or _of_form(body)
    return token if isinstance(token, str) else ""


def _of_form(body: str) -> str:
    try:
        fields = parse_qs(body, max_num_fields=5)
    except ValueError:  # more fields
        return ""
    return next(iter(fields.get("token", [])), "")
