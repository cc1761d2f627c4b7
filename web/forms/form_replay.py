"""Answers that several views give: words that come back, and where a program went wrong."""

from __future__ import annotations

import re
import traceback
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import make_response, render_template, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from episodes.translations import everywhere, marked
from episodes.translations import text as _
from web import origins
from web.companion import current_companion
from web.limits import form_size
from web.reflections import question_sets

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

# Where people write; elsewhere a form that failed is not shown again.
WRITE = {"reflections.write", "reflections.keep_draft"}
SEARCH = "reflections.notes"
# What else people type, and what stands above it; and what is never given back.
TYPED = {
    "accounts.joined": {"join-code": marked("Join code")},
    "sync.let_in": {"name": marked("Name this device")},
    "sync.grant": {"name": marked("Name this device")},
    "desk.make_code": {"expires": marked("Last day"), "uses": marked("For how many people")},
    "desk.signed_in": {"name": marked("Name")},
    "desk.accepted": {"name": marked("Name")},
}
SECRETS = {"phrase", "password", "new", "code"}
MOST = 100  # fields; no form of ours has as many, and a page of a million would cost seconds
_ANSWER = re.compile("answer-[1-9][0-9]{0,2}")
_QUESTION = re.compile("question-[1-9][0-9]{0,2}")
# What goes along unseen, and what it may be.
_ALONG = {
    "id": re.compile("[0-9a-f]{32}"),
    "page": re.compile("[0-9a-f]{32}"),
    "version": re.compile("[0-9]{1,9}"),
    "minute": re.compile("[0-9:. ]{0,12}"),
}
_PRESSED = {"other-model": re.compile("[a-z0-9-]{1,40}"), "close": re.compile("[a-z0-9]{1,10}")}


class Field(NamedTuple):
    """One field of a form that was sent; `label` is what stands above it."""

    name: str
    value: str
    label: str
    shown: bool


def is_given_back() -> bool:
    """Return whether what this request sends is given back, with a field for the phrase."""
    return request.method == "POST" and request.endpoint in {*WRITE, SEARCH}


def fields() -> list[Field]:
    """Return what somebody wrote, so that it can be sent again.

    Of a note that is too long to read, it is what came before the answer that is too long.
    Labels are the program's or a question that it knows, never text of the request.
    """
    if not is_given_back() or origins.is_refused():
        return []
    form = _form()
    known = _questions()
    candidates = (
        _field(name, value, known) for name, value in islice(form.items(multi=True), MOST)
    )
    fields = [each for each in candidates if each]
    # Nobody can do anything with the unseen fields alone of a note that was cut.
    return fields if any(each.shown for each in fields) or not form_size.is_cut() else []


def _form() -> ImmutableMultiDict[str, str]:
    """Return the form of this request; of a note that is too long to read, its beginning."""
    try:
        if not form_size.has_too_many_fields():  # the stream is read, and would be empty now
            return request.form
    except RequestEntityTooLarge:
        if request.endpoint not in WRITE:
            return ImmutableMultiDict()
    request.form = form_size.read_beginning()
    return request.form


def typed() -> list[Field]:
    """Return what somebody typed into a form other than a note, without anything secret."""
    labels = TYPED.get(request.endpoint or "", {}) if request.method == "POST" else {}
    if not labels or origins.is_refused():
        return []
    form = _form()
    values = ((name, form.get(name, ""), label) for name, label in labels.items())
    return [Field(name, value, _(label), shown=True) for name, value, label in values if value]


def _once() -> str:
    """Return the token with which a typed form may be sent again, "" if it may not.

    It needs all that is secret again, and another site could make a form of which one press does
    what its own fields say. The token is that of the first press, so that its act is done once.
    """
    if not origins.is_ours() or SECRETS & _form().keys():
        return ""
    return _form().get("once", "")


def _field(name: str, value: str, known: frozenset[str]) -> Field | None:
    if request.endpoint == SEARCH:
        return Field(name, value, _("What you searched for"), shown=True) if name == "q" else None
    if _ANSWER.fullmatch(name):
        question = request.form.get(name.replace("answer-", "question-"), "")
        label = question if question in known else _("What you wrote")
        return Field(name, value, label, shown=bool(value.strip()))
    if _QUESTION.fullmatch(name):
        is_known = value in known or origins.is_ours()
        return Field(name, value, "", shown=False) if is_known else None
    if name == "model":
        is_one = value in {*question_sets.known(), question_sets.PROMPTS}
        return Field(name, value, "", shown=False) if is_one else None
    pattern = _ALONG.get(name) or (_PRESSED.get(name) if origins.is_ours() else None)
    if pattern and pattern.fullmatch(value):
        return Field(name, value, "", shown=False)
    typed = name == "minute" and value.strip()
    return Field(name, value, _("Time in the episode"), shown=True) if typed else None


def _questions() -> frozenset[str]:
    """Return every question that we or the podcast ask."""
    show = current_companion().shows.current()
    entries = (*show.episodes, *show.withdrawn) if show else ()
    ours = chain(*(each.questions for each in question_sets.known().values()))
    return frozenset(chain(*map(everywhere, ours), *(each.prompts for each in entries)))


def address() -> str:
    """Return where a request went, as a link below the companion's own path writes it."""
    query = quote(request.query_string, safe="=&%+")
    return quote(request.path) + (f"?{query}" if query else "")


def note_waits() -> bool:
    """Return whether this request brought words of a note, which are given back."""
    return request.endpoint in WRITE and any(each.shown for each in fields())


def again(
    status: int, title: str, message: str, *, ask_phrase: bool = False, is_wrong: bool = False
) -> Response:
    """Return a page that says what happened and gives every word back, ready to be sent again.

    With `is_wrong` the message is about the phrase, and stands beside its field too.
    """
    shown = typed() if status != 401 else []  # who has to sign in first gets a note back, no more
    page = render_template(
        "again.html", title=title, message=message, fields=fields(), ask_phrase=ask_phrase,
        action=request.script_root + address(), status=status, is_wrong=is_wrong,
        note_waits=note_waits(), typed=shown, first_token=_once() if shown else "",
    )  # fmt: skip
    return make_response(page, status)


def where(error: BaseException) -> str:
    """Return the kind of an error and the line of the program; none of its data."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if "/web/" in each.filename), None)
    line = f" at {last.filename.rpartition('/web/')[2]}:{last.lineno}" if last else ""
    return f"{type(error).__name__}{line}"
