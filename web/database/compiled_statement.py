"""Compiles statements that come often once, and gives them to the driver as they are.

SQLAlchemy takes longer to send a small statement than SQLite to carry it out. So this leaves out
what it does for each: values are numbers, texts, bytes, and days as texts; every one of them is
named in the statement, and rows are plain tuples.

PostgreSQL takes longer to plan a small statement than to carry it out. So it gets one statement for
many values, as arrays. (It could plan it once only in a session of its own, which a pooler shares.)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite as dialects

from web.database import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ClauseElement, Connection

Values = dict[str, Any]
_NAMED = re.compile(r"%\((\w+)\)s(?:::\w+)?")  # a value, with its type or without


class CompiledStatement:
    """A statement; `in_order` writes one row after another, which is the order of their locks."""

    def __init__(self, statement: ClauseElement, *, in_order: bool = False) -> None:
        self._statement = statement
        self._in_order = in_order
        self._texts: dict[str, str] = {}
        self._numbers = columns.numbers(statement)

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Ask; return every row. A damaged number reads as 0, as it does of any other question."""
        fetched = _fetch(connection, self._text(connection), values)
        return [columns.readable(row, self._numbers) for row in fetched]

    def rows_of_each(self, connection: Connection, every: Sequence[Values]) -> list[list[Any]]:
        """Ask with each of these values; return the rows of each."""
        if len(every) < 2 or connection.dialect.name == "sqlite":
            return [self.rows(connection, values) for values in every]
        rows: list[list[Any]] = [[] for _ in every]
        for number, *row in _fetch(connection, self._text_of_many(connection), _arrays(every)):
            rows[number - 1].append(columns.readable(tuple(row), self._numbers))
        return rows

    def write(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write with each of these values; no two of them change the same row."""
        cursor: Any = connection.connection.cursor()
        if len(rows) < 2 or self._in_order or connection.dialect.name == "sqlite":
            cursor.executemany(self._text(connection), rows)
        else:
            cursor.execute(self._text_of_many(connection), _arrays(rows))
        cursor.close()

    def _text(self, connection: Connection) -> str:
        name = connection.dialect.name
        if name not in self._texts:
            # Both drivers take values by name: sqlite3 as :name, psycopg as %(name)s.
            named = dialects.dialect(paramstyle="named")
            dialect = named if name == "sqlite" else connection.dialect
            self._texts[name] = str(self._statement.compile(dialect=dialect))
        return self._texts[name]

    def _text_of_many(self, connection: Connection) -> str:
        """Return the statement with the columns of an array for each value; of PostgreSQL."""
        if "many" not in self._texts:
            self._texts["many"] = self._compile_many(connection)
        return self._texts["many"]

    def _compile_many(self, connection: Connection) -> str:
        compiled: Any = self._statement.compile(dialect=connection.dialect)
        text = _NAMED.sub(r'v."\1"', str(compiled))
        # Without its length: a cast would cut a text that is too long, and say nothing.
        types = {
            name: each.type.compile(connection.dialect).partition("(")[0]
            for name, each in compiled.binds.items()
        }
        arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in types.items())
        names = ", ".join(f'"{name}"' for name in (*types, "nr"))
        many = f"unnest({arrays}) WITH ORDINALITY AS v({names})"
        if compiled.isinsert:
            head, _, row = text.partition("VALUES (")
            return f"{head}SELECT {row.removesuffix(')')} FROM {many}"  # noqa: S608 - our own names
        if compiled.isupdate:
            return text.replace(" WHERE ", f" FROM {many} WHERE ", 1)
        return f"SELECT v.nr, q.* FROM {many}, LATERAL ({text}) AS q ORDER BY v.nr"  # noqa: S608


def _fetch(connection: Connection, text: str, values: Values) -> list[Any]:
    cursor: Any = connection.connection.cursor()
    cursor.execute(text, values)
    rows: list[Any] = cursor.fetchall()
    cursor.close()
    return rows


def _arrays(rows: Sequence[Values]) -> dict[str, list[Any]]:
    """Return rows as columns."""
    return {name: [row[name] for row in rows] for name in rows[0]}
