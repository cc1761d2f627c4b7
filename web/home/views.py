"""Serves the home page: a learner's drafts, latest notes, last position and episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from web import auth
from web.auth import for_learner
from web.companion import current_companion
from web.dates import UNKNOWN
from web.listening import progress, sentences
from web.listening import store as listening
from web.reflections import store

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from episodes.catalogue import CatalogueEpisode, WithdrawnEpisode
    from web.accounts.store import Learner
    from web.listening.progress import EpisodeProgress
    from web.reflections.store import Reflection

views = Blueprint("home", __name__)
Page = str | Answer
NOTES, EPISODES = 3, 30  # that the first page shows
NEWEST = 500  # notes that it looks at


class EpisodeRow(NamedTuple):
    """An episode on the home page; `said` describes the learner's listening."""

    entry: CatalogueEpisode
    said: list[str]
    is_new: bool


@views.get("/")
def home() -> Page:
    """Show the welcome page, or a learner's home page."""
    session = auth.current_session()
    if session and session.lead:
        return redirect(url_for("desk.desk"))
    return my_home() if session else render_template("home/welcome.html")


@for_learner
def my_home(learner: Learner) -> Page:
    """Show drafts, the newest notes, the last position and the episodes."""
    companion = current_companion()
    entries = {each.guid: each for each in _entries()}
    every = request.args.get("episodes") == "all"
    shown = [*entries.values()][: None if every else EPISODES]
    guids = None if every else [each.guid for each in (*shown, *_withdrawn())]
    with companion.database.reading() as connection:
        kept = store.newest(connection, learner, NEWEST)
        drafts = store.drafts(connection, learner)
        listener = listening.listener_of(connection, learner.id)
        known = progress.progress_of(connection, listener, companion.shows.versions(), guids)
        last = _place(connection, listener, entries)
    notes = [each for each in kept if each.note]
    written = _Written(kept)
    return render_template(
        "home/home.html",
        drafts=[each for each in drafts if each.draft],
        damaged=list({each.id: each for each in (*kept, *drafts) if each.damaged}.values()),
        notes=notes[:NOTES],
        more=len(notes) > NOTES,
        rows=_rows(shown, known, written),
        listens=bool(listener),
        place=last,
        entries=entries,
        withdrawn=[each for each in _withdrawn() if each.guid in known or each.guid in written],
    )


class _Written:
    """The episodes that somebody wrote about, among their newest notes."""

    def __init__(self, kept: list[Reflection]) -> None:
        self._guids = {each.newest.guid for each in kept}
        self._since = kept[-1].made if len(kept) >= NEWEST else UNKNOWN

    def __contains__(self, guid: object) -> bool:
        return guid in self._guids

    def knows(self, entry: CatalogueEpisode) -> bool:
        """Return whether a note about an episode would be among the newest notes."""
        return entry.published.date() > self._since or entry.guid in self._guids


def _place(
    connection: Connection, listener: int, entries: Mapping[str, CatalogueEpisode]
) -> progress.LastPosition | None:
    """Return the learner's last position, with the day in the organisation's time zone."""
    zone = current_companion().settings.zone
    return progress.last_position(connection, listener, entries, zone) if listener else None


def _entries() -> tuple[CatalogueEpisode, ...]:
    show = current_companion().shows.current()
    return show.in_order() if show else ()


def _withdrawn() -> tuple[WithdrawnEpisode, ...]:
    show = current_companion().shows.current()
    return show.withdrawn if show else ()


def _rows(
    entries: Collection[CatalogueEpisode], known: dict[str, EpisodeProgress], written: _Written
) -> list[EpisodeRow]:
    """Return each episode; one with neither listening nor a note is new."""
    return [
        EpisodeRow(
            entry,
            sentences.describe(known[entry.guid]) if entry.guid in known else [],
            entry.guid not in known and entry.guid not in written and written.knows(entry),
        )
        for entry in entries
    ]
