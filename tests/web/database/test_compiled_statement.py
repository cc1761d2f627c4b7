"""Tests that a statement with many values does what it does with each, on both databases."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from web.database.compiled_statement import CompiledStatement
from web.schema import learners, listeners, media, places

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.database.engine import Database

PEOPLE = 7
DAY = date(2026, 11, 27)
_ADD = CompiledStatement(insert(places))
_MOVE = CompiledStatement(
    update(places)
    .where(places.c.listener == bindparam("of"), places.c.guid == bindparam("what"))
    .values(tenths=bindparam("tenths"), at=bindparam("at"))
)
_TURN = CompiledStatement(
    update(listeners).where(listeners.c.number == bindparam("of")).values(turn=bindparam("turn")),
    in_order=True,
)
_OF = CompiledStatement(
    select(places.c.guid, places.c.tenths, places.c.at, places.c.elsewhere)
    .where(places.c.listener == bindparam("of"), places.c.tenths >= bindparam("least"))
    .order_by(places.c.guid)
)
_COUNT = CompiledStatement(
    select(func.count(media.c.number)).where(media.c.guid == bindparam("guid"))
)  # fmt: skip


@pytest.fixture(autouse=True)
def people(database: Database) -> None:
    with database.writing() as connection:
        for number in range(1, PEOPLE + 1):
            id_, key = str(number), f"{number}".encode()
            values = {"id": id_, "lookup": key, "wrapped": key, "joined": DAY, "seen": DAY}
            connection.execute(insert(learners).values(values))
            connection.execute(insert(listeners).values(number=number, learner=id_, turn=0))


def place(listener: int, guid: str, **more: Any) -> dict[str, Any]:
    row = {"listener": listener, "guid": guid, "tenths": listener * 10, "turn": 1}
    return {**row, "day": "2026-11-27", "finished": 0, "elsewhere": None, "at": None, **more}


def sent(database: Database, act: Callable[[Connection], object]) -> int:
    """Return how many statements the driver was given, apart from the beginning."""
    with database.writing() as connection:
        raw: Any = connection.connection.driver_connection
        if database.is_sqlite:
            said: list[str] = []
            raw.set_trace_callback(said.append)
            act(connection)
            raw.set_trace_callback(None)
            return len(said)
        cursors: list[object] = []
        own = raw.cursor

        def cursor(*args: Any, **options: Any) -> Any:
            cursors.append(own(*args, **options))
            return cursors[-1]

        raw.cursor = cursor
        try:
            act(connection)
        finally:
            del raw.cursor
        return len(cursors)


def all_places(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        columns = (places.c.listener, places.c.guid, places.c.tenths, places.c.day, places.c.at)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns[:2]))]


def test_many_rows_are_added_and_changed_as_one_by_one(database: Database) -> None:
    rows = [place(number, guid, at=number or None) for number in range(1, 8) for guid in "xÿ"]
    with database.writing() as connection:
        _ADD.write(connection, rows)
    assert all_places(database) == [
        (row["listener"], row["guid"], row["tenths"], DAY, row["at"])
        for row in sorted(rows, key=lambda row: (row["listener"], row["guid"]))
    ]
    changes = [
        {"of": number, "what": "x", "tenths": 5, "at": None if number % 2 else 2**40}
        for number in range(1, PEOPLE + 1)
    ]
    with database.writing() as connection:
        _MOVE.write(connection, changes)
    assert [(row[2], row[4]) for row in all_places(database) if row[1] == "x"] == [
        (5, each["at"]) for each in changes
    ]
    assert [row[2] for row in all_places(database) if row[1] != "x"] == [
        number * 10 for number in range(1, PEOPLE + 1)
    ]


def test_each_gets_its_own_rows_in_the_order_that_was_asked(database: Database) -> None:
    with database.writing() as connection:
        _ADD.write(connection, [place(2, "b"), place(2, "a"), place(4, "c", at=9), place(5, "d")])
    asked = [{"of": of, "least": 15} for of in (4, 1, 2, 4)] + [{"of": 5, "least": 51}]
    with database.reading() as connection:
        every = _OF.rows_of_each(connection, asked)
        assert every == [_OF.rows(connection, each) for each in asked]
        assert every[0] == every[3] == [("c", 40, 9, None)]
        assert every[2] == [("a", 20, None, None), ("b", 20, None, None)]
        assert (every[1], every[4]) == ([], [])
        assert _OF.rows_of_each(connection, asked[:1]) == [[("c", 40, 9, None)]]
        assert _OF.rows_of_each(connection, []) == []
        assert _COUNT.rows_of_each(connection, [{"guid": "x"}, {"guid": "y"}]) == [[(0,)]] * 2


def test_postgresql_is_given_one_statement_for_many_values(database: Database) -> None:
    rows = [place(number, "x") for number in range(1, PEOPLE + 1)]
    many = PEOPLE if database.is_sqlite else 1
    assert sent(database, lambda connection: _ADD.write(connection, rows)) == many
    asked = [{"of": number, "least": 0} for number in range(PEOPLE)]
    assert sent(database, lambda connection: _OF.rows_of_each(connection, asked)) == many


def test_a_text_that_is_too_long_is_not_cut(database: Database) -> None:
    code = CompiledStatement(insert(learners))
    row = {"lookup": b"", "wrapped": b"", "joined": "2026-11-27", "seen": "2026-11-27"}
    driver: Any = database.engine.dialect.loaded_dbapi
    # SQLite limits no text.
    refused = nullcontext() if database.is_sqlite else pytest.raises(driver.Error)
    with refused, database.writing() as connection:
        rows = [{**row, "id": each + "a" * 32, "lookup": each.encode()} for each in "xy"]
        code.write(connection, rows)


def test_what_locks_is_written_row_after_row(database: Database) -> None:
    rows = [{"of": number, "turn": 3} for number in (1, 2, 3)]
    with database.writing() as connection:
        _TURN.write(connection, rows)
        assert "many" not in _TURN._texts, "one statement would lock in an order of its own"
        found = select(listeners.c.turn).order_by(listeners.c.number)
        assert connection.scalars(found).all() == [3, 3, 3, 0, 0, 0, 0]
