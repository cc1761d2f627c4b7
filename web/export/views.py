"""Serves the download of everything, or of one note."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, abort, current_app, render_template

from episodes.errors import EarmarkError
from web import auth
from web.auth import for_learner
from web.companion import current_companion
from web.errors import TooManyError
from web.export import collection, formats, zip_file
from web.forms import form_replay
from web.limits import heavy_requests
from web.reflections import quota, store
from web.reflections import rules as reflecting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.accounts.store import Learner
    from web.companion import Companion
    from web.reflections.store import Reflection

views = Blueprint("export", __name__)
log = logging.getLogger("earmark.web")
# What is looked at for hints, and how many are named.
MOST_LOOKED, MOST_LETTERS, MOST_HINTS = 5000, 10_000_000, 200


class CutOffError(EarmarkError):
    """A download ended before all of it was sent: a browser says so, because the end is missing."""


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
    pieces = heavy_requests.stream(_pieces(current_companion(), learner))
    return _file(pieces, "application/zip", "notes.zip")


def _pieces(companion: Companion, learner: Learner) -> Iterator[bytes]:
    """Yield the zip. What goes wrong with it while it is sent is logged without anybody's words."""
    today = companion.now().date()
    try:
        everything = collection.collect_everything(companion, learner)
        page = _page(rows=formats.rows(everything.kept), today=today)
        yield from zip_file.zip_pieces(everything, page, today)
    except (EarmarkError, GeneratorExit):
        raise
    except Exception as error:
        raise _cut_off(error) from None


def _cut_off(error: Exception) -> CutOffError:
    log.error("a download: %s", form_replay.where(error))
    return CutOffError("a download was cut off")


def _page(**values: Any) -> Iterator[str]:
    """Render the page of all notes while they are read.

    Flask's own way would enter this request's context again, which ends before the page does.
    """
    current_app.update_template_context(values)
    return current_app.jinja_env.get_template("export/notes.html").generate(values)


@views.get("/notes/<id_>/download")
@for_learner
def download_note(learner: Learner, id_: str) -> Response:
    """Send one note as Markdown."""
    with current_companion().database.reading() as connection:
        kept = store.find(connection, learner, id_) or abort(404)
    return _file(formats.as_markdown([kept]).encode(), "text/markdown; charset=utf-8", "note.md")


def _file(data: bytes | Iterator[bytes], kind: str, name: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
