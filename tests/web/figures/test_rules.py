"""Numbers about people: rounded, frozen, and no two pages of them reveal anybody."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from episodes import translations
from tests.kit import pseudo_language as pseudo
from tests.kit.companion import cast
from tests.kit.companion.lead_figures import TITLES, begin, listen, look
from web.figures import rules, spreadsheet
from web.schema import events, figures, leads, learners

if TYPE_CHECKING:
    from pathlib import Path

    from web.database.engine import Database
    from web.figures.rules import Month


@pytest.mark.parametrize(
    ("count", "offset", "shown"),
    [(0, 0, rules.FEW), (7, 0, rules.FEW), (8, 0, "about 15"), (16, 9, rules.FEW),
     (17, 9, "about 15"), (17, 0, "about 15"), (18, 0, "about 25"), (1002, 0, "about 1005")],
)  # fmt: skip
def test_small_numbers_are_hidden_and_others_in_steps(count: int, offset: int, shown: str) -> None:
    assert rules.shown(count, offset) == shown


@given(st.integers(0, 5000), st.integers(0, rules.STEP - 1))
def test_a_figure_is_never_further_from_the_number_than_the_page_says(
    count: int, offset: int
) -> None:
    shown = rules.shown(count, offset)
    if shown == rules.FEW:
        assert count < rules.FEWEST + rules.STEP - 1
    else:
        assert count >= rules.FEWEST
        assert -7 <= count - int(shown[6:]) <= 11


def test_a_month_is_shown_only_when_it_is_over() -> None:
    names = [name for name, *_ in rules.ended(date(2026, 9, 30), date(2026, 11, 30))]
    assert names == ["2026-09", "2026-10"]
    assert [*rules.ended(date(2026, 11, 1), date(2026, 11, 30))] == []


def frozen(month: str, counts: dict[str, int]) -> Month:
    return rules.freeze(month, TITLES, counts, lambda _: 0)


def test_too_few_people_are_a_sentence_and_no_table() -> None:
    assert frozen("2026-10", {"g-1": 7, "g-2": 7}).figures is None


def test_every_episode_has_a_line_whether_it_was_heard_or_not() -> None:
    month = frozen("2026-10", {"g-1": 20})
    assert [figure.shown for figure in month.figures or ()] == ["about 25", rules.FEW]


def test_the_spreadsheet_says_in_short_what_it_counts_and_calculates_nothing() -> None:
    months = [frozen("2026-10", {"g-1": 20}), frozen("2026-09", {})]
    rows = list(csv.reader(io.StringIO(spreadsheet.as_csv(months)[1:], newline="")))
    assert rows[0] == list(spreadsheet.COLUMNS)
    assert [row[1:3] for row in rows[1:]] == [
        ["Listening", "about 25"], ["'=Asking", rules.FEW], ["(the whole show)", rules.FEW],
    ]  # fmt: skip
    assert all(row[3] == spreadsheet.COUNTED for row in rows[1:])
    assert len(spreadsheet.COUNTED) <= 40


def test_the_spreadsheet_is_in_the_language_of_the_organisation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [frozen("2026-10", {"g-1": 1100}), frozen("2026-09", {})]
    with pseudo.spoken(tmp_path, monkeypatch), translations.using(pseudo.LANGUAGE):
        rows = list(csv.reader(io.StringIO(spreadsheet.as_csv(months)[1:], newline="")))
    assert all(cell.startswith("⟦") for cell in rows[0])
    assert rows[1][:2] == ["2026-10", "Listening"]
    assert rows[1][2].startswith("⟦about 1105")
    assert all(row[3].startswith("⟦") for row in rows[1:])
    assert rows[3][1].startswith("⟦(the whole show)")


def test_a_month_that_was_seen_stays_as_it_was_whoever_leaves_or_comes_late(
    database: Database,
) -> None:
    begin(database, date(2026, 10, 31))
    for who in range(27):
        listen(database, who, "g-1", date(2026, 10, 5))
    before = look(database, date(2026, 11, 1))
    assert [figure.shown for figure in before[0].figures or ()] == ["about 25", rules.FEW]
    with database.writing() as connection:
        connection.execute(delete(learners).where(learners.c.id != "learner-1"))
    assert look(database, date(2026, 11, 30)) == before
    listen(database, 50, "g-1", date(2026, 11, 2))
    assert look(database, date(2026, 11, 30)) == before


def test_less_than_a_minute_counts_nobody(database: Database) -> None:
    begin(database)
    for who in range(20):
        listen(database, who, "g-1", date(2026, 10, 5), tenths=599)
    assert look(database, date(2026, 11, 1))[0].figures is None


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
        for table in (learners, events, figures, leads):
            connection.execute(delete(table))
    begin(database)
    today, seen = date(2026, 1, 20), dict[str, object]()
    for who in range(20):
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
                shown = {figure.shown for figure in month.figures or ()}
                assert all(each == rules.FEW or int(each[6:]) % 10 == 5 for each in shown)


def test_a_lead_sees_the_newest_month_and_can_go_to_another(
    tmp_path: Path, database: Database
) -> None:
    found = cast.settings(tmp_path, database)
    clock = datetime(2026, 11, 23, 12, tzinfo=UTC)
    house = cast.house(found, clock=lambda: clock)
    begin(database, date(2026, 9, 30))
    for who in range(17):
        listen(database, who, cast.GUIDS[0], date(2026, 10, 5))
        listen(database, who, cast.GUIDS[1], date(2026, 9, 5))
    charlie = house.lead().visitor
    newest = charlie.get("/desk/numbers/").text
    assert '<h2 id="month">October 2026</h2>' in newest
    assert "/desk/numbers/?month=2026-09" in newest
    assert '<h2 id="month">September 2026</h2>' in charlie.get("/desk/numbers/?month=2026-09").text
    assert {charlie.get(f"/desk/numbers/?month={asked}").status
            for asked in ("2026-11", "2026-08", "%00", "x")} == {404}  # fmt: skip
    rows = charlie.get("/desk/numbers/numbers.csv").text
    assert rows.count("about 15") == 2
    house.close()
