"""Renders the page on which a learner writes a note, and stores what it sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from episodes.translations import text as _
from web import auth
from web.companion import current_companion
from web.errors import RefusedError, TooManyError, no_episode
from web.reflections import forms, question_sets, quota, rules, store
from web.reflections.forms import Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.reflections.store import Reflection

    Put = Callable[[Connection, Learner, store.NoteChange], int | store.Conflict]

Page = str | Answer | tuple[str, int] | tuple[dict[str, Any], int]


def open_editor(guid: str, reflection: Reflection | None, note: rules.Note, model: str) -> str:
    """Render the page to write or edit a note, with the prompts of `model` if it names a set."""
    if reflection:
        id_, version = reflection.id, reflection.version
    else:
        id_, version = store.new_id(), 0
    written = Written.of(id_, version, store.new_id(), note)
    return render_editor(guid, reflection, model or note.model, written)


def render_editor(guid: str, reflection: Reflection | None, asked: str, written: Written) -> str:
    """Render the page with what was written, and the prompts of the set asked for."""
    episode = current_companion().shows.known(guid)
    models, prompts = question_sets.known(), episode.prompts if episode else ()
    model = rules.choose(models, asked, prompts, question_sets.DEFAULT)
    own = model == question_sets.PROMPTS
    questions = prompts if own else tuple(map(_, models[model].questions))
    if reflection and reflection.note and model == reflection.newest.model:
        questions = tuple(question for question, _ in written.answers)  # as they were asked
    rows = rules.arrange(questions, written.answers)
    return render_template(
        "reflections/write.html",
        episode=episode,
        newer=current_companion().shows.newer(episode),
        guid=guid,
        title=title_of(guid, reflection),
        kept=reflection,
        written=written,
        model=model,
        models=models,
        prompts=prompts,
        rows=rows,
        wrong_field=written.wrong_field(rows),
    )


def title_of(guid: str, reflection: Reflection | None) -> str:
    """Return the title of the episode, or the last one it had. Raises RefusedError, 404."""
    episode = current_companion().shows.known(guid)
    title = episode.title if episode else reflection.newest.title if reflection else ""
    return title or no_episode()


def parse_form(learner: Learner) -> Written:
    """Return the note that a form sends. Raises TooManyError."""
    if not current_companion().limits.allows("save", learner.id):
        raise TooManyError
    return forms.parse(request.form) or abort(400)


def find_reflection(learner: Learner, id_: str) -> Reflection | None:
    """Return one of the learner's reflections."""
    with current_companion().database.reading() as connection:
        return store.find(connection, learner, id_)


def store_draft(learner: Learner, written: Written, note: rules.Note) -> int | store.Conflict:
    """Store a note as a draft; return its new version. Raises RefusedError."""
    return _put(learner, written, note, store.put_draft)


def _put(learner: Learner, written: Written, note: rules.Note, put: Put) -> int | store.Conflict:
    change = store.NoteChange(written.id, written.version, note, current_companion().now().date())
    try:
        with current_companion().database.writing() as connection:
            return put(connection, learner, change)
    except quota.FullError as error:
        raise RefusedError(422, _("There is no space for this note"), str(error)) from None


def _put_copy(learner: Learner, written: Written, note: rules.Note, put: Put) -> Written:
    """Store a second note beside one changed elsewhere: only one, however often it is sent."""
    copy = written._replace(id=store.id_of_copy(learner, written.id, note.page), version=0)
    if isinstance(_put(learner, copy, note, put), store.Conflict):  # it was changed since, too
        copy = copy._replace(id=store.new_id())
        _put(learner, copy, note, put)
    return copy


def save_note(learner: Learner, written: Written, note: rules.Note) -> Page:
    """Save a note and show it; if it was changed elsewhere, save a copy beside it."""
    is_saved = isinstance(_put(learner, written, note, store.save_note), int)
    if is_saved and request.headers.get("Accept") == "application/json":
        return {"next": store.new_id()}, 200
    if is_saved:
        flash(_("Saved."))
    else:
        written = _put_copy(learner, written, note, store.save_note)
        flash(
            _(
                "This note was also changed somewhere else. We kept both: this is what you just "
                "wrote, and the other version is in My notes."
            )
        )
    return redirect(url_for("reflections.note", id_=written.id), 303)


def close_editor(learner: Learner, written: Written, note: rules.Note, *, at_idle: bool) -> Page:
    """Store the text as a draft and close the page; with `at_idle`, end the session too."""
    reflection = find_reflection(learner, written.id)
    if written.too_long or (written.wrong and not at_idle):
        return render_editor(note.guid, reflection, written.model, written), 422
    is_draft = bool(reflection) or not note.is_empty
    if is_draft and isinstance(store_draft(learner, written, note), store.Conflict):
        _put_copy(learner, written, note, store.put_draft)
    if at_idle:
        auth.end()
        return redirect(url_for("accounts.signed_out", draft="yes" if is_draft else None), 303)
    if is_draft:
        flash(_("Saved as a draft."))
    if reflection and reflection.note:
        return redirect(url_for("reflections.note", id_=reflection.id), 303)
    return redirect(url_for("home.home"), 303)
