"""Makes a companion with many learners who have heard every episode of a long show."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert

from podcast.creating.companion_settings import NewCompanion, create_settings
from web import crypto, schema, sessions
from web.accounts.store import Learner
from web.database.engine import Database
from web.listening import coverage, store
from web.listening.rules import Sitting
from web.maintenance import migrate, pepper_mark
from web.reflections import rules as writing
from web.reflections import store as reflections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from web.settings import Settings

MINUTES = 20
TENTHS = MINUTES * 60 * coverage.TENTHS
NOTES = 50  # of the learner whose pages are timed


class Crowd(NamedTuple):
    """The settings, cookies of a learner and of a lead who are signed in, and listeners."""

    settings: Settings
    learner: str
    lead: str
    listeners: tuple[int, ...]

    def size(self) -> int:
        """Return the size of the database in bytes."""
        file = Database(self.settings.database).file
        return file.stat().st_size if file else 0

    def token(self, listener: int, media: int = 1) -> str:
        """Return the token that a page opened five hours ago sends with each report."""
        since = int((datetime.now(UTC) - timedelta(hours=5)).timestamp())
        sitting = Sitting(listener, media, random.randbytes(16), since)  # noqa: S311 - not a secret
        key = crypto.part(self.settings.secrets.key, "listening")
        return base64.urlsafe_b64encode(crypto.seal(key, sitting.dump(), "listening")).decode()


def guid(number: int) -> str:
    """Return a guid of the usual length."""
    return f"5b6d2b6c-4c2c-5f38-9f39-{number:012}"


def make(folder: Path, address: str, learners: int, episodes: int) -> Crowd:
    """Make the show's catalogue and a companion whose learners have heard all of it."""
    (folder / "show").mkdir(parents=True)
    catalogue = folder / "show" / "catalogue.json"
    catalogue.write_text(json.dumps(_show(episodes)), encoding="utf-8")
    settings = create_settings(
        folder / "companion", NewCompanion("Riverside", address, "training@example.org")
    )
    settings = settings.model_copy(update={"catalogue": str(catalogue.parent)})
    database = Database(settings.database)
    migrate.upgrade(database)
    with database.writing() as connection:
        pepper_mark.mark(connection, settings.secrets.pepper)
        numbers = _people(connection, learners, episodes)
        _hear(connection, numbers, episodes)
        cookies = _cookies(connection)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return Crowd(settings, *cookies, tuple(numbers))


def _show(episodes: int) -> dict[str, Any]:
    return {
        "version": 1,
        "show": {"title": "A long show", "address": "https://podcast.example.org/", "support": []},
        "episodes": [
            {"guid": guid(number), "title": f"Talk {number}", "page": f"episodes/{number}.html",
             "published": "2026-01-05T07:00:00+00:00", "prompts": ["What will you try?"],
             "media": {"file": f"media/{number}.mp3", "length": 9_600_000, "type": "audio/mpeg",
                       "seconds": TENTHS / 10, "version": f"sha256-{number}"}}
            for number in range(1, episodes + 1)
        ],
    }  # fmt: skip


def _people(connection: Connection, learners: int, episodes: int) -> list[int]:
    """Add the learners, all with a listening record, and every recording; return listener ids."""
    today = datetime.now(UTC).date()
    ids = [f"{number:032x}" for number in range(learners)]
    rows = [{"id": id_, "lookup": id_.encode(), "wrapped": b"-", "joined": today, "seen": today}
            for id_ in ids]  # fmt: skip
    connection.execute(insert(schema.learners), rows)
    for number in range(1, episodes + 1):
        store.recording(connection, guid(number), f"sha256-{number}", TENTHS)
    numbers = random.sample(range(1, 2**31), learners)
    known = [{"number": number, "learner": id_, "turn": 0}
             for number, id_ in zip(numbers, ids, strict=True)]  # fmt: skip
    connection.execute(insert(schema.listeners), known)
    return sorted(numbers)  # in the order of the tables, which makes inserts fast


def _hear(connection: Connection, listeners: list[int], episodes: int) -> None:
    """Add listening to every episode for everybody: mostly whole, some in pieces; in two years."""
    chance, first = random.Random(1), datetime.now(UTC).date() - timedelta(days=730)  # noqa: S311 - a sample
    heard = [_pieces(chance, count) for count in (1, 1, 1, 1, 1, 2, 2, 3, 5, 20) for _ in range(20)]
    days = [f"{first + timedelta(days=number)}" for number in range(731)]

    def rows(*names: str) -> Iterator[tuple[Any, ...]]:
        for turn, (listener, media) in enumerate(product(listeners, range(1, episodes + 1))):
            runs, tenths = heard[(turn * 7919) % len(heard)]
            day = days[(turn * 104729) % len(days)]
            known = {"listener": listener, "media": media, "runs": runs, "played": tenths,
                     "tenths": tenths, "sequence": 0,
                     "day": day, "guid": guid(media), "turn": turn, "finished": 1}  # fmt: skip
            known["sitting"] = (turn * 2654435761).to_bytes(16, "little")
            yield tuple(known[name] for name in names)

    raw: Any = connection.connection.driver_connection
    for table, names in (
        ("coverage", ("listener", "media", "runs", "played")),
        ("places", ("listener", "guid", "tenths", "turn", "day", "finished")),
        ("events", ("listener", "sitting", "sequence", "media", "runs", "tenths", "day")),
    ):
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our names
            raw.executemany(sql, rows(*names))
            continue
        with raw.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows(*names):
                copy.write_row(row)


def _pieces(chance: random.Random, count: int) -> tuple[bytes, int]:
    """Return packed coverage of a number of pieces, and its tenths."""
    cuts = sorted(chance.sample(range(TENTHS), count * 2)) if count > 1 else [0, TENTHS]
    runs = coverage.union(zip(cuts[::2], cuts[1::2], strict=True))
    return coverage.pack(runs), sum(end - start for start, end in runs)


def _cookies(connection: Connection) -> tuple[str, str]:
    """Sign in the first learner, who has notes, and a lead."""
    now, key = datetime.now(UTC), crypto.random()
    learner = Learner(f"{0:032x}", key)
    for number in range(NOTES):
        note = writing.Note(guid(number + 1), "Talk", "what", (("What?", "An answer. " * 40),))
        change = reflections.NoteChange(reflections.new_id(), 0, note, now.date())
        reflections.save_note(connection, learner, change)
    lead = {"id": "lead", "name": "Lead", "password": "-", "totp": b"-", "step": 0}
    connection.execute(insert(schema.leads).values(**lead, made=now.date()))
    people = (sessions.Who(learner.id, key), sessions.Who(lead="lead", name="Lead"))
    begun = (sessions.begin_session(connection, int(now.timestamp()), who) for who in people)
    one, two = (base64.urlsafe_b64encode(secret).decode() for secret in begun)
    return one, two
