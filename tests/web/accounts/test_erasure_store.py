"""Tests that deleting much holds nobody up, survives a kill, and shows nothing half deleted."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, event, func, select

from tests.kit.clients import sync_clients
from tests.kit.companion import sync_reports
from web import schema
from web.accounts import erasure_store
from web.accounts.store import Learner
from web.database.refusals import GoneError
from web.listening import progress, report_store
from web.listening import store as listening
from web.listening.rules import Message, Sitting
from web.maintenance import purge
from web.reflections import quota
from web.reflections import rules as reflecting
from web.reflections import store as notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.companion.cast import House, Person
    from web.database.engine import Database
    from web.sync.grants import Credentials

ACTIONS, REPORTS, NOTES, AT_ONCE, WEIGHT = 60, 30, 12, 10, 5
OWNERS = {"learner", "listener", "app"}
THEIRS = tuple(each for each in schema.metadata.sorted_tables if OWNERS & {*each.c.keys()})


class KilledError(BaseException):
    """The end of the process."""


@pytest.fixture
def alice(house: House, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Alice, who will have much of everything; ten rows at a time are deleted."""
    monkeypatch.setattr(erasure_store, "ROWS", AT_ONCE)
    monkeypatch.setattr(
        erasure_store,
        "PARTS",
        [each._replace(weight=WEIGHT if each.weight > 1 else 1) for each in erasure_store.PARTS],
    )
    return house.learner("Alice", scrypt=True)


@pytest.fixture
def who(house: House, alice: Person) -> Credentials:
    """Alice's app, which has reported much."""
    found = sync_clients.let_in(house.companion, alice.id, alice.key)
    played = (sync_clients.play(at + 1, at) for at in range(ACTIONS))
    sync_reports.report(house, found, *played)
    with house.database.writing() as connection:
        for at in range(REPORTS):
            report(house, connection, listening.listener_of(connection, alice.id), at)
        for _ in range(NOTES):
            save(house, connection, alice)
    return found


def report(house: House, connection: Connection, listener: int, at: int) -> bool:
    number = listening.recording(connection, "guid-1", "sha256-1", 3000).number
    message = Message("token", at, ((at * 10, at * 10 + 5),), at * 10, ended=False)
    sitting = Sitting(listener, number, b"s" * 16, 0)
    return report_store.add_report(connection, sitting, message, house.companion.now())


def save(house: House, connection: Connection, person: Person) -> object:
    note = reflecting.Note("guid-1", "Talk 1", "what", (("What?", "words"),))
    change = notes.NoteChange(notes.new_id(), 0, note, house.companion.now().date())
    return notes.save_note(connection, Learner(person.id, person.key), change)


def rows(database: Database) -> dict[str, int]:
    """Return how many rows of learners there are in each table that has any."""
    with database.reading() as connection:
        counts = {
            each.name: int(connection.execute(select(func.count()).select_from(each)).scalar_one())
            for each in (schema.learners, *THEIRS)
        }
    return {name: count for name, count in counts.items() if count}


def erase(house: House, person: Person) -> None:
    with house.database.writing() as connection:
        erasure_store.erase_learner(connection, person.id, house.companion.now().date())


@contextmanager
def transactions(database: Database) -> Iterator[list[int]]:
    """Give how many rows each transaction deletes."""
    deleted: list[int] = []

    def begin(_: Connection) -> None:
        deleted.append(0)

    def count(_: object, cursor: object, statement: str, *__: object) -> None:
        if statement.startswith("DELETE"):
            deleted[-1] += max(0, int(getattr(cursor, "rowcount", 0)))

    event.listen(database.engine, "begin", begin)
    event.listen(database.engine, "after_cursor_execute", count)
    try:
        yield deleted
    finally:
        event.remove(database.engine, "begin", begin)
        event.remove(database.engine, "after_cursor_execute", count)


def test_no_transaction_deletes_more_than_a_few_rows(
    house: House, alice: Person, who: Credentials
) -> None:
    del who
    bob = house.learner("Bob")
    with transactions(house.database) as deleted:
        erase(house, alice)
        assert erasure_store.finish(house.database)
    assert sum(deleted) > ACTIONS + REPORTS + NOTES
    assert max(deleted) <= AT_ONCE + 2, "and the account itself"
    assert rows(house.database) == {"learners": 1, "reflections": 3, "sessions": 1}
    assert len(house.notes(bob)) == 3


def test_once_it_is_said_nothing_of_it_is_shown_and_nothing_is_added(
    house: House, alice: Person, who: Credentials
) -> None:
    with house.database.reading() as connection:
        listener = listening.listener_of(connection, alice.id)
    erase(house, alice)
    assert rows(house.database)["sync_actions"] == ACTIONS, "nothing is deleted yet"
    assert house.nobody().sign_in(alice.phrase).status == 401
    assert house.notes(alice) == []
    line = sync_clients.Line(house.ask)
    assert line.send("GET", sync_reports.episodes(who), sync_clients.basic(who)).status == 401
    with house.database.writing() as connection:
        assert quota.usage(connection, alice.id) == (0, 0, 0)
        assert listening.listener_of(connection, alice.id) == 0
        assert not report(house, connection, listener, REPORTS)
        with pytest.raises(GoneError):
            save(house, connection, alice)
        with pytest.raises(GoneError):
            listening.start_record(connection, alice.id)


def test_a_record_that_is_switched_off_is_gone_at_once_and_another_can_begin(
    house: House, alice: Person, who: Credentials
) -> None:
    del who
    with house.database.writing() as connection:
        before = listening.listener_of(connection, alice.id)
        erasure_store.erase_record(connection, alice.id, house.companion.now().date())
        assert listening.listener_of(connection, alice.id) == 0
        after = listening.start_record(connection, alice.id)
        assert not report(house, connection, before, REPORTS)
        assert progress.progress_of(connection, after, {}) == {}
    with transactions(house.database) as deleted:
        assert erasure_store.finish(house.database)
    assert max(deleted) <= AT_ONCE + 2
    assert rows(house.database) == {
        "learners": 1, "listeners": 1, "reflections": 3 + NOTES, "sessions": 1
    }  # fmt: skip
    assert len(house.notes(alice)) == 3 + NOTES


@pytest.mark.parametrize("at", [0, 1, 4, 8, 12])
def test_a_deletion_that_is_killed_is_finished_by_the_next_start_and_by_purge(
    house: House, alice: Person, who: Credentials, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    del who
    erase(house, alice)
    steps = iter(range(at))

    def pause(_: float) -> None:
        if next(steps, None) is None:
            raise KilledError

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(time, "sleep", pause)
        erasure_store.finish(house.database)
    assert rows(house.database), "it was in the middle"
    purge.purge(house.database, house.companion.now(), unused_years=None)
    assert rows(house.database) == {}


def test_what_takes_long_goes_on_in_the_background(
    house: House, alice: Person, who: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    del who
    began: list[Database] = []
    monkeypatch.setattr(erasure_store, "SOON", 0.0)
    monkeypatch.setattr(erasure_store, "begin_finishing", began.append)
    assert alice.visitor.post("/delete-everything").status == 303
    assert rows(house.database)
    assert began == [house.database]
    erasure_store._finish_quietly(house.database)
    assert rows(house.database) == {}


def test_accounts_that_nobody_uses_are_deleted_in_short_steps(
    house: House, alice: Person, who: Credentials
) -> None:
    del alice, who
    house.learner("Bob")
    later = house.companion.now().replace(year=house.companion.now().year + 9)
    with transactions(house.database) as deleted:
        assert purge.purge(house.database, later, unused_years=2).learners == 2
    assert max(deleted) <= AT_ONCE + 5
    assert rows(house.database) == {}


def test_every_table_of_a_listener_is_a_part_or_small() -> None:
    small = {"app_passwords", "sync_accounts"}  # 50 apps at most, and one row
    parts = {each.table.name for each in erasure_store.PARTS}
    listeners: set[str] = {each.name for each in THEIRS if "listener" in each.c}
    assert listeners <= parts | small
