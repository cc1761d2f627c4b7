"""Numbers about people: rounded, frozen, and no two pages of them reveal anybody."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import gathering
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from web.listening import arriving, coverage, store
from web.listening.rules import Message, Sitting
from web.numbers import rules
from web.numbers import store as numbers
from web.schema import events, figures, learners

if TYPE_CHECKING:
    from pathlib import Path

    from web.database import Database
    from web.numbers.rules import Month

TITLES = {"g-1": "Listening", "g-2": "=Asking"}


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, rules.FEW), (7, rules.FEW), (8, "about 10"), (12, "about 10"), (13, "about 15"),
     (1002, "about 1000")],
)  # fmt: skip
def test_small_numbers_are_hidden_and_others_rounded(count: int, shown: str) -> None:
    assert rules.shown(count) == shown


def test_a_month_is_shown_only_when_it_is_over() -> None:
    names = [name for name, *_ in rules.ended(date(2026, 9, 30), date(2026, 11, 30))]
    assert names == ["2026-09", "2026-10"]
    assert [*rules.ended(date(2026, 11, 1), date(2026, 11, 30))] == []


def test_too_few_people_are_a_sentence_and_no_table() -> None:
    assert rules.freeze("2026-10", TITLES, {"g-1": 7}, 7).lines is None


def test_every_episode_has_a_line_whether_it_was_heard_or_not() -> None:
    month = rules.freeze("2026-10", TITLES, {"g-1": 20}, 20)
    assert [line.shown for line in month.lines or ()] == ["about 20", rules.FEW]


def test_the_spreadsheet_says_what_the_page_says_and_calculates_nothing() -> None:
    months = [rules.freeze("2026-10", TITLES, {"g-1": 20}, 20), rules.freeze("2026-09", {}, {}, 1)]
    rows = list(csv.reader(io.StringIO(rules.as_csv(months)[1:], newline="")))
    assert rows[0] == list(rules.COLUMNS)
    assert [row[1:3] for row in rows[1:]] == [
        ["Listening", "about 20"], ["'=Asking", rules.FEW], ["(the whole show)", rules.FEW],
    ]  # fmt: skip
    assert all(rules.UNTOLD in row and rules.LISTENED in row for row in rows[1:])


def listen(database: Database, who: int, guid: str, day: date, tenths: int = 700) -> None:
    """Let one learner hear something; they join when they are not there."""
    name = f"learner-{who}"
    with database.writing() as connection:
        row = {"lookup": name.encode(), "wrapped": b"-", "joined": day, "seen": day}
        if not store.listener_of(connection, name):
            connection.execute(delete(learners).where(learners.c.id == name))
            connection.execute(insert(learners).values(id=name, **row))
        of = store.recording(connection, guid, "v-1", 10_000)
        sitting = Sitting(store.begin(connection, name), of.number, guid.encode(), 0)
        said = Message("", day.toordinal(), coverage.union([(0, tenths)]), None, False)
        arriving.hear(connection, sitting, said, datetime.combine(day, time(12), UTC))


def look(database: Database, today: date) -> list[Month]:
    with database.writing() as connection:
        names = numbers.freeze(connection, lambda _: TITLES, today)
        found = numbers.months(connection)
    assert [month.name for month in found] == names
    return found


def test_a_month_that_was_seen_stays_as_it_was_whoever_leaves_or_comes_late(
    database: Database,
) -> None:
    for who in range(13):
        listen(database, who, "g-1", date(2026, 10, 5))
    before = look(database, date(2026, 11, 1))
    assert [line.shown for line in before[0].lines or ()] == ["about 15", rules.FEW]
    with database.writing() as connection:
        connection.execute(delete(learners).where(learners.c.id != "learner-1"))
    assert look(database, date(2026, 11, 30)) == before
    listen(database, 50, "g-1", date(2026, 11, 2))
    assert look(database, date(2026, 11, 30)) == before


def test_less_than_a_minute_counts_nobody(database: Database) -> None:
    for who in range(20):
        listen(database, who, "g-1", date(2026, 10, 5), tenths=599)
    lines = look(database, date(2026, 11, 1))[0].lines
    assert [line.shown for line in lines or ()] == [rules.FEW, rules.FEW]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hear", "leave", "look", "wait"]),
        st.integers(0, 11),
        st.sampled_from(sorted(TITLES)),
    ),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25,
          deadline=None)  # fmt: skip
@given(ACTS)
def test_no_two_pages_differ_by_anything_that_somebody_did_between_them(
    database: Database, acts: list[tuple[str, int, str]]
) -> None:
    with database.writing() as connection:
        for table in (learners, events, figures):
            connection.execute(delete(table))
    today, seen = date(2026, 1, 20), dict[str, object]()
    for who in range(9):
        listen(database, who, "g-1", today)
    for act, who, guid in [*acts, ("look", 0, "g-1")]:
        if act == "hear":
            listen(database, who, guid, today)
        elif act == "leave":
            with database.writing() as connection:
                connection.execute(delete(learners).where(learners.c.id == f"learner-{who}"))
        elif act == "wait":
            today += timedelta(days=12)
        else:
            for month in look(database, today):
                assert month.name < f"{today:%Y-%m}", "a month that goes on is never shown"
                assert seen.setdefault(month.name, month) == month, "it never changes"
                shown = {line.shown for line in month.lines or ()}
                assert all(each == rules.FEW or int(each[6:]) % 5 == 0 for each in shown)


def test_a_lead_sees_the_newest_month_and_can_go_to_another(
    tmp_path: Path, database: Database
) -> None:
    found = gathering.settings(tmp_path, database)
    clock = datetime(2026, 11, 23, 12, tzinfo=UTC)
    house = gathering.house(found, clock=lambda: clock)
    for who in range(8):
        listen(database, who, gathering.GUIDS[0], date(2026, 10, 5))
        listen(database, who, gathering.GUIDS[1], date(2026, 9, 5))
    charlie = house.lead().visitor
    newest = charlie.get("/desk/numbers/").text
    assert '<h2 id="month">October 2026</h2>' in newest
    assert "/desk/numbers/?month=2026-09" in newest
    assert '<h2 id="month">September 2026</h2>' in charlie.get("/desk/numbers/?month=2026-09").text
    assert {charlie.get(f"/desk/numbers/?month={asked}").status
            for asked in ("2026-11", "2026-08", "%00", "x")} == {404}  # fmt: skip
    rows = charlie.get("/desk/numbers/numbers.csv").text
    assert rows.count("about 10") == 2
    house.close()
