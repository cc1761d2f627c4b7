"""Serves the player, accepts its listening reports, and turns the listening record on and off."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from episodes.catalogue import WithdrawnEpisode
from episodes.translations import marked
from episodes.translations import text as _
from web import security
from web.accounts import erasure_store
from web.auth import for_learner
from web.companion import current_companion
from web.errors import no_episode
from web.forms import resubmission
from web.listening import coverage, progress, report, rules, sentences, store
from web.listening.progress import EpisodeProgress
from web.listening.rules import Sitting
from web.reflections import store as written
from web.security import LOOPBACK

if TYPE_CHECKING:
    from episodes.catalogue import CatalogueEpisode
    from web.accounts.store import Learner

views = Blueprint("listening", __name__)
Page = str | Answer

FORGOTTEN = marked("Your listening record is off and has been deleted.")


@views.get("/listen/<path:guid>")
@for_learner
def listen(learner: Learner, guid: str) -> Page:
    """Show the player of an episode and the learner's listening."""
    companion = current_companion()
    episode = companion.shows.known(guid)
    if isinstance(episode, WithdrawnEpisode):
        return _withdrawn(learner, episode)
    if episode is None or episode.media is None:
        no_episode()
    with companion.database.reading() as connection:
        listener = store.listener_of(connection, learner.id)
        versions = companion.shows.versions()
        known = progress.progress_of(connection, listener, versions, [guid]).get(guid)
    known = known or EpisodeProgress(round(episode.media.seconds * coverage.TENTHS))
    begin, show = request.args.get("t", ""), companion.shows.current()
    audio = _near(show.url_of(episode.media.file) if show else "")
    g.media = security.media_sources(audio, elsewhere="://" in episode.media.file)
    return render_template(
        "listening/listen.html",
        episode=episode,
        audio=audio,
        token=_token(listener, episode) if listener else "",
        skips=json.dumps(_skips(episode)),
        said=sentences.describe(known),
        newer=companion.shows.newer(episode),
        older=companion.shows.older(episode),
        from_apps=bool(known.reported or known.furthest),
        begin=int(begin) if begin.isdecimal() else known.place // coverage.TENTHS,
        note_id=secrets.token_hex(16),
        page_id=secrets.token_hex(16),
    )


def _near(audio: str) -> str:
    """Call a show of this computer by the name the page has: 127.0.0.1 is no part of localhost."""
    parts = urlsplit(audio)
    name = urlsplit(request.host_url).hostname or ""
    if name == parts.hostname or not {name, parts.hostname} <= set(LOOPBACK):
        return audio
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{name}{port}").geturl()


def _withdrawn(learner: Learner, episode: WithdrawnEpisode) -> str:
    """Show that an episode was withdrawn, with the learner's notes and listening."""
    companion, guid = current_companion(), episode.guid
    with companion.database.reading() as connection:
        listener = store.listener_of(connection, learner.id)
        known = progress.progress_of(connection, listener, companion.shows.versions()).get(guid)
        notes = [each for each in written.every(connection, learner) if each.newest.guid == guid]
    newer = companion.shows.episode(episode.replaced_by or "")
    lines = sentences.describe(known) if known else []
    return render_template(
        "listening/withdrawn.html", episode=episode, said=lines, notes=notes, newer=newer
    )


def _skips(episode: CatalogueEpisode) -> list[list[float]]:
    """Return (start, end) of each part to skip, for the player's script."""
    note = episode.content_note
    return sorted([skip.start, skip.end] for skip in (note.skip if note else ()))


def _token(listener: int, episode: CatalogueEpisode) -> str:
    """Return a token that adds what was heard of one episode by one listener, and nothing else."""
    companion, media = current_companion(), episode.media
    if media is None:
        return ""
    with companion.database.writing() as connection:
        tenths = round(media.seconds * coverage.TENTHS)
        recording = store.recording(connection, episode.guid, media.version, tenths)
    name = secrets.token_bytes(rules.SITTING)
    since, watch = int(companion.now().timestamp()), companion.stopwatch
    sitting = Sitting(listener, recording.number, name, since, watch.name, watch.seconds())
    return report.make_token(companion, sitting)


@views.post("/heard")
def heard() -> Answer:
    """Store a listening report; most are answered earlier, by the WSGI middleware."""
    return Response(
        status=report.receive_report(current_companion(), request.get_data(cache=False))
    )


@views.post("/recording/on")
@for_learner
def record(learner: Learner) -> Page:
    """Turn the listening record on."""
    with current_companion().database.writing() as connection:
        store.start_record(connection, learner.id)
    flash(_("Your listening record is on. We will remember your place."))
    return redirect(_page(), 303)


@views.post("/recording/off")
@resubmission.only()
@for_learner
def forget(learner: Learner) -> Page:
    """Turn the listening record off and delete it."""
    companion = current_companion()
    with companion.database.writing() as connection:
        erasure_store.erase_record(connection, learner.id, companion.now().date())
        done = resubmission.spend(connection, _page(), _(FORGOTTEN))
    erasure_store.finish_soon(companion.database)
    return resubmission.lead(done)


@views.post("/elsewhere/<path:guid>")
@for_learner
def elsewhere(learner: Learner, guid: str) -> Page:
    """Record that a learner says they listened somewhere else."""
    companion = current_companion()
    if companion.shows.known(guid) is None:
        no_episode()
    with companion.database.writing() as connection:
        listener = store.start_record(connection, learner.id)
        store.say_elsewhere(connection, listener, guid, companion.now().date())
    flash(_("Saved: you listened to this episode somewhere else."))
    return redirect(url_for("listening.listen", guid=guid), 303)


def _page() -> str:
    guid = request.form.get("guid", "")
    known = current_companion().shows.known(guid)
    return url_for("listening.listen", guid=guid) if known else url_for("home.home")
