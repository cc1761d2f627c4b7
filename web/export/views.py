"""Serves the download of everything, or of one note."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, abort, render_template, stream_template

from web import auth
from web.auth import for_learner
from web.companion import current_companion
from web.errors import TooManyError
from web.export import formats
from web.limits import heavy_requests
from web.listening import progress
from web.listening import store as listening
from web.reflections import quota, store
from web.reflections import rules as reflecting
from web.sync import apps, exchange, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.listening.progress import EpisodeProgress
    from web.reflections.store import Reflection
    from web.sync.apps import Connected
    from web.sync.rebuild import ExportedAction

views = Blueprint("export", __name__)
# What is looked at for hints, and how many are named.
MOST_LOOKED, MOST_LETTERS, MOST_HINTS = 5000, 10_000_000, 200


class ExportPreview(NamedTuple):
    """How much there is to download; `hints` are of the newest `looked` notes."""

    total: int
    drafts: int
    looked: int
    hints: list[tuple[Reflection, list[str]]]
    damaged: list[Reflection]


@views.get("/take-away")
@for_learner
def show_page(learner: Learner) -> str:
    """Show what the download contains, and which notes to check first."""
    _limit()
    with heavy_requests.queue.slot():
        look = _look(learner)
    return render_template("export/page.html", **look._asdict())


def _limit() -> None:
    session = auth.current_session()
    if not current_companion().limits.allows("take away", session.learner if session else ""):
        raise TooManyError


def _look(learner: Learner) -> ExportPreview:
    """Search the newest notes for text that may identify someone."""
    hints, damaged, letters, looked = [], [], 0, 0
    with current_companion().database.reading() as connection:
        used = quota.usage(connection, learner.id)
        saved = store.saved(connection, learner)
        for each in store.every(connection, learner):
            answers = [answer for note in (each.note, each.draft) if note
                       for _, answer in note.answers]  # fmt: skip
            letters, looked = letters + sum(map(len, answers)), looked + 1
            if kinds := reflecting.hints(answers):
                hints.append((each, kinds))
            if each.damaged:
                damaged.append(each)
            if looked >= MOST_LOOKED or letters >= MOST_LETTERS:
                break
    return ExportPreview(saved, used.drafts, looked, hints[:MOST_HINTS], damaged)


@views.post("/take-away")
@for_learner
def download_everything(learner: Learner) -> Response:
    """Send everything as one zip, under a neutral file name."""
    _limit()
    today = current_companion().now().date()
    with heavy_requests.queue.slot():
        progress, connected = _heard(learner), _apps(learner)
        with current_companion().database.reading() as connection:
            kept = Every(connection, learner)
            page = stream_template("export/notes.html", rows=formats.rows(kept), today=today)
            data = formats.as_zip(
                formats.Everything(kept, progress, *connected, current_companion().settings.zone),
                page,
                today,
            )
    return _file(data, "application/zip", "notes.zip")


class Every:
    """All reflections of a learner, read again each time they are iterated."""

    def __init__(self, connection: Connection, learner: Learner) -> None:
        self._connection, self._learner = connection, learner

    def __iter__(self) -> Iterator[Reflection]:
        return store.every(self._connection, self._learner)


def _heard(learner: Learner) -> list[tuple[str, str, EpisodeProgress]]:
    """Return (title, guid, progress) of each episode; its guid as title if it has left the show."""
    shows = current_companion().shows
    titles = shows.titles()
    with current_companion().database.reading() as connection:
        listener = listening.listener_of(connection, learner.id)
        known = progress.progress_of(connection, listener, shows.versions())
    return [(titles.get(guid, guid), guid, each) for guid, each in known.items()]


def _apps(learner: Learner) -> tuple[list[Connected], list[tuple[str, ExportedAction]]]:
    """Return the connected apps, and (title, action) of everything that they reported."""
    companion = current_companion()
    titles = companion.shows.titles()
    with companion.database.reading() as connection:
        listener = listening.listener_of(connection, learner.id)
        reported = rebuild.everything(connection, exchange.device_key(companion), listener)
        connected = apps.every(connection, learner)
    return connected, [(titles.get(each.guid, each.guid), each) for each in reported]


@views.get("/notes/<id_>/download")
@for_learner
def download_note(learner: Learner, id_: str) -> Response:
    """Send one note as Markdown."""
    with current_companion().database.reading() as connection:
        kept = store.find(connection, learner, id_) or abort(404)
    return _file(formats.as_markdown([kept]).encode(), "text/markdown; charset=utf-8", "note.md")


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
