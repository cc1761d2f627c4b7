"""Compiles statements that read many rows of values as a table, and sends each once for all rows.

Each call of a driver costs a turn of Python's lock: sqlite3 gives it up at every step, and waits
for it behind every other thread. PostgreSQL takes longer to plan a small statement than to carry it
out. Values are what CompiledStatement takes.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause, TableClause, column, select, table, true
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import insert  # SQLite takes its ON CONFLICT, too

from web.database import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ClauseElement, Connection, Table
    from sqlalchemy.types import TypeEngine

    Values = dict[str, Any]

MOST = 16  # rows in one statement of SQLite, which keeps one for each number of them


def given(**types: TypeEngine[Any]) -> TableClause:
    """Return the table that a statement reads its rows from; its columns have these types."""
    parts: list[ColumnClause[Any]] = [column(name, kind) for name, kind in types.items()]
    return table("given", *parts)


class BatchStatement:
    """A statement on the table that `given` returned."""

    def __init__(self, statement: ClauseElement, source: TableClause) -> None:
        self._statement = statement
        self._types = {each.name: each.type for each in source.columns}
        self._texts: dict[str, str] = {}
        self._numbers = columns.numbers(statement)

    def rows(self, connection: Connection, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """Ask with these rows; return every row. A damaged number reads as 0."""
        answer: list[tuple[Any, ...]] = []
        cursor: Any = connection.connection.cursor()
        for text, values in self._parts(connection, rows):
            cursor.execute(text, values)
            answer += cursor.fetchall()
        cursor.close()
        return [columns.readable(row, self._numbers) for row in answer]

    def write(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write these rows; no two of them change the same row."""
        cursor: Any = connection.connection.cursor()
        for text, values in self._parts(connection, rows):
            cursor.execute(text, values)
        cursor.close()

    def _parts(self, connection: Connection, rows: Sequence[Values]) -> Iterator[tuple[str, Any]]:
        """Yield (statement, its values) until all rows are in one."""
        if connection.dialect.name != "sqlite":
            names = self._types
            if rows:
                yield self._text(connection), {n: [row[n] for row in rows] for n in names}
            return
        for at in range(0, len(rows), MOST):
            some = rows[at : at + MOST]
            row = f"({', '.join('?' * len(self._types))})"
            many = f"VALUES {', '.join([row] * len(some))}"
            values = [*chain.from_iterable([row[name] for name in self._types] for row in some)]
            yield self._text(connection).replace("VALUES", many, 1), values

    def _text(self, connection: Connection) -> str:
        name = connection.dialect.name
        if name not in self._texts:
            self._texts[name] = self._compile(connection)
        return self._texts[name]

    def _compile(self, connection: Connection) -> str:
        dialect = connection.dialect
        if dialect.name == "sqlite":
            rows, dialect = "VALUES", sqlite.dialect(paramstyle="named")
        else:
            # Without its length: a cast would cut a text that is too long, and say nothing.
            kinds = {n: kind.compile(dialect).partition("(")[0] for n, kind in self._types.items()}
            arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in kinds.items())
            rows = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - our own names
        names = ", ".join(f'"{name}"' for name in self._types)
        return f"WITH given({names}) AS ({rows}) {self._statement.compile(dialect=dialect)}"


def adding(target: Table, names: Sequence[str], change: Sequence[str] = ()) -> BatchStatement:
    """Return a statement that adds rows of these columns to a table.

    If there is a row with the same key, and `change` names columns, it gets their values instead.
    """
    source = given(**{name: target.c[name].type for name in names})
    # Without a condition SQLite would take ON for that of a join.
    statement = insert(target).from_select([*names], select(source).where(true()))
    if change:
        values = {name: statement.excluded[name] for name in change}
        statement = statement.on_conflict_do_update(index_elements=target.primary_key, set_=values)
    return BatchStatement(statement, source)
