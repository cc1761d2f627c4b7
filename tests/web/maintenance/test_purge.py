"""A purge: what is over goes, at a fixed moment, and the second time there is nothing left."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.kit.companion import database_rows
from tests.kit.companion.database_rows import NOW, SECONDS, TODAY, put
from web import schema
from web.listening import coverage, report_store, store
from web.listening.rules import Message, Sitting
from web.maintenance.purge import Purged, merge, purge

if TYPE_CHECKING:
    from web.database.engine import Database

NOTHING = Purged(sessions=0, invitations=0, join_codes=0, learners=0)


def code(database: Database, name: str, expires: date, withdrawn: date | None = None) -> None:
    values = {"digest": name.encode(), "sealed": b"", "uses_left": 8, "made": TODAY}
    put(database, schema.join_codes, id=name, expires=expires, withdrawn=withdrawn, **values)


def session(database: Database, name: bytes, began: int, seen: int) -> None:
    put(database, schema.sessions, digest=name, began=SECONDS - began, seen=SECONDS - seen)


def account(database: Database, name: str, seen: date) -> None:
    with database.writing() as connection:
        database_rows.learner(connection, name, seen=seen)
        database_rows.reflection(connection, f"by-{name}", name, changed=seen)


def test_sessions_end_after_15_idle_minutes_or_12_hours(database: Database) -> None:
    session(database, b"lively", 60 * 60, 15 * 60)
    session(database, b"long", 12 * 60 * 60, 0)
    session(database, b"idle", 60 * 60, 15 * 60 + 1)
    session(database, b"too long", 12 * 60 * 60 + 1, 0)
    assert purge(database, NOW, unused_years=6) == NOTHING._replace(sessions=2)
    with database.reading() as connection:
        left = set(connection.scalars(select(schema.sessions.c.digest)))
    assert left == {b"lively", b"long"}


def test_an_organisation_may_give_sessions_another_length(database: Database) -> None:
    session(database, b"short", 100, 20)
    session(database, b"shorter", 10, 0)
    assert purge(database, NOW, unused_years=None, idle=30, longest=100) == NOTHING
    assert purge(database, NOW, unused_years=None, idle=30, longest=99).sessions == 1
    assert purge(database, NOW, unused_years=None, idle=-1, longest=99).sessions == 1


def test_invitations_go_when_they_expire(database: Database) -> None:
    put(database, schema.invitations, digest=b"still good", expires=SECONDS + 1)
    put(database, schema.invitations, digest=b"just over", expires=SECONDS)
    assert purge(database, NOW, unused_years=6) == NOTHING._replace(invitations=1)


def test_join_codes_go_30_days_after_they_ended(database: Database) -> None:
    long_ago, just = TODAY - timedelta(days=31), TODAY - timedelta(days=30)
    code(database, "good", TODAY)
    code(database, "just expired", just)
    code(database, "just withdrawn", TODAY, just)
    code(database, "expired", long_ago)
    code(database, "withdrawn", TODAY, long_ago)
    assert purge(database, NOW, unused_years=6) == NOTHING._replace(join_codes=2)
    assert database_rows.ids(database, schema.join_codes) == {
        "good",
        "just expired",
        "just withdrawn",
    }


def test_accounts_unused_for_years_go_with_all_that_is_theirs(database: Database) -> None:
    account(database, "alice", date(2020, 11, 1))
    account(database, "bob", date(2020, 10, 31))
    assert purge(database, NOW, unused_years=6) == NOTHING._replace(learners=1)
    assert database_rows.ids(database, schema.learners) == {"alice"}
    assert database_rows.ids(database, schema.reflections) == {"by-alice"}
    assert database_rows.contents(database)["erased"] == [("bob", TODAY)]


def test_accounts_stay_where_nobody_asked_for_their_end(database: Database) -> None:
    account(database, "alice", date(1990, 1, 1))
    assert purge(database, NOW, unused_years=None) == NOTHING
    assert database_rows.ids(database, schema.learners) == {"alice"}


@pytest.mark.parametrize(("seen", "gone"), [(date(2027, 2, 27), 1), (date(2027, 2, 28), 0)])
def test_on_a_29_february_years_are_counted_from_the_28(
    database: Database, seen: date, gone: int
) -> None:
    account(database, "alice", seen)
    leap = NOW.replace(year=2028, month=2, day=29)
    assert purge(database, leap, unused_years=1).learners == gone


def test_the_second_purge_finds_nothing(database: Database) -> None:
    database_rows.fill(database)
    session(database, b"idle", 7200, 7200)
    code(database, "old", TODAY - timedelta(days=99))
    account(database, "unused", date(2020, 1, 1))
    put(database, schema.invitations, digest=b"over", expires=SECONDS - 1)
    done = purge(database, NOW, unused_years=6)
    said = "sessions: 1, invitations: 1, join codes: 1, accounts: 1, listening reports: 0"
    assert str(done) == said
    before = database_rows.contents(database)
    assert purge(database, NOW, unused_years=6) == NOTHING
    assert database_rows.contents(database) == before


def test_reports_of_long_ago_are_merged_and_coverage_stays_as_it_was(database: Database) -> None:
    with database.writing() as connection:
        for name in ("alice", "bob"):
            database_rows.learner(connection, name)
            store.start_record(connection, name)
    long_ago = date(2024, 3, 5)
    lead = {"id": "l", "name": "Lead", "password": "", "totp": b"", "step": 0, "made": long_ago}
    put(database, schema.leads, **lead)
    for sequence, runs in enumerate([((0, 600),), ((500, 900),), ((0, 100), (2000, 2100))]):
        hear(database, "alice", runs, sequence, long_ago)
        hear(database, "bob", runs, sequence + 10, TODAY)
    before = database_rows.contents(database)
    assert merge(database, b"k" * 32, NOW, lambda _: {"g": "Talk"}) == 2
    after = database_rows.contents(database)
    assert (len(before["events"]), len(after["events"])) == (6, 4)
    assert after["coverage"] == before["coverage"]
    with database.writing() as connection:
        assert store.rebuild(connection) == (2, 0), "rebuilt of what is left, it is the same"
    assert "2024-03" in {row[0] for row in after["figures"]}, "the month was counted before"
    assert merge(database, b"k" * 32, NOW, lambda _: {"g": "Talk"}) == 0
    hear(database, "alice", ((2500, 2600),), 20, TODAY)
    with database.writing() as connection:
        assert store.rebuild(connection) == (2, 0)


def hear(database: Database, who: str, runs: coverage.Coverage, sequence: int, day: date) -> None:
    with database.writing() as connection:
        of = store.recording(connection, "g", "v", 3000)
        sitting = Sitting(store.listener_of(connection, who), of.number, b"s", 0)
        said = Message("", sequence, coverage.union(runs), None, ended=False)
        report_store.add_report(connection, sitting, said, datetime.combine(day, time(12), UTC))
