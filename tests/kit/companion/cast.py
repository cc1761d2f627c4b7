"""The cast of the companion's tests: Alice and Bob, who write, and Charlie, who is a lead.

They are put straight into the database and signed in there, which takes no time; Alice's words are
such as nobody else would write, so that one look finds them wherever they should not be.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from sqlalchemy import insert

from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit.companion.visitor import Ask, Visitor, inside
from web import cookies, crypto, sessions
from web.accounts import store as accounts
from web.accounts import word_list
from web.accounts.store import Learner
from web.application import create_app
from web.companion import NAME, Companion
from web.desk import invitations
from web.desk import store as desk
from web.maintenance import pepper_mark
from web.reflections import rules
from web.reflections import store as reflections
from web.schema import leads
from web.sessions import Who

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest
    from flask import Flask

    from web.database.engine import Database
    from web.settings import Settings

ADDRESS = "http://127.0.0.1:8090/"
COOKIE = "earmark-8090"  # the session of a companion at that address
# The second is what weblogs give as a guid, with every sign that an address could stumble on.
GUIDS = ("guid-1", "https://podcast.example.org/?p=1&x=%20ü")
SHOW = {
    "version": 1,
    "show": {
        "title": "Night shift",
        "address": "https://podcast.example.org/night/",
        "support": [{"name": "Samaritans", "phone": "116 123"}],
    },
    "episodes": [
        {
            "guid": guid,
            "title": f"Talk {number}",
            "page": f"episodes/talk-{number}.html",
            "published": "2026-10-01T07:00:00+00:00",
            "prompts": ["What will you try?"],
            "media": {
                "file": f"media/talk-{number}.mp3",
                "length": 1_000_000,
                "type": "audio/mpeg",
                "seconds": 300.0,
                "version": f"sha256-{number}",
            },
        }
        for number, guid in enumerate(GUIDS, 1)
    ],
}


# A place in a rule of the application: `<name>`, `<kind:name>` or `<any(one, other):name>`.
PLACE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+?)_?>")


def catalogue(folder: Path) -> Path:
    """Write a show of two episodes; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.json").write_text(json.dumps(SHOW), encoding="utf-8")
    return folder


def plain(rule: str) -> str:
    """Return a rule of the application as the documents write it."""
    return PLACE.sub(r"<\1>", rule)


def fill(rule: str, id_: str = "0" * 32) -> str:
    """Return an address of the application with something in its places; `id_` is whose row."""
    filled = {
        "id": id_, "guid": quote(GUIDS[1], safe=""), "name": "privacy", "code": "ABCD-2345",
        "filename": "app.css", "token": "none", "app": "antennapod", "user": "nobody",
        "device": "phone", "scope": "account", "form": "json", "count": "5",
    }  # fmt: skip
    return PLACE.sub(lambda found: filled[found[1]], rule)


class Person(NamedTuple):
    """A learner or a lead with a browser that is signed in; `ids` of what is theirs."""

    visitor: Visitor
    id: str
    key: bytes = b""
    phrase: str = ""
    ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def traces(self, text: str, *, but: Iterable[str] = ()) -> set[str]:
        """Return what of theirs is in a text; `but` is what who asked had named themself."""
        return {each for each in (*self.words, *self.ids, self.id) if each in text} - set(but)


PATIENCE = 60  # seconds that a page waits for what it can do without, on a busy machine
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """The time, which goes on when a test says so."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **for_: float) -> None:
        self.now += timedelta(**for_)

    def seconds(self) -> float:
        return self.now.timestamp()


class House:
    """A companion in this process, and the people in it."""

    def __init__(self, app: Flask, ask: Ask | None = None) -> None:
        self.app = app
        self.ask = ask or inside(app)

    @property
    def companion(self) -> Companion:
        found: Companion = self.app.extensions[NAME]
        return found

    @property
    def database(self) -> Database:
        return self.companion.database

    @property
    def settings(self) -> Settings:
        return self.companion.settings

    def close(self) -> None:
        """Give back the database, once everybody's session that was left is deleted."""
        self.companion.exits.settle(30)
        self.database.close()

    def nobody(self) -> Visitor:
        return Visitor(self.ask, self.settings.prefix)

    def learner(self, name: str, *, scrypt: bool = False) -> Person:
        """Let somebody in who has a note with changes, a second note, and a draft.

        Without `scrypt` no phrase leads to them, and nothing is waited for.
        """
        phrase = word_list.new()
        pepper = self.settings.secrets.pepper
        opened = (
            crypto.derive(phrase, pepper) if scrypt else crypto.Opened(crypto.random(), b"k" * 32)
        )
        today = self.companion.now().date()
        words = tuple(f"{name}{part}{secrets.token_hex(4)}" for part in PARTS)
        with self.database.writing() as connection:
            learner = accounts.add_learner(connection, opened, today)
            changes = [
                reflections.NoteChange(reflections.new_id(), 0, _note(*said), today)
                for said in ((words[0],), (words[2],), (words[3], words[4]))
            ]
            for change in changes[:2]:
                reflections.save_note(connection, learner, change)
            first = changes[0]._replace(version=1, note=_note(words[1]))
            for change in (first, changes[2]):
                reflections.put_draft(connection, learner, change)
        ids = tuple(change.id for change in changes)
        visitor = self.signed_in(Who(learner.id, learner.key))
        return Person(visitor, learner.id, learner.key, phrase, ids, words)

    def lead(self, name: str = "Charlie") -> Person:
        """Let a lead in who has made a join code."""
        lead = desk.Lead(desk.new_id(), name, "argon", b"", 0)
        with self.database.writing() as connection:
            connection.execute(
                insert(leads).values(**lead._asdict(), made=self.companion.now().date())
            )
        self.new_code()
        with self.database.reading() as connection:
            codes = tuple(each.id for each in desk.every_code(connection))
        return Person(self.signed_in(Who(lead=lead.id, name=name)), lead.id, ids=codes)

    def signed_in(self, who: Who) -> Visitor:
        """Return a browser with a session of somebody."""
        visitor = self.nobody()
        with self.database.writing() as connection:
            secret = sessions.begin_session(connection, int(self.companion.now().timestamp()), who)
        value = base64.urlsafe_b64encode(secret).decode()
        name = cookies.name_of(cookies.SESSION, self.settings)
        visitor.cookies[name] = (value, cookies.path_of(self.settings))
        return visitor

    def again(self, person: Person) -> Visitor:
        """Return another browser in which somebody is signed in."""
        who = Who(person.id, person.key) if person.key else Who(lead=person.id, name="Charlie")
        return self.signed_in(who)

    def notes(self, person: Person) -> list[reflections.Reflection]:
        """Return what a learner wrote, opened with their key."""
        with self.database.reading() as connection:
            return list(reflections.every(connection, Learner(person.id, person.key)))

    def new_code(self, uses: int = 200) -> str:
        return invitations.new_code(self.database, self.settings, self.companion.now(), uses=uses)

    def invitation(self) -> str:
        """Return the path of a new lead's link."""
        link = invitations.invite(self.database, self.settings, self.companion.now(), None)
        return "/" + link.removeprefix(self.settings.address)


PARTS = ("note", "change", "second", "draft", "prompt")


def reported(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what was logged, by whichever library; but for asyncio, which only browsers use.

    What a browser of an earlier test left behind is complained of whenever it is cleared away.
    """
    return [record for record in caplog.records if record.name != "asyncio"]


def _note(answer: str, question: str = "What?") -> rules.Note:
    return rules.Note(GUIDS[0], "Talk 1", "what", ((question, answer),), page=secrets.token_hex(16))


def settings(folder: Path, database: Database, address: str = ADDRESS) -> Settings:
    """Return settings of their own, for a database that a test made."""
    made = create_settings(
        folder / "companion", NewCompanion("Riverside Trust", address, "training@example.org")
    )
    url = database.engine.url.render_as_string(hide_password=False)
    with database.writing() as connection:
        pepper_mark.mark(connection, made.secrets.pepper)
    place = str(catalogue(folder / "show"))
    return made.model_copy(update={"database": url, "catalogue": place})


def house(
    found: Settings,
    *,
    limited: bool = False,
    clock: Callable[[], datetime] | None = None,
    seconds: Callable[[], float] | None = None,
) -> House:
    """Build a companion with these settings in this process."""
    clock = clock or (lambda: datetime.now(UTC))
    app = create_app(
        found, clock, limited=limited, seconds=seconds or (lambda: clock().timestamp())
    )
    app.extensions[NAME].glance.seconds = PATIENCE
    return House(app)
