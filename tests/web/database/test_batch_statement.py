"""Tests that a statement with many values does what it does with each, on both databases."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import and_, insert, select
from sqlalchemy.exc import DBAPIError

from episodes.errors import EarmarkError
from web.database.batch_statement import MOST, BatchStatement, adding, given
from web.listening import report_store
from web.schema import learners, listeners, places

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.database.engine import Database

PEOPLE = MOST + 7  # more than SQLite gets in one statement
DAY = date(2026, 11, 27)
_ADD = adding(places, places.c.keys())
_PUT = adding(places, places.c.keys(), change=("tenths", "at"))
_ASKED = given(nr=places.c.tenths.type, of=places.c.listener.type, least=places.c.tenths.type)
_OF = BatchStatement(
    select(_ASKED.c.nr, places.c.guid, places.c.tenths, places.c.at, places.c.elsewhere)
    .select_from(_ASKED)
    .join(places, and_(places.c.listener == _ASKED.c.of, places.c.tenths >= _ASKED.c.least))
    .order_by(_ASKED.c.nr, places.c.guid),
    _ASKED,
)


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
    rows = [
        place(number, guid, at=number or None) for number in range(1, PEOPLE + 1) for guid in "xÿ"
    ]
    with database.writing() as connection:
        _ADD.write(connection, rows)
    assert all_places(database) == [
        (row["listener"], row["guid"], row["tenths"], DAY, row["at"])
        for row in sorted(rows, key=lambda row: (row["listener"], row["guid"]))
    ]
    changes = [
        place(number, "x", tenths=5, turn=9, at=None if number % 2 else 2**40)
        for number in range(1, PEOPLE + 1)
    ]
    with database.writing() as connection:
        _PUT.write(connection, [*changes, place(1, "new")])
        assert set(connection.scalars(select(places.c.turn))) == {1}, "nobody asked to change it"
    assert (1, "new", 10, DAY, None) in all_places(database)
    assert [(row[2], row[4]) for row in all_places(database) if row[1] == "x"] == [
        (5, each["at"]) for each in changes
    ]
    assert [row[2] for row in all_places(database) if row[1] == "ÿ"] == [
        number * 10 for number in range(1, PEOPLE + 1)
    ]


def test_every_row_that_is_asked_with_gets_its_own(database: Database) -> None:
    with database.writing() as connection:
        _ADD.write(connection, [place(2, "b"), place(2, "a"), place(4, "c", at=9), place(5, "d")])
    asked = [{"of": of, "least": 15} for of in (4, 1, 2, 4, *[1] * MOST)] + [{"of": 5, "least": 51}]
    with database.reading() as connection:
        rows = _OF.rows(connection, [{"nr": nr, **each} for nr, each in enumerate(asked)])
        assert rows == [
            (0, "c", 40, 9, None), (2, "a", 20, None, None), (2, "b", 20, None, None),
            (3, "c", 40, 9, None),
        ]  # fmt: skip
        assert _OF.rows(connection, []) == []


def test_many_values_are_one_statement(database: Database) -> None:
    rows = [place(number, "x") for number in range(1, PEOPLE + 1)]
    parts = -(-PEOPLE // MOST) if database.is_sqlite else 1
    asked = [{"nr": number, "of": number, "least": 0} for number in range(PEOPLE)]
    assert sent(database, lambda connection: _ADD.write(connection, rows)) == 1 + (parts > 1)
    assert sent(database, lambda connection: _OF.rows(connection, asked)) == 1 + (parts > 1)


def test_a_text_that_is_too_long_is_not_cut(database: Database) -> None:
    code = adding(learners, ("id", "lookup", "wrapped", "joined", "seen"))
    row = {"lookup": b"", "wrapped": b"", "joined": "2026-11-27", "seen": "2026-11-27"}
    driver: Any = database.engine.dialect.loaded_dbapi
    # SQLite limits no text.
    refused = nullcontext() if database.is_sqlite else pytest.raises(driver.Error)
    with refused, database.writing() as connection:
        rows = [{**row, "id": each + "a" * 32, "lookup": each.encode()} for each in "xy"]
        code.write(connection, rows)


def test_listeners_are_locked_in_the_order_of_their_numbers(database: Database) -> None:
    if database.is_sqlite:
        return  # it has one writer, and no locks of rows
    lock = select(listeners.c.number).with_for_update(nowait=True)

    def is_locked(number: int) -> bool:
        try:
            with database.writing() as connection:
                return not connection.execute(lock.where(listeners.c.number == number)).all()
        except (DBAPIError, EarmarkError):
            return True

    def turn() -> None:
        with database.writing() as connection:
            report_store._TURN.write(connection, [{"of": number} for number in (5, 1, 3, 2, 4)])

    with database.writing() as connection, ThreadPoolExecutor(2) as pool:
        connection.execute(lock.where(listeners.c.number == 3))
        waits = pool.submit(turn)
        until = time.monotonic() + 20
        while not pool.submit(is_locked, 2).result() and time.monotonic() < until:
            time.sleep(0.02)
        locked = [number for number in (1, 2, 4, 5) if pool.submit(is_locked, number).result()]
        connection.rollback()
        waits.result()
    assert locked == [1, 2]
