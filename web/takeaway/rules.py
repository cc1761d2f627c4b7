"""Everything a learner has, in forms that are readable without us; pure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, time
from typing import TYPE_CHECKING

from episodes.values import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from web.reflections.rules import Note
    from web.reflections.store import Kept

COLUMNS = ("id", "state", "made", "changed", "episode", "episode_guid", "minute", "questions",
           "question", "answer")  # fmt: skip
README = """\
This is everything that you wrote, taken away on {day}.

notes.html   to read and to print, in any browser
notes.md     the same as Markdown
notes.csv    a row for each answer, for a spreadsheet
notes.json   for a program

Drafts that were not saved are among them and say so. Everybody who opens this file can read it:
keep it where only you can. Notes like these are not legally privileged.
"""


def rows(kept: Sequence[Kept]) -> list[tuple[Kept, str, Note]]:
    """Return (where it is kept, "saved" or "draft", what it says), the newest first."""
    found = []
    for each in kept:
        if each.draft:
            found.append((each, "draft", each.draft))
        if each.note:
            found.append((each, "saved", each.note))
    return found


def as_json(kept: Sequence[Kept], today: date) -> str:
    """Return every note as JSON; seconds count from the start of the recording."""
    document = {
        "version": 1,
        "taken_away_on": today.isoformat(),
        "notes": [
            {
                "id": each.id,
                "state": state,
                "made": each.made.isoformat(),
                "changed": each.changed.isoformat(),
                "episode": {"guid": note.guid, "title": note.title},
                "second": note.second,
                "questions": note.model,
                "answers": [{"question": q, "answer": a} for q, a in note.answers],
            }
            for each, state, note in rows(kept)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(kept: Sequence[Kept]) -> str:
    """Return a row for each answer; a sign that a spreadsheet would calculate gets a quote."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each, state, note in rows(kept):
        for question, answer in note.answers:
            facts = (each.id, state, each.made, each.changed, note.title, note.guid,
                     _minute(note), note.model, question, answer)  # fmt: skip
            writer.writerow([_inert(str(fact)) for fact in facts])
    return "\ufeff" + text.getvalue()  # without the mark, Excel reads it as Latin-1


def _inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _minute(note: Note) -> str:
    return "" if note.second is None else format_seconds(note.second)


def as_markdown(kept: Sequence[Kept]) -> str:
    """Return every note as Markdown; the words stay as they were typed."""
    parts = []
    for each, state, note in rows(kept):
        where = f", at {_minute(note)}" if note.second is not None else ""
        unsaved = " (a draft, not saved)" if state == "draft" else ""
        parts.append(f"# {note.title}{unsaved}\n\n{each.made.isoformat()}{where}\n")
        parts += [
            f"## {question}\n\n{answer.strip()}\n"
            for question, answer in note.answers
            if answer.strip()
        ]
    return "\n".join(parts) or "There are no notes.\n"


def as_zip(kept: Sequence[Kept], page: str, today: date) -> bytes:
    """Return one file with all of it; `page` is the same as HTML to print."""
    files = {
        "README.txt": README.format(day=today.isoformat()),
        "notes.html": page,
        "notes.md": as_markdown(kept),
        "notes.csv": as_csv(kept),
        "notes.json": as_json(kept, today),
    }
    moment = datetime.combine(today, time()).timetuple()[:6]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name, moment), text.encode(), zipfile.ZIP_DEFLATED)
    return data.getvalue()
