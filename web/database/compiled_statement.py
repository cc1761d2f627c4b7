"""Compiles statements that come often once, and gives them to the driver as they are.

SQLAlchemy takes longer to send a small statement than SQLite to carry it out. So this leaves out
what it does for each: values are numbers, texts, bytes, and days as texts; every one of them is
named in the statement, and rows are plain tuples. For many rows see batch_statement.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite as dialects

from web.database import columns

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Connection

Values = dict[str, Any]


class CompiledStatement:
    """A statement that is asked with one set of values."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._texts: dict[str, str] = {}
        self._numbers = columns.numbers(statement)

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Ask; return every row. A damaged number reads as 0, as it does of any other question."""
        cursor: Any = connection.connection.cursor()
        cursor.execute(self._text(connection), values)
        rows: list[Any] = cursor.fetchall()
        cursor.close()
        return [columns.readable(row, self._numbers) for row in rows]

    def write(self, connection: Connection, values: Values) -> None:
        """Write with these values."""
        cursor: Any = connection.connection.cursor()
        cursor.execute(self._text(connection), values)
        cursor.close()

    def _text(self, connection: Connection) -> str:
        name = connection.dialect.name
        if name not in self._texts:
            # Both drivers take values by name: sqlite3 as :name, psycopg as %(name)s.
            named = dialects.dialect(paramstyle="named")
            dialect = named if name == "sqlite" else connection.dialect
            self._texts[name] = str(self._statement.compile(dialect=dialect))
        return self._texts[name]
