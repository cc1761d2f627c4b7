"""Writes all of a learner's data as Markdown, CSV and JSON, piece by piece; pure."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from episodes.text.timecodes import format_seconds
from episodes.translations import marked
from episodes.translations import text as _
from web import dates
from web.csv_file import write_csv
from web.reflections.rules import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, tzinfo

    from web.export.action_store import ExportedAction
    from web.listening.progress import EpisodeProgress
    from web.reflections.store import Reflection
    from web.sync.apps import Connected

COLUMNS = ("id", "state", "made", "changed", "episode", "episode_guid", "minute", "questions",
           "question", "answer")  # fmt: skip


class Everything(NamedTuple):
    """All of a learner's data; `heard` is (title, guid, progress) of each episode.

    `kept` and `reported` are iterated once for each file: all of them may be too much for memory.

    `reported` are actions of apps with the title of their episode; `zone` is whose times they have.
    """

    kept: Iterable[Reflection]
    heard: Sequence[tuple[str, str, EpisodeProgress]] = ()
    apps: Sequence[Connected] = ()
    reported: Iterable[tuple[str, ExportedAction]] = ()
    zone: tzinfo = UTC


HEARD = ("episode", "episode_guid", "length_seconds", "heard_seconds", "played_seconds",
         "heard_of_earlier_recording_seconds", "times_to_the_end", "place_seconds",
         "said_listened_elsewhere_on", "reported_by_apps_seconds", "heard_or_reported_seconds",
         "furthest_place_of_apps_seconds", "times_apps_were_at_the_end",
         "reported_of_earlier_recording_seconds", "what this does not tell")  # fmt: skip
UNTOLD = marked(
    "Heard is what this site played. Reported is what an app says it played. Neither shows what "
    "you learned, and no app reports everything."
)
APPS = ("name", "connected_on", "last_used_on")
REPORTED = ("time", "episode", "episode_guid", "device", "action", "started", "position", "total",
            "proves")  # fmt: skip


def apps_csv(apps: Sequence[Connected]) -> str:
    """Return a row for each connected app."""
    rows = ((each.name, _on(each.made), (each.used and _on(each.used)) or "") for each in apps)
    return "".join(write_csv(APPS, rows))


def reported_csv(
    reported: Iterable[tuple[str, ExportedAction]], zone: tzinfo = UTC
) -> Iterator[str]:
    """Yield a row for each action that an app reported; places in seconds."""
    return write_csv(REPORTED, (_reported(title, each, zone).values() for title, each in reported))


def _reported(title: str, action: ExportedAction, zone: tzinfo) -> dict[str, str]:
    when = dates.stamp(action.at, zone)
    facts = (when, title, action.guid, action.device, action.kind, action.started,
             action.position, action.total, action.proves)  # fmt: skip
    named = zip(REPORTED, facts, strict=True)
    return {name: "" if fact is None else str(fact) for name, fact in named}


def heard_csv(progress: Sequence[tuple[str, str, EpisodeProgress]]) -> str:
    """Return a row for each episode with progress."""
    return "".join(write_csv(HEARD, (_heard(*each) for each in progress)))


def _heard(title: str, guid: str, known: EpisodeProgress) -> tuple[object, ...]:
    return (
        title, guid, known.length / 10, known.measured / 10, known.played / 10, known.earlier / 10,
        known.finished, known.place / 10, known.elsewhere or "", known.reported / 10,
        max(known.heard, known.measured) / 10, known.furthest / 10, known.ended,
        known.earlier_reported / 10, _(UNTOLD),
    )  # fmt: skip


def rows(kept: Iterable[Reflection]) -> Iterator[tuple[Reflection, str, Note]]:
    """Yield (reflection, "saved", "draft" or "damaged", note), the newest first."""
    for each in kept:
        if each.damaged:
            yield each, "damaged", _damaged(each)
        if each.draft:
            yield each, "draft", each.draft
        if each.note:
            yield each, "saved", each.note


def _damaged(kept: Reflection) -> Note:
    """Return a note that takes the place of one that cannot be opened."""
    title = (
        _("A note that could not be opened")
        if "note" in kept.damaged
        else _("A draft that could not be opened")
    )
    advice = _(
        "Its data is damaged. Tell the people who run this site its number, %(id)s: they may have "
        "a backup that is not damaged.",
        id=kept.id,
    )
    return Note("", title, "", ((_("What to do"), advice),))


def as_json(all_of_it: Everything, today: date) -> str:
    """Return everything as JSON; seconds count from the start of the recording."""
    return "".join(json_pieces(all_of_it, today))


def json_pieces(all_of_it: Everything, today: date) -> Iterator[str]:
    """Yield everything as JSON piece by piece: there may be too much for memory."""
    head = {
        "version": 1,
        "taken_away_on": today.isoformat(),
        "timezone": str(all_of_it.zone),
    }
    yield _spelled(head).removesuffix("\n}") + ',\n "notes": ['
    between = "\n  "
    for each, state, note in rows(all_of_it.kept):
        yield between + _spelled(_note(each, state, note)).replace("\n", "\n  ")
        between = ",\n  "
    yield "]" if between == "\n  " else "\n ]"
    document = {
        "heard": [
            {
                "episode": {"guid": guid, "title": title},
                **dict(zip(HEARD[2:], map(_plain, _heard(title, guid, known)[2:]), strict=True)),
            }
            for title, guid, known in all_of_it.heard
        ],
        "apps": [
            {
                "name": each.name,
                "connected_on": _on(each.made),
                "last_used_on": str(each.used or ""),
            }
            for each in all_of_it.apps
        ],
    }
    yield "," + _spelled(document).removeprefix("{").removesuffix("\n}") + ',\n "reported": ['
    between = "\n  "
    for title, action in all_of_it.reported:
        yield between + _in_one_line(_reported(title, action, all_of_it.zone))
        between = ",\n  "
    yield "]\n}\n" if between == "\n  " else "\n ]\n}\n"


def _spelled(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


# Built once, and without an indent: then C writes the rows, of which there may be a million.
_in_one_line = json.JSONEncoder(ensure_ascii=False).encode


def _note(kept: Reflection, state: str, note: Note) -> dict[str, object]:
    return {
        "id": kept.id,
        "state": state,
        "made": _on(kept.made),
        "changed": _on(kept.changed),
        "episode": {"guid": note.guid, "title": note.title},
        "second": note.second,
        "questions": note.model,
        "answers": [{"question": q, "answer": a} for q, a in note.answers],
    }


def _on(day: date) -> str:
    return "unknown" if day == dates.UNKNOWN else day.isoformat()


def _plain(fact: object) -> object:
    return fact if isinstance(fact, int | float) else str(fact)


def as_csv(kept: Iterable[Reflection]) -> str:
    """Return a row for each answer; a character that starts a formula gets a quote before it."""
    return "".join(csv_pieces(kept))


def csv_pieces(kept: Iterable[Reflection]) -> Iterator[str]:
    """Yield a row for each answer."""
    return write_csv(COLUMNS, (
        (each.id, state, _on(each.made), _on(each.changed), note.title, note.guid, _minute(note),
         note.model, question, answer)
        for each, state, note in rows(kept)
        for question, answer in note.answers
    ))  # fmt: skip


def _minute(note: Note) -> str:
    return "" if note.second is None else format_seconds(note.second)


def as_markdown(kept: Iterable[Reflection]) -> str:
    """Return every note as Markdown; the words stay as they were typed."""
    return "".join(markdown_pieces(kept))


def markdown_pieces(kept: Iterable[Reflection]) -> Iterator[str]:
    """Yield every note as Markdown."""
    between = ""
    for each, state, note in rows(kept):
        title, when = _flat(note.title), dates.day(each.made)
        if state == "draft":
            title = _("%(title)s (a draft, not saved)", title=title)
        if note.second is not None:
            when = _("%(day)s, at %(time)s", day=when, time=_minute(note))
        yield f"{between}# {title}\n\n{when}\n"
        between = "\n"
        for question, answer in note.answers:
            if answer.strip():
                yield f"\n## {_flat(question)}\n\n{answer.strip()}\n"
    if not between:
        yield _("There are no notes.") + "\n"


def _flat(text: str) -> str:
    """Return a line of the podcast without links and pictures that Markdown would make of it."""
    return text.translate({ord(sign): f"\\{sign}" for sign in "[<"})
