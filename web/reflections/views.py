"""Serves the pages to write, search, edit and delete notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for

from episodes.translations import ngettext
from episodes.translations import text as _
from web.auth import for_learner
from web.companion import current_companion
from web.errors import RefusedError
from web.forms import resubmission
from web.reflections import editor, note_list, question_sets, rules, store

if TYPE_CHECKING:
    from web.accounts.store import Learner
    from web.reflections.editor import Page
    from web.reflections.store import Reflection

views = Blueprint("reflections", __name__)
LONGEST_SEARCH = 200  # characters


@views.get("/reflect/<path:guid>")
@for_learner
def reflect(learner: Learner, guid: str) -> Page:
    """Show the questions about an episode, with an unfinished draft."""
    with current_companion().database.reading() as connection:
        draft = store.unfinished(connection, learner, guid)
    typed = request.args.get("t", "")
    second = int(typed) if re.fullmatch("[0-9]{1,6}", typed) else None
    note = draft.newest if draft else rules.Note(guid, "", "", (), second)
    return editor.open_editor(guid, draft, note, request.args.get("model", ""))


@views.get("/notes/<id_>/edit")
@for_learner
def edit(learner: Learner, id_: str) -> Page:
    """Show a note to edit, with its unsaved changes."""
    reflection = _own(learner, id_)
    if reflection.is_lost:
        return redirect(url_for("reflections.note", id_=id_))
    return editor.open_editor(reflection.newest.guid, reflection, reflection.newest, "")


@views.post("/reflect/<path:guid>")
@for_learner
def write(learner: Learner, guid: str) -> Page:
    """Save a note, or store it as a draft while other questions are chosen."""
    written = editor.parse_form(learner)
    reflection = editor.find_reflection(learner, written.id)
    note = written.note(guid, editor.title_of(guid, reflection))
    if other := request.form.get("other-model", ""):
        if written.too_long:
            return editor.render_editor(guid, reflection, other, written), 422
        stored = editor.store_draft(learner, written, note)
        version = stored if isinstance(stored, int) else written.version
        reflection = editor.find_reflection(learner, written.id)
        return editor.render_editor(guid, reflection, other, written._replace(version=version))
    if closes := request.form.get("close", ""):
        return editor.close_editor(learner, written, note, at_idle=closes == "idle")
    if written.wrong or note.is_empty:
        wrong = written.wrong or _("Write something before you save.")
        if request.headers.get("Accept") == "application/json":
            return {"message": wrong}, 422
        written = written._replace(wrong=wrong)
        return editor.render_editor(guid, reflection, written.model, written), 422
    return editor.save_note(learner, written, note)


@views.post("/drafts/<path:guid>")
@for_learner
def keep_draft(learner: Learner, guid: str) -> Page:
    """Store a draft for the page's script."""
    written = editor.parse_form(learner)
    reflection = editor.find_reflection(learner, written.id)
    note = written.note(guid, editor.title_of(guid, reflection))
    if written.too_long:
        return {"message": written.wrong}, 422
    if note.is_empty and reflection is None:
        return {"version": 0}, 200
    stored = editor.store_draft(learner, written, note)
    if isinstance(stored, store.Conflict):
        return {"message": _("This note was also changed somewhere else.")}, 409
    return {"version": stored}, 200


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
    asked = note_list.Asked(_number(request.values.get("page", "")), words, _guid())
    notes = note_list.list_notes(learner, asked)
    return render_template(
        "reflections/notes.html",
        words=words,
        guid=asked.guid,
        episode=current_companion().shows.known(asked.guid) if asked.guid else None,
        **notes._asdict(),
    )


def _number(typed: str) -> int:
    """Return the number of a page, 1 for what is not a number."""
    return int(typed) if re.fullmatch("[1-9][0-9]{0,4}", typed) else 1


def _guid() -> str:
    """Return the episode that a list keeps to, "" for all of them."""
    return "" if request.method == "POST" else request.args.get("episode", "")


def _own(learner: Learner, id_: str) -> Reflection:
    return editor.find_reflection(learner, id_) or abort(404)


@views.get("/notes/<id_>")
@for_learner
def note(learner: Learner, id_: str) -> Page:
    """Show one note."""
    reflection = _own(learner, id_)
    if reflection.damaged and not reflection.note:
        contact = current_companion().settings.contact
        return render_template("reflections/damaged.html", kept=reflection, contact=contact)
    if reflection.note is None:
        return redirect(url_for("reflections.edit", id_=id_))
    model = question_sets.known().get(reflection.note.model)
    episode = current_companion().shows.known(reflection.note.guid)
    hints = rules.hints(answer for _, answer in reflection.note.answers)
    return render_template(
        "reflections/note.html", kept=reflection, episode=episode, model=model, hints=hints
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
    today = current_companion().now().date()
    with current_companion().database.writing() as connection:
        store.erase(connection, learner, id_, today) or abort(404)
        done = resubmission.spend(connection, url_for("reflections.notes"), _("Deleted for good."))
    return resubmission.lead(done)


@views.get("/notes/<id_>/let-go")
@for_learner
def before_letting_go(learner: Learner, id_: str) -> Page:
    """Ask once before a draft is deleted."""
    reflection = _own(learner, id_)
    if not reflection.draft:
        return redirect(url_for("reflections.note", id_=id_))
    return render_template("reflections/let_go.html", kept=reflection)


@views.post("/notes/<id_>/let-go")
@resubmission.only()
@for_learner
def let_go(learner: Learner, id_: str) -> Page:
    """Delete a draft; a saved note stays as it is."""
    reflection, today = _own(learner, id_), current_companion().now().date()
    note = url_for("reflections.note", id_=id_)
    page = note if reflection.note else url_for("home.home")
    with current_companion().database.writing() as connection:
        store.drop_draft(connection, learner, id_, today)
        done = resubmission.spend(connection, page, _("Draft deleted."))
    return resubmission.lead(done)
