"""Taking everything, or one note, away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template

from web import access
from web.access import for_learner
from web.current import companion
from web.errors import TooManyError
from web.listening import knowing
from web.listening import store as listening
from web.reflections import rules as reflecting
from web.reflections import store
from web.sync import apps, exchange, rebuilding
from web.takeaway import rules

if TYPE_CHECKING:
    from web.accounts.store import Learner
    from web.listening.rules import Known
    from web.reflections.store import Kept
    from web.sync.apps import Connected
    from web.sync.rebuilding import Action

views = Blueprint("takeaway", __name__)


@views.get("/take-away")
@for_learner
def take_away(learner: Learner) -> str:
    """Say what is in the file, and which notes to look at before."""
    kept = _every(learner)
    looked = [(each, _hints(each)) for each in kept]
    return render_template(
        "takeaway/page.html",
        total=sum(1 for each in kept if each.note),
        drafts=sum(1 for each in kept if each.draft),
        hints=[(each, found) for each, found in looked if found],
    )


def _every(learner: Learner) -> list[Kept]:
    with companion().database.reading() as connection:
        return store.every(connection, learner)


def _hints(kept: Kept) -> list[str]:
    notes = [note for note in (kept.note, kept.draft) if note]
    return reflecting.hints("\n".join(answer for note in notes for _, answer in note.answers))


@views.post("/take-away")
@for_learner
def everything(learner: Learner) -> Response:
    """Send everything as one file, with a name that says nothing."""
    found = access.here()
    if not companion().limits.allows("take away", found.learner if found else ""):
        raise TooManyError
    kept, today = _every(learner), companion().now().date()
    page = render_template("takeaway/notes.html", rows=rules.rows(kept), today=today)
    all_of_it = rules.Everything(kept, _heard(learner), *_apps(learner), companion().settings.zone)
    return _file(rules.as_zip(all_of_it, page, today), "application/zip", "notes.zip")


def _heard(learner: Learner) -> list[tuple[str, str, Known]]:
    """Return (title, guid, what is known) of each episode; its guid where it has left the show."""
    shows = companion().shows
    titles = shows.titles()
    with companion().database.reading() as connection:
        listener = listening.listener_of(connection, learner.id)
        known = knowing.known(connection, listener, shows.versions())
    return [(titles.get(guid, guid), guid, each) for guid, each in known.items()]


def _apps(learner: Learner) -> tuple[list[Connected], list[tuple[str, Action]]]:
    """Return the connected apps, and (title, action) of everything that they reported."""
    place = companion()
    titles = place.shows.titles()
    with place.database.reading() as connection:
        listener = listening.listener_of(connection, learner.id)
        reported = rebuilding.everything(connection, exchange.device_key(place), listener)
        connected = apps.every(connection, learner)
    return connected, [(titles.get(each.guid, each.guid), each) for each in reported]


@views.get("/notes/<id_>/download")
@for_learner
def one(learner: Learner, id_: str) -> Response:
    """Send one note as Markdown."""
    with companion().database.reading() as connection:
        kept = store.find(connection, learner, id_) or abort(404)
    return _file(rules.as_markdown([kept]).encode(), "text/markdown; charset=utf-8", "note.md")


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
