"""Everything a learner has, in forms that are readable without us; pure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, time
from typing import TYPE_CHECKING, NamedTuple

from episodes.values import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from web.listening.rules import Known
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
heard.csv    what was heard on the companion's page, if you let it remember

Drafts that were not saved are among them and say so. Everybody who opens this file can read it:
keep it where only you can. Notes like these are not legally privileged.
"""


class Everything(NamedTuple):
    """All that a learner has; `heard` is (title, guid, what is known) of each episode."""

    kept: Sequence[Kept]
    heard: Sequence[tuple[str, str, Known]] = ()


HEARD = ("episode", "episode_guid", "length_seconds", "heard_seconds", "played_seconds",
         "heard_of_earlier_recording_seconds", "times_to_the_end", "place_seconds",
         "said_listened_elsewhere_on", "what this does not tell")  # fmt: skip
UNTOLD = "Seconds played out by the page. Not what was learned, nor what was heard in other apps."


def heard_csv(heard: Sequence[tuple[str, str, Known]]) -> str:
    """Return a row for each episode of which something is known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEARD)
    for title, guid, known in heard:
        seconds = (each / 10 for each in (known.length, known.measured, known.played,
                                          known.earlier))  # fmt: skip
        facts = (title, guid, *seconds, known.finished, known.place / 10,
                 known.elsewhere or "", UNTOLD)  # fmt: skip
        writer.writerow([_inert(str(fact)) for fact in facts])
    return "\ufeff" + text.getvalue()


def rows(kept: Sequence[Kept]) -> list[tuple[Kept, str, Note]]:
    """Return (where it is kept, "saved" or "draft", what it says), the newest first."""
    found = []
    for each in kept:
        if each.draft:
            found.append((each, "draft", each.draft))
        if each.note:
            found.append((each, "saved", each.note))
    return found


def as_json(all_of_it: Everything, today: date) -> str:
    """Return everything as JSON; seconds count from the start of the recording."""
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
            for each, state, note in rows(all_of_it.kept)
        ],
        "heard": [
            {
                "episode": {"guid": guid, "title": title},
                "length_seconds": known.length / 10,
                "heard_seconds": known.measured / 10,
                "played_seconds": known.played / 10,
                "heard_of_earlier_recording_seconds": known.earlier / 10,
                "times_to_the_end": known.finished,
                "place_seconds": known.place / 10,
                "said_listened_elsewhere_on": str(known.elsewhere or ""),
                "what this does not tell": UNTOLD,
            }
            for title, guid, known in all_of_it.heard
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


def as_zip(all_of_it: Everything, page: str, today: date) -> bytes:
    """Return one file with all of it; `page` is the same as HTML to print."""
    files = {
        "README.txt": README.format(day=today.isoformat()),
        "notes.html": page,
        "notes.md": as_markdown(all_of_it.kept),
        "notes.csv": as_csv(all_of_it.kept),
        "notes.json": as_json(all_of_it, today),
        "heard.csv": heard_csv(all_of_it.heard),
    }
    moment = datetime.combine(today, time()).timetuple()[:6]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(zipfile.ZipInfo(name, moment), text.encode(), zipfile.ZIP_DEFLATED)
    return data.getvalue()
