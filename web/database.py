"""The one door to the database: SQLite or PostgreSQL by the same text.

A read sees one moment; a write is whole, and on the disk when it is acknowledged.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from episodes.findings import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ClauseElement

Values = dict[str, Any]

WAIT = 10  # seconds that a writer waits for one of another process
CONNECTIONS, MOST = 32, 160  # to SQLite that stay open, and in all: more than there are threads
PATIENCE = 60  # seconds that it waits for those of its own


class Database:
    """An organisation's database, by its address: `sqlite:///FILE` or `postgresql://...`."""

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
            if url.drivername in {"postgresql", "postgres"}:
                url = url.set(drivername="postgresql+psycopg")
            self.engine = _sqlite(url.database) if url.drivername == "sqlite" else _server(url)
        except (ArgumentError, NoSuchModuleError, ValueError):  # a port that is no number
            raise EarmarkError(
                "this is no address of a database; write sqlite:///FILE or postgresql://HOST/NAME"
            ) from None
        except ImportError:
            raise EarmarkError(
                "PostgreSQL needs its driver: run `pipx install --force '.[postgresql]'` in "
                "Earmark's own folder"
            ) from None
        self.is_sqlite = url.drivername == "sqlite"
        self._writers = threading.Lock()
        self.file = Path(url.database) if self.is_sqlite and url.database else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database and writes nothing."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._begun(**options) as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is kept as a whole at the end, or not at all."""
        with self._turn(), self._begun(writes=True) as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread at a time ask SQLite to write: of many who wait there, some never come."""
        taken = self.is_sqlite and self._writers.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            if taken:
                self._writers.release()

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[Connection]:
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self.engine.connect())
                stack.enter_context(connection.execution_options(**options).begin())
            except DatabaseError as error:  # not there, no database, or locked for too long
                said = str(error.orig).partition("\n")[0]
                raise EarmarkError(f"the database cannot be opened: {said}") from None
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


class Prepared:
    """A statement that is compiled once and given to the driver as it is, for what comes often.

    SQLAlchemy takes longer to send a small statement than SQLite to carry it out. So this leaves
    out what it does for each: values are numbers, texts, bytes, and days as texts; every one of
    them is named in the statement, and rows are plain tuples.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._texts: dict[str, str] = {}

    def _text(self, connection: Connection) -> str:
        name = connection.dialect.name
        if name not in self._texts:
            # Both drivers take values by name: sqlite3 as :name, psycopg as %(name)s.
            dialect = sqlite.dialect(paramstyle="named") if name == "sqlite" else connection.dialect
            self._texts[name] = str(self._statement.compile(dialect=dialect))
        return self._texts[name]

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Ask; return every row."""
        cursor: Any = connection.connection.cursor()
        cursor.execute(self._text(connection), values)
        found: list[Any] = cursor.fetchall()
        cursor.close()
        return found

    def write(self, connection: Connection, rows: list[Values]) -> None:
        """Write with each of these values."""
        cursor: Any = connection.connection.cursor()
        cursor.executemany(self._text(connection), rows)
        cursor.close()


def _server(url: Any) -> Engine:
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=8)


def _sqlite(file: str | None) -> Engine:
    """Open SQLite so that an acknowledged note survives a power cut and a deleted one is wiped."""
    engine = create_engine(
        f"sqlite:///{file or ''}", hide_parameters=True, connect_args={"timeout": WAIT},
        # To open a file costs milliseconds: as many stay open as are ever busy at once.
        pool_size=CONNECTIONS, max_overflow=MOST - CONNECTIONS, pool_use_lifo=True,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _: object) -> None:
        raw.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        _begin_log(raw)
        for line in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            raw.execute(f"PRAGMA {line}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A write takes its turn at once: one that first reads could not take it later.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _begin_log(raw: Any) -> None:
    """Switch to WAL. Of two who do that to a new file at once, SQLite lets only one wait."""
    last = time.monotonic() + WAIT
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.02)
        else:
            return
