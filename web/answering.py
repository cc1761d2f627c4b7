"""Answers that several views give: words that come back, and where a program went wrong."""

from __future__ import annotations

import re
import traceback
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from flask import make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

UNSEEN = {"csrf_token", "once", "phrase", "password", "code", "account"}  # what never comes back
MOST = 100  # fields; no form of ours has as many, and a page of a million would cost seconds
WRITTEN = re.compile("answer-[0-9]+|q")  # what somebody wrote, and wants to see


class Field(NamedTuple):
    """One field of a form that was sent; `label` is what stood above it."""

    name: str
    value: str
    label: str
    shown: bool


def fields() -> list[Field]:
    """Return what was sent, so that it can be sent again; nothing where it was too long to read."""
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []
    found = []
    for name, value in islice(form.items(multi=True), MOST):
        if name not in UNSEEN:
            shown = bool(WRITTEN.fullmatch(name) and value.strip())
            label = form.get(name.replace("answer-", "question-"), "What you wrote")
            found.append(Field(name, value, label, shown))
    return found


def address() -> str:
    """Return where a request went, as a link below the companion's own path writes it."""
    query = quote(request.query_string, safe="=&%+")
    return quote(request.path) + (f"?{query}" if query else "")


def again(status: int, title: str, message: str, *, ask_phrase: bool = False) -> Response:
    """Return a page that says what happened and gives every word back, ready to be sent again."""
    # A page elsewhere may have sent this: a second click on it must not delete everything.
    sent = fields() if request.method == "POST" and request.endpoint != "accounts.erase" else []
    page = render_template(
        "again.html", title=title, message=message, fields=sent, ask_phrase=ask_phrase,
        action=request.script_root + address(), status=status,
    )  # fmt: skip
    return make_response(page, status)


def where(error: BaseException) -> str:
    """Return the kind of an error and the line of the program; none of its data."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if "/web/" in each.filename), None)
    place = f" at {last.filename.rpartition('/web/')[2]}:{last.lineno}" if last else ""
    return f"{type(error).__name__}{place}"
