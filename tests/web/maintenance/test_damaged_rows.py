"""One damaged row never hides the good ones: every column of every table, damaged in many ways."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import LargeBinary, select

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import basic, play
from tests.kit.companion import cast, sync_reports
from tests.kit.companion.cast import GUIDS, House, Person
from tests.kit.companion.sync_reports import episodes
from tests.kit.companion.visitor import form
from web import crypto, schema
from web.database.columns import Day
from web.forms import form_tokens
from web.listening import store as listening
from web.listening.coverage import pack
from web.maintenance import backup, purge, restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from web.database.engine import Database
    from web.sync.grants import Credentials

WAYS = ("flipped", "cut", "empty", "text", "number", "other")
# Without these a row is nobody's, or not there: there is nothing to open.
KEYS = {"alembic_version"}
# What is purged and saved, too, and what is restored, which takes the longest.
KEPT_SAFE, RESTORED = {"flipped", "text", "other", "number"}, {"text", "other"}
PAGES = ("/", "/notes", "/take-away", "/connect", f"/listen/{GUIDS[0]}", f"/reflect/{GUIDS[0]}")


class Damage(NamedTuple):
    """What is damaged, and how."""

    table: str
    column: str
    way: str


def damages() -> Iterator[Damage]:
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            is_sealed = isinstance(column.type, LargeBinary)
            for way in WAYS if is_sealed else ("flipped", "text", "other"):
                yield Damage(table.name, column.name, way)


def damaged(value: Any, way: str) -> Any:  # noqa: PLR0911 - a table of ways
    """Return what is there after a bit flipped, a page was lost or a disk lied."""
    if way == "empty":
        return b"" if isinstance(value, bytes) else ""
    if way == "text":
        return "not what it was"
    if way == "number":
        return -(2**40)
    if way == "other":
        return {bytes: None, str: b"\xff\xfe\x00", int: None}.get(type(value))
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] if way == "cut" else _flip(value, middle)
    if isinstance(value, str):
        return value[:-2] if way == "cut" else _flip(value.encode(), len(value) // 2)
    return value ^ 2**30


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x84]) + data[at + 1 :] if data else b"\x80"


def damage(database: Database, what: Damage) -> bool:
    """Damage one value of the oldest row; say whether there is one, and it can be like that."""
    assert database.file
    with closing(sqlite3.connect(database.file, isolation_level=None)) as raw:
        raw.text_factory = bytes
        raw.execute("PRAGMA foreign_keys=OFF")
        key = "rowid" if what.table not in WITHOUT_ROWID else "listener"
        found = raw.execute(
            f'SELECT {key}, "{what.column}", typeof("{what.column}") FROM {what.table} '  # noqa: S608
            f'WHERE "{what.column}" IS NOT NULL ORDER BY {key} LIMIT 1'
        ).fetchone()
        if found is None:
            return False
        value = found[1].decode() if found[2] == b"text" else found[1]
        new = damaged(value, what.way)
        # Bits flip in a text; what SQLite calls it stays.
        as_text = what.way == "flipped" and found[2] == b"text"
        try:
            raw.execute(
                f'UPDATE {what.table} SET "{what.column}" = '  # noqa: S608
                f"{'CAST(? AS TEXT)' if as_text else '?'} WHERE {key} = ?",
                (new, found[0]),
            )
        except sqlite3.IntegrityError:
            return False
        return True


WITHOUT_ROWID = {"events", "coverage", "sync_actions", "reported"}


@pytest.fixture
def full(
    tmp_path: Path, make_database: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[House, Person, Person]]:
    """A companion with something in every table, on SQLite: it lets a column hold anything."""
    monkeypatch.setattr(crypto, "COST", 2)
    made = cast.house(cast.settings(tmp_path, make_database("sqlite")))
    alice, charlie = made.learner("Alice", scrypt=True), made.lead()
    who = sync_clients.let_in(made.companion, alice.id, alice.key)
    sync_reports.report(made, who, sync_clients.play(60, timestamp="2026-10-02T07:00:00"))
    with made.database.writing() as connection:
        listener = listening.listener_of(connection, alice.id)
        at = {"listener": listener, "media": 1}
        connection.execute(schema.events.insert().values(
            sitting=b"x" * 16, sequence=1, runs=RUNS, tenths=10, day=DAY, **at))  # fmt: skip
        connection.execute(schema.coverage.insert().values(runs=RUNS, played=10, **at))
        connection.execute(schema.places.insert().values(
            listener=listener, guid=GUIDS[0], tenths=5, turn=1, day=DAY, finished=0))  # fmt: skip
        connection.execute(schema.figures.insert().values(
            month="2026-10", place=0, guid=GUIDS[0], title="Talk 1", shown="8"))  # fmt: skip
        connection.execute(schema.erased.insert().values(id="e" * 32, on=DAY))
        sent = form_tokens.press(b"k", "/x", "t" * 43, 1)
        form_tokens.spend(connection, sent, form_tokens.Outcome("/", "Done."))
    alice.visitor.post("/notes", {"q": "x"})
    made.invitation()
    sync_clients.Nextcloud(sync_clients.Line(made.ask), lambda: 0).begin()
    yield made, alice, charlie
    made.close()


DAY = datetime(2026, 10, 2, tzinfo=UTC).date()
RUNS = pack(((0, 10),))


def walk(house: House, alice: Person, charlie: Person, who: Credentials, what: Damage) -> None:
    """Open every page; whatever is damaged, none of them breaks."""
    for path in ("/desk/", "/desk/numbers/"):
        answer = charlie.visitor.get(path)
        assert answer.status < 500 and answer.status != 308, (what, path, answer.text[-500:])
    if what.table in OF_LEADS:
        assert alice.visitor.get("/").status == 200
        return
    more = ("", "/edit", "/delete", "/download") if what.table == "reflections" else ()
    for path in (*PAGES, *(f"/notes/{alice.ids[0]}{end}" for end in more)):
        answer = alice.visitor.get(path)
        assert answer.status < 500 and answer.status != 308, (what, path, answer.text[-500:])
    heard = alice.visitor.get(f"/listen/{GUIDS[0]}").text
    if token := re.search(r'data-token="([^"]+)"', heard):
        body = json.dumps({"token": token[1], "sequence": 1, "runs": [[0, 1]], "place": 1})
        answer = house.nobody().send("POST", "/heard", {}, body.encode())
        assert answer.status < 500, (what, answer)
    told = house.nobody().send("POST", episodes(who), basic(who), json.dumps([play(70)]).encode())
    asked = house.nobody().send("GET", episodes(who), basic(who))
    assert max(told.status, asked.status) < 500, (what, told.text, asked.text)
    found = alice.visitor.post("/notes", {"q": "Alice"})
    assert found.status < 500, (what, found.text)
    saved = alice.visitor.post(f"/reflect/{GUIDS[0]}", form("one more"))
    assert saved.status < 500, (what, saved.text)


# What no page of a learner asks.
OF_LEADS = {"leads", "invitations", "join_codes", "figures", "journal", "erased", "spent_forms"}
# What names the settings file that belongs to a database: without it nothing may be opened.
TABLES = [each.name for each in schema.metadata.sorted_tables if each.name != "marks"]


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_whatever_is_damaged_every_page_opens_and_the_rest_is_kept(
    full: tuple[House, Person, Person], table: str, tmp_path: Path, make_database: Any
) -> None:
    house, alice, charlie = full
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    whole = house.database.file
    assert whole
    tried = 0
    with closing(sqlite3.connect(whole)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = whole.read_bytes()
    for what in damages():
        if what.table != table:
            continue
        house.database.close()
        for each in (whole, *(whole.with_name(whole.name + end) for end in ("-wal", "-shm"))):
            each.unlink(missing_ok=True)
        whole.write_bytes(before)
        if not damage(house.database, what):
            continue
        tried += 1
        walk(house, alice, charlie, who, what)
        house.database.close()
        if what.way not in KEPT_SAFE:
            continue
        purge.purge(house.database, datetime.now(UTC), unused_years=3)
        purge.merge(
            house.database,
            house.settings.secrets.key,
            datetime.now(UTC),
            house.companion.shows.titles,
        )
        counts = backup.write(
            house.database, house.settings.secrets.pepper, tmp_path / f"{tried}.gz",
            datetime.now(UTC),
        )  # fmt: skip
        assert counts.leads <= 1
        if what.way in RESTORED:
            fresh = make_database("sqlite", empty=True)
            pepper = house.settings.secrets.pepper
            restored = restore.read(fresh, pepper, tmp_path / f"{tried}.gz", replace=False)
            assert restored[:3] == counts[:3], what
        (tmp_path / f"{tried}.gz").unlink()
        house.database.close()
    assert tried > 2


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "column",
    [
        "body",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("draft", "made", "version")),
    ],
)
def test_a_damaged_note_is_named_and_the_others_open(
    full: tuple[House, Person, Person], column: str, way: str
) -> None:
    house, alice, _ = full
    if not damage(house.database, Damage("reflections", column, way)):
        assert (column, way) in {("made", "other"), ("version", "other")}, "these are never NULL"
        return
    if (column, way) == ("body", "other"):  # without a body it is a draft, and opens
        assert alice.words[1] in alice.visitor.get("/").text
        return
    first, second, _ = alice.ids
    listed = alice.visitor.get("/notes").text
    assert alice.words[2] in listed
    page, home = alice.visitor.get(f"/notes/{first}"), alice.visitor.get("/").text
    assert alice.visitor.get("/take-away").status == page.status == 200
    packed = alice.visitor.post("/take-away")
    assert packed.status == 200
    with zipfile.ZipFile(io.BytesIO(packed.body)) as files:
        inside = {name: files.read(name).decode() for name in files.namelist()}
    notes = json.loads(inside["notes.json"])["notes"]
    assert {each["id"] for each in notes} == set(alice.ids)
    lost = [each for each in notes if each["state"] == "damaged"]
    if column in {"body", "draft"} and not (column == "draft" and way == "other"):
        assert all(first in text for text in (listed, home))
        assert "damaged" in page.text
        assert [each["id"] for each in lost] == [first]
        assert all(first in inside[name] for name in ("notes.html", "notes.md", "notes.csv"))
        assert "training@example.org" in page.text or column == "draft"
    else:
        assert alice.words[0] in page.text
    assert alice.words[2] in inside["notes.html"]
    assert alice.visitor.post(f"/notes/{first}/delete").status == 303
    assert alice.visitor.get(f"/notes/{first}").status == 404
    assert second in {each.id for each in house.notes(alice)}


def test_what_was_still_open_on_a_page_heals_its_damaged_row(
    full: tuple[House, Person, Person],
) -> None:
    house, alice, _ = full
    sheet = alice.visitor.get(f"/notes/{alice.ids[0]}/edit")
    sent = {name: sheet.field(name) for name in ("id", "version", "page", "model", "question-1")}
    assert damage(house.database, Damage("reflections", "body", "flipped"))
    answer = alice.visitor.post(f"/reflect/{GUIDS[0]}", sent | {"answer-1": "still here"})
    assert answer.status == 303
    assert "still here" in alice.visitor.follow(answer).text
    assert alice.ids[0] not in alice.visitor.get("/").text.partition("Your latest notes")[0]


def test_an_account_whose_key_is_damaged_says_so_and_whom_to_ask(
    full: tuple[House, Person, Person],
) -> None:
    house, alice, _ = full
    assert damage(house.database, Damage("learners", "wrapped", "flipped"))
    answer = house.nobody().sign_in(alice.phrase)
    assert answer.status == 500
    assert "Your five words are right" in answer.text
    assert "training@example.org" in answer.text


def test_every_kind_of_sealed_column_is_among_them() -> None:
    sealed = {(table.name, column.name) for table in schema.metadata.sorted_tables
              for column in table.columns if isinstance(column.type, LargeBinary)}  # fmt: skip
    days = {(table.name, column.name) for table in schema.metadata.sorted_tables
            for column in table.columns if isinstance(column.type, Day)}  # fmt: skip
    tried = {(each.table, each.column) for each in damages()}
    assert sealed | days <= tried
    assert len(sealed) > 10
    assert len(days) > 10


def test_an_account_is_not_unused_because_a_bit_of_its_day_flipped(
    full: tuple[House, Person, Person],
) -> None:
    house, alice, _ = full
    with house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE learners SET seen = '1026-11-26'")
    purge.purge(house.database, house.companion.now(), unused_years=3)
    with house.database.reading() as connection:
        assert connection.scalars(select(schema.learners.c.id)).all() == [alice.id]


def test_a_damaged_day_of_a_lead_freezes_no_month_of_a_thousand_years(
    full: tuple[House, Person, Person],
) -> None:
    house, _, charlie = full
    with house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE leads SET made = '1026-11-26'")
    assert charlie.visitor.get("/desk/numbers/").status == 200
    with house.database.reading() as connection:
        months = connection.scalars(select(schema.figures.c.month)).all()
    assert set(months) == {"2026-10"}, "the one that was there"


@pytest.mark.parametrize(
    ("table", "column"), [("listeners", "turn"), ("coverage", "played"), ("media", "tenths"),
                          ("events", "tenths"), ("places", "finished")],
)  # fmt: skip
def test_what_is_heard_is_taken_where_a_number_is_damaged(
    full: tuple[House, Person, Person], table: str, column: str
) -> None:
    house, alice, _ = full
    page = alice.visitor.get(f"/listen/{GUIDS[0]}").text
    token = re.search(r'data-token="([^"]+)"', page)
    assert token
    assert damage(house.database, Damage(table, column, "text"))
    body = json.dumps({"token": token[1], "sequence": 1, "runs": [[0, 1]], "place": 1})
    assert house.nobody().send("POST", "/heard", {}, body.encode()).status == 204


@pytest.mark.parametrize("values", [("body", b"x"), ("body", "text"), ("made", "x"),
                                    ("version", "x"), ("draft", b"x")])  # fmt: skip
def test_a_backup_names_every_damaged_note_as_its_page_does(
    full: tuple[House, Person, Person], tmp_path: Path, values: tuple[str, object]
) -> None:
    house, alice, _ = full
    assert house.database.file
    with closing(sqlite3.connect(house.database.file, isolation_level=None)) as raw:
        column, value = values
        raw.execute(f"UPDATE reflections SET {column} = ?", (value,))  # noqa: S608
    secret = house.settings.secrets.pepper
    counts = backup.write(house.database, secret, tmp_path / "b.gz", datetime.now(UTC))
    assert len(alice.ids) > 1
    assert all(any(id_ in note for note in counts.notes) for id_ in alice.ids)
