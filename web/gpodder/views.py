"""Serves the gPodder API over HTTP. Success is 200 and nothing else; see README.md beside this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from web.companion import current_companion
from web.gpodder import wire_format
from web.sync import apps, auth, cursors, devices, exchange, queries
from web.sync.auth import (
    Refused,
    as_json,
    drop_cookie,
    empty,
    fields,
    for_app,
    rows,
    shelf,
    speak_plainly,
    still,
    text,
)
from web.sync.queries import ActionQuery

if TYPE_CHECKING:
    from web.sync.apps import App
    from web.sync.devices import Device

views = Blueprint("gpodder", __name__)
speak_plainly(views)


@views.post("/api/2/auth/<user>/login.json")
@for_app
def log_in(_: App) -> Response:
    """Sign an app in; every response to a password sets the cookie."""
    return empty()


@views.post("/api/2/auth/<user>/logout.json")
@for_app
def log_out(app: App) -> Response:
    """Expire the app's cookies."""
    with current_companion().database.writing() as connection:
        apps.end_cookies(connection, app)
    return drop_cookie(empty())


@views.get("/api/2/devices/<user>.json")
@for_app
def list_devices(app: App) -> Response:
    """List the devices that apps named."""
    count = int(queries.is_subscribed(current_companion().database, app))
    return as_json([wire_format.device(each, count) for each in _devices(app)])


def _devices(app: App) -> list[Device]:
    companion = current_companion()
    with companion.database.reading() as connection:
        every = devices.every(connection, exchange.device_key(companion), app.listener)
    return [each for each in every if each.id]


@views.route("/api/2/devices/<user>/<path:device>.json", methods=["POST", "PUT"])
@for_app
def describe_device(app: App, device: str) -> Response:
    """Store a device's caption and type; only the fields that were sent change."""
    companion, given = current_companion(), fields()
    if not all(isinstance(given.get(name), str | None) for name in ("caption", "type")):
        raise Refused(400, "caption and type are texts")
    key = exchange.device_key(companion)
    with companion.database.writing() as connection:
        devices.describe(connection, key, app, device[:200], given)
    return empty()


@views.get("/api/2/subscriptions/<user>/<path:device>.json")
@for_app
def changes(app: App, device: str) -> Response:  # noqa: ARG001 - one list for all devices
    """Say whether our show was added or removed since."""
    ours = shelf()
    changed, timestamp = queries.subscription(
        current_companion().database, app, _query_of_request()
    )
    feed = exchange.feed_of(app, ours)
    add, remove = [feed] if changed else [], [feed] if changed is False else []
    return as_json({"add": add, "remove": remove, "timestamp": timestamp})


@views.post("/api/2/subscriptions/<user>/<path:device>.json")
@for_app
def change(app: App, device: str) -> Response:
    """Store whether our show was added or removed; drop all other shows."""
    add, remove = auth.changes()
    _known(app, device)
    timestamp = still(exchange.subscribe(current_companion(), app, shelf(), add, remove))
    return as_json({"timestamp": timestamp, "update_urls": []})


def _known(app: App, device: str) -> None:
    """Add a device that is named for the first time."""
    companion, key = current_companion(), exchange.device_key(current_companion())
    if device and all(each.id != device for each in _devices(app)):
        with companion.database.writing() as connection:
            devices.numbers(connection, key, app, [device[:200]])


@views.get("/api/2/episodes/<user>.json")
@for_app
def actions(app: App) -> Response:
    """Tell what apps did with our episodes."""
    ours, companion, question = shelf(), current_companion(), _query_of_request()
    podcast, device = request.args.get("podcast", ""), request.args.get("device", "")
    if device:
        numbers = [each.number for each in _devices(app) if each.id == device]
        question = question._replace(device=numbers[0] if numbers else 0)
    lines, timestamp = exchange.read_actions(companion, app, ours, question)
    rows = (
        []
        if podcast and not ours.is_ours(podcast)
        else [wire_format.action(each) for each in lines]
    )
    return as_json({"actions": rows, "timestamp": timestamp})


def _query_of_request() -> ActionQuery:
    aggregated = request.args.get("aggregated", "").lower() in {"true", "1"}
    return ActionQuery(cursors.since(request.args.get("since")), aggregated=aggregated)


@views.post("/api/2/episodes/<user>.json")
@for_app
def report(app: App) -> Response:
    """Keep what an app did with our episodes."""
    timestamp = still(exchange.report(current_companion(), app, shelf(), rows()))
    return as_json({"timestamp": timestamp, "update_urls": []})


@views.get("/api/2/sync-devices/<user>.json")
@for_app
def together(app: App) -> Response:
    """Return which devices are synchronised with each other."""
    return as_json(wire_format.synchronized(_devices(app)))


@views.post("/api/2/sync-devices/<user>.json")
@for_app
def put_together(app: App) -> Response:
    """Synchronise devices with each other, or stop that."""
    groups, apart = auth.lists("synchronize", "stop-synchronize")
    if not all(isinstance(group, list) for group in groups):
        raise Refused(400, "synchronize is not a list of lists")
    numbers = {each.id: each.number for each in _devices(app)}
    to_join = [
        [numbers[id_] for id_ in auth.texts(group, "synchronize") if id_ in numbers]
        for group in groups
    ]
    alone = [numbers[id_] for id_ in auth.texts(apart, "stop-synchronize") if id_ in numbers]
    with current_companion().database.writing() as connection:
        devices.synchronize(connection, app.listener, to_join, alone)
    return as_json(wire_format.synchronized(_devices(app)))


@views.get("/api/2/updates/<user>/<path:device>.json")
@for_app
def updates(app: App, device: str) -> Response:  # noqa: ARG001 - one list for all devices
    """Return changes and new episodes in one response."""
    ours, show = shelf(), current_companion().shows.current()
    question = _query_of_request()
    changed, timestamp = queries.subscription(current_companion().database, app, question)
    feed = exchange.feed_of(app, ours)
    new = [
        wire_format.episode(show, each, feed, ours.enclosure(each))
        for each in (show.episodes if show else ())
        if show and each.media and each.published.timestamp() >= question.since
    ]
    add = [wire_format.podcast(show, feed)] if show and changed else []
    gone = [feed] if changed is False else []
    return as_json(
        {"add": add, "remove": gone, "rem": gone, "updates": new, "timestamp": timestamp}
    )


@views.route("/api/2/settings/<user>/<scope>.json", methods=["GET", "POST"])
@for_app
def settings(_: App, scope: str) -> Response:  # noqa: ARG001 - none of them is kept
    """Acknowledge an app's settings without storing them."""
    return as_json({})


@views.get("/api/2/favorites/<user>.json")
@views.get("/api/2/lists/<user>.json")
@for_app
def nothing(_: App) -> Response:
    """Return an empty response for what this server does not store."""
    return as_json([])


@views.get("/subscriptions/<user>.<any(json, opml, txt):form>")
@views.get("/subscriptions/<user>/<path:device>.<any(json, opml, txt):form>")
@for_app
def feeds(app: App, form: str, device: str = "") -> Response:  # noqa: ARG001 - one list for all
    """Return our feed, if the learner follows it, as a list in one of three formats."""
    _check(form)
    ours, show = shelf(), current_companion().shows.current()
    follows = queries.is_subscribed(current_companion().database, app)
    feeds_followed = [exchange.feed_of(app, ours)] if follows else []
    title = show.show.title if show else ""
    return Response(
        wire_format.listed(feeds_followed, title, form), content_type=wire_format.FORMATS[form]
    )


@views.put("/subscriptions/<user>/<path:device>.<any(json, opml, txt):form>")
@for_app
def put_feeds(app: App, device: str, form: str) -> Response:
    """Store whether our feed is in a device's list."""
    _check(form)
    try:
        urls = wire_format.urls(text(), form)
    except (ValueError, RecursionError):
        raise Refused(400, f"the body is not a list of feeds as {form}") from None
    ours = shelf()
    _known(app, device)
    still(exchange.replace(current_companion(), app, ours, urls))
    return empty()


def _check(form: str) -> None:
    if form not in wire_format.FORMATS:
        raise Refused(404, "only json, opml and txt are supported")


@views.get("/clientconfig.json")
def configuration() -> Response:
    """Return the client configuration: the base URL of each service."""
    base_url = {"baseurl": current_companion().settings.address}
    return as_json(
        {"mygpo": base_url, "mygpo-feedservice": base_url, "update_timeout": wire_format.WEEK}
    )


@views.get("/toplist/<int:count>.json")
@views.get("/suggestions/<int:count>.json")
@views.get("/search.json")
@views.get("/api/2/tags/<int:count>.json")
@views.get("/api/2/tag/<name>/<int:count>.json")
def directory(count: int = 0, name: str = "") -> Response:  # noqa: ARG001 - there is none
    """Return an empty podcast directory."""
    return as_json([])
