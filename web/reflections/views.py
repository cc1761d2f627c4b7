"""Serves the pages to write, search, edit and delete reflections."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from episodes.translations import ngettext
from episodes.translations import text as _
from web import auth
from web.auth import for_learner
from web.companion import companion
from web.errors import RefusedError, TooManyError, no_episode
from web.forms import resubmission
from web.limits.heavy_requests import one_of_few
from web.reflections import forms, question_sets, quota, rules, store
from web.reflections.forms import Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.reflections.store import Kept

    Put = Callable[[Connection, Learner, store.Change], int | store.Conflict]

views = Blueprint("reflections", __name__)
SHOWN = 500  # notes on the page that lists them
LONGEST_SEARCH = 200  # characters
Page = str | Answer | tuple[str, int] | tuple[dict[str, Any], int]


@views.get("/reflect/<path:guid>")
@for_learner
def reflect(learner: Learner, guid: str) -> Page:
    """Show the questions about an episode, with an unfinished draft."""
    with companion().database.reading() as connection:
        begun = store.unfinished(connection, learner, guid)
    second = request.args.get("t", "")
    blank = rules.Note(
        guid, "", "", (), int(second) if re.fullmatch("[0-9]{1,6}", second) else None
    )
    return _open(guid, begun, begun.newest if begun else blank, request.args.get("model", ""))


@views.get("/notes/<id_>/edit")
@for_learner
def edit(learner: Learner, id_: str) -> Page:
    """Show a note to edit, with its unsaved changes."""
    kept = _own(learner, id_)
    if kept.is_lost:
        return redirect(url_for("reflections.note", id_=id_))
    return _open(kept.newest.guid, kept, kept.newest, "")


def _open(guid: str, kept: Kept | None, note: rules.Note, asked: str) -> str:
    id_, version = (kept.id, kept.version) if kept else (store.new_id(), 0)
    written = Written.of(id_, version, store.new_id(), note)
    return _sheet(guid, kept, asked or note.model, written)


def _sheet(guid: str, kept: Kept | None, asked: str, written: Written) -> str:
    """Render the writing page."""
    episode = companion().shows.known(guid)
    models, prompts = question_sets.known(), episode.prompts if episode else ()
    model = rules.choose(models, asked, prompts, question_sets.DEFAULT)
    own = model == question_sets.PROMPTS
    wanted = prompts if own else tuple(map(_, models[model].questions))
    if kept and kept.note and model == kept.newest.model:
        wanted = tuple(question for question, _ in written.answers)  # as they were asked
    return render_template(
        "reflections/write.html",
        episode=episode,
        newer=companion().shows.newer(episode),
        guid=guid,
        title=_title(guid, kept),
        kept=kept,
        written=written,
        model=model,
        models=models,
        prompts=prompts,
        rows=rules.arrange(wanted, written.answers),
    )


def _title(guid: str, kept: Kept | None) -> str:
    """Return the title of the episode, or the last one it had; 404 if there is none."""
    episode = companion().shows.known(guid)
    known = episode.title if episode else kept.newest.title if kept else ""
    return known or no_episode()


@views.post("/reflect/<path:guid>")
@for_learner
def write(learner: Learner, guid: str) -> Page:
    """Save a note, or store it as a draft while other questions are chosen."""
    written = _parsed()
    kept = _find(learner, written.id)
    note = written.note(guid, _title(guid, kept))
    if other := request.form.get("other-model", ""):
        if written.too_long:
            return _sheet(guid, kept, other, written), 422
        done = _keep(learner, written, note, store.put_draft)
        version = done if isinstance(done, int) else written.version
        return _sheet(guid, _find(learner, written.id), other, written._replace(version=version))
    if closes := request.form.get("close", ""):
        return _close(learner, written, note, at_idle=closes == "idle")
    if written.wrong or note.is_empty:
        wrong = written.wrong or _("Write something before you save.")
        if request.headers.get("Accept") == "application/json":
            return {"message": wrong}, 422
        return _sheet(guid, kept, written.model, written._replace(wrong=wrong)), 422
    return _save(learner, written, note)


def _close(learner: Learner, written: Written, note: rules.Note, *, at_idle: bool) -> Page:
    """Store the text as a draft and close the page; with `at_idle`, end the session too."""
    kept = _find(learner, written.id)
    if written.too_long or (written.wrong and not at_idle):
        return _sheet(note.guid, kept, written.model, written), 422
    is_draft = bool(kept) or not note.is_empty
    if is_draft and isinstance(_keep(learner, written, note, store.put_draft), store.Conflict):
        _copy(learner, written, note, store.put_draft)
    if at_idle:
        auth.end()
        return redirect(url_for("accounts.signed_out", draft="yes" if is_draft else None), 303)
    if is_draft:
        flash(_("Saved as a draft."))
    if kept and kept.note:
        return redirect(url_for("reflections.note", id_=kept.id), 303)
    return redirect(url_for("home.home"), 303)


def _parsed() -> Written:
    if not companion().limits.allows("save", _who()):
        raise TooManyError
    written = forms.parse(request.form)
    return written or abort(400)


def _who() -> str:
    found = auth.here()
    return found.learner if found else ""


def _find(learner: Learner, id_: str) -> Kept | None:
    with companion().database.reading() as connection:
        return store.find(connection, learner, id_)


def _keep(learner: Learner, written: Written, note: rules.Note, put: Put) -> int | store.Conflict:
    place = companion()
    change = store.Change(written.id, written.version, note, place.now().date())
    try:
        with place.database.writing() as connection:
            return put(connection, learner, change)
    except quota.FullError as error:
        raise RefusedError(422, _("There is no space for this note"), str(error)) from None


def _copy(learner: Learner, written: Written, note: rules.Note, put: Put) -> Written:
    """Store a second note beside one changed elsewhere: only one, however often it is sent."""
    copy = written._replace(id=store.id_of_copy(learner, written.id, note.page), version=0)
    if isinstance(_keep(learner, copy, note, put), store.Conflict):  # it was changed since, too
        copy = copy._replace(id=store.new_id())
        _keep(learner, copy, note, put)
    return copy


def _save(learner: Learner, written: Written, note: rules.Note) -> Page:
    kept = isinstance(_keep(learner, written, note, store.save_note), int)
    if kept and request.headers.get("Accept") == "application/json":
        return {"next": store.new_id()}, 200
    if kept:
        flash(_("Saved."))
    else:
        written = _copy(learner, written, note, store.save_note)
        flash(
            _(
                "This note was also changed somewhere else. We kept both: this is what you just "
                "wrote, and the other version is in My notes."
            )
        )
    return redirect(url_for("reflections.note", id_=written.id), 303)


@views.post("/drafts/<path:guid>")
@for_learner
def keep_draft(learner: Learner, guid: str) -> Page:
    """Store a draft for the page's script."""
    written = _parsed()
    kept = _find(learner, written.id)
    note = written.note(guid, _title(guid, kept))
    if written.too_long:
        return {"message": written.wrong}, 422
    if note.is_empty and kept is None:
        return {"version": 0}, 200
    done = _keep(learner, written, note, store.put_draft)
    if isinstance(done, store.Conflict):
        return {"message": _("This note was also changed somewhere else.")}, 409
    return {"version": done}, 200


@views.route("/notes", methods=["GET", "POST"])
@for_learner
def notes(learner: Learner) -> Page:
    """List the learner's notes; a search is posted, so that no URL contains its words."""
    words = request.form.get("q", "")
    if len(words) > LONGEST_SEARCH:
        raise RefusedError(
            422,
            _("That search is too long"),
            ngettext(
                "Search for up to %(num)s character.",
                "Search for up to %(num)s characters.",
                LONGEST_SEARCH,
            ),
        )
    with one_of_few() if words.strip() else nullcontext():
        found = _found(learner, words)
    return render_template("reflections/notes.html", words=words, **found._asdict())


class Found(NamedTuple):
    """Notes to list, damaged notes, the number that match, and the number of all."""

    notes: list[Kept]
    damaged: list[Kept]
    matching: int
    total: int


def _found(learner: Learner, words: str) -> Found:
    """Return the notes that contain these words, newest first."""
    shown, damaged, matching = [], [], 0
    with companion().database.reading() as connection:
        total = store.saved(connection, learner)
        every = store.every(connection, learner)
        for each in every if words.strip() else store.newest(connection, learner, SHOWN):
            if each.damaged:
                damaged.append(each)
            if each.note and rules.matches(each.note, words):
                matching += 1
                if matching <= SHOWN:
                    shown.append(each)
    return Found(shown, damaged[:SHOWN], matching if words.strip() else total, total)


def _own(learner: Learner, id_: str) -> Kept:
    return _find(learner, id_) or abort(404)


@views.get("/notes/<id_>")
@for_learner
def note(learner: Learner, id_: str) -> Page:
    """Show one note."""
    kept = _own(learner, id_)
    if kept.damaged and not kept.note:
        contact = companion().settings.contact
        return render_template("reflections/damaged.html", kept=kept, contact=contact)
    if kept.note is None:
        return redirect(url_for("reflections.edit", id_=id_))
    model = question_sets.known().get(kept.note.model)
    episode = companion().shows.known(kept.note.guid)
    hints = rules.hints(answer for _, answer in kept.note.answers)
    return render_template(
        "reflections/note.html", kept=kept, episode=episode, model=model, hints=hints
    )


@views.get("/notes/<id_>/delete")
@for_learner
def before_deleting(learner: Learner, id_: str) -> Page:
    """Ask once before a note is deleted for good."""
    return render_template("reflections/delete.html", kept=_own(learner, id_))


@views.post("/notes/<id_>/delete")
@resubmission.only()
@for_learner
def delete(learner: Learner, id_: str) -> Page:
    """Delete a note for good."""
    place = companion()
    with place.database.writing() as connection:
        store.erase(connection, learner, id_, place.now().date()) or abort(404)
        done = resubmission.spend(connection, url_for("reflections.notes"), _("Deleted for good."))
    return resubmission.lead(done)


@views.get("/notes/<id_>/let-go")
@for_learner
def before_letting_go(learner: Learner, id_: str) -> Page:
    """Ask once before a draft is deleted."""
    kept = _own(learner, id_)
    if not kept.draft:
        return redirect(url_for("reflections.note", id_=id_))
    return render_template("reflections/let_go.html", kept=kept)


@views.post("/notes/<id_>/let-go")
@resubmission.only()
@for_learner
def let_go(learner: Learner, id_: str) -> Page:
    """Delete a draft; a saved note stays as it is."""
    place, kept = companion(), _own(learner, id_)
    page = url_for("reflections.note", id_=id_) if kept.note else url_for("home.home")
    with place.database.writing() as connection:
        store.drop_draft(connection, learner, id_, place.now().date())
        done = resubmission.spend(connection, page, _("Draft deleted."))
    return resubmission.lead(done)
