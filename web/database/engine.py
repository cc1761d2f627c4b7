"""Opens SQLite or PostgreSQL by a URL; no other module uses their engines.

A read sees one moment; a write is whole, and on the disk when it is acknowledged. No thread waits
for it without a limit, and whatever it refuses is an AwayError that says why.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    NoSuchModuleError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004 - SQLAlchemy's own name
)

from episodes.errors import EarmarkError
from web.database import connection_limits, postgresql, refusals, sqlite
from web.database.bulkhead import Bulkhead
from web.database.outage import Outage
from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from web.database.connection_limits import Bounds

log = logging.getLogger("earmark.web")
SILENT = 60  # seconds between two complaints about what could be left out
TURN = 20  # seconds that a writer waits for those of its own process


class Database:
    """An organisation's database, by its address: `sqlite:///FILE` or `postgresql://...`.

    `examine` looks at each new connection before it is used, and raises EarmarkError where it leads
    to somebody else's database. Without `create` a file that is not there is not made.
    """

    def __init__(
        self,
        address: str,
        limits: Bounds = connection_limits.COMMAND,
        *,
        create: bool = True,
        examine: Callable[[Connection], None] | None = None,
    ) -> None:
        self.engine, self.file = _open(address, limits, create=create)
        weakref.finalize(self, self.engine.dispose)  # a command that ends early closes none
        _close_late(self.engine)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.bounds = limits
        self._secret = self.engine.url.password
        self._examine = examine
        self._turn = threading.Lock()
        self._all = Bulkhead(limits.connections, limits.answer)
        self._writers = Bulkhead(limits.writers, limits.answer)
        self._outage = Outage()
        self._here = threading.local()
        self._silent_until = 0.0

    @contextmanager
    def reading(self, seconds: float | None = None) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database and writes nothing.

        Each answer takes `seconds` at most. Raises AwayError, as `writing` does.
        """
        with self._begun(seconds) as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self, seconds: float | None = None) -> Iterator[Connection]:
        """Give a connection whose work is kept as a whole at the end, or not at all."""
        with self._begun(seconds, writes=True) as connection:
            yield connection

    @contextmanager
    def _begun(self, seconds: float | None, *, writes: bool = False) -> Iterator[Connection]:
        limit = self.bounds.answer if seconds is None else seconds
        with self._room(limit, writes=writes), ExitStack() as stack:
            try:
                connection = stack.enter_context(self._connected(limit))
                stack.enter_context(postgresql.answering(limit))
                options = {"writes": writes, "seconds": limit}
                with connection.execution_options(**options).begin():
                    self._look(connection)
                    yield connection
                if writes and self.file and not sqlite.is_same(connection, self.file):
                    raise AwayError("another file has replaced the database")
            except self._errors() as error:
                raise self._refused(error) from None

    @contextmanager
    def _connected(self, limit: float) -> Iterator[Connection]:
        try:
            with postgresql.answering(min(limit, postgresql.PING)):
                connection = self.engine.connect()
        except self._errors() as error:
            refused = self._refused(error)
            if isinstance(refused, AwayError) and not isinstance(error, TimeoutError):
                self._outage.begin(refused)
            raise refused from None
        self._outage.end()
        with connection:
            try:
                yield connection
            except AwayError as error:
                if error.of_connection:
                    connection.invalidate()
                if error.of_connection and self.file:  # all of a process share what lies beside it
                    self.engine.dispose()
                raise

    def _errors(self) -> tuple[type[Exception], ...]:
        """Return what SQLAlchemy raises, and the driver where it was asked without it."""
        driver: Any = self.engine.dialect.loaded_dbapi
        return (SQLAlchemyError, driver.Error)

    def _refused(self, error: Exception) -> Exception:
        """Return what to raise: an AwayError, or the error where the statement is at fault."""
        if isinstance(error, TimeoutError):  # SQLAlchemy's: no connection was free in time
            return AwayError("the database is busy: all connections are in use")
        each, driver = error.__context__, None if isinstance(error, SQLAlchemyError) else error
        while isinstance(each, self._errors()):
            if not isinstance(each, SQLAlchemyError):
                driver = each  # the first: what a rollback says of a lost connection is no reason
            each = each.__context__
        if driver is None or not refusals.is_refusal(driver):
            return error
        return refusals.refused(driver, self._secret)

    def _look(self, connection: Connection) -> None:
        if self._examine and "examined" not in connection.info:
            try:
                self._examine(connection)
            except EarmarkError as error:
                raise AwayError(str(error)) from None
            connection.info["examined"] = True

    @contextmanager
    def _room(self, seconds: float, *, writes: bool) -> Iterator[None]:
        """Keep other threads' places free, and let one at a time ask SQLite to write."""
        if getattr(self._here, "inside", False):  # of a thread that has one already
            yield
            return
        self._outage.look(asks=False)
        with ExitStack() as stack:
            if writes:
                stack.enter_context(self._writers.inside_of(seconds))
            stack.enter_context(self._all.inside_of(seconds))
            if writes and self.is_sqlite:
                stack.enter_context(self._turn_of_writer(min(seconds, TURN)))
            self._outage.look(asks=True)
            self._here.inside = True
            stack.callback(setattr, self._here, "inside", False)
            yield

    @contextmanager
    def _turn_of_writer(self, seconds: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=seconds):
            raise AwayError("the database says: database is locked by this process")
        try:
            yield
        finally:
            self._turn.release()

    def answers(self, seconds: float) -> None:
        """Ask for nothing. Raises AwayError where no answer comes in so many seconds."""
        with self.reading(seconds) as connection:
            connection.exec_driver_sql("SELECT 1")

    def complain(self, what: str, error: AwayError) -> None:
        """Log a failure that does not stop the request, at most once a minute."""
        now = time.monotonic()
        if now >= self._silent_until:
            self._silent_until = now + SILENT
            log.warning("%s: %s", what, error)

    @property
    def inside(self) -> int:
        """The number of threads that use the database."""
        return self._all.inside

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _close_late(engine: Engine) -> None:
    """Close what a thread gives back after its pool was given up: nobody else would."""

    @event.listens_for(engine, "connect")
    def remember(_: object, record: Any) -> None:
        record.info["pool"] = id(engine.pool)

    @event.listens_for(engine, "checkin")
    def close(_: object, record: Any) -> None:
        if record.info.get("pool") != id(engine.pool):
            record.invalidate()


def _open(address: str, limits: Bounds, *, create: bool) -> tuple[Engine, Path | None]:
    """Return an engine, and SQLite's file. Raises EarmarkError where the address is none."""
    try:
        url = make_url(address)
        if url.drivername == "sqlite":
            engine = sqlite.open_engine(url.database, limits, create=create)
            return engine, Path(url.database) if url.database else None
        if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
            return postgresql.open_engine(url, limits), None
    except (ArgumentError, NoSuchModuleError, ValueError):  # a port that is not a number
        pass
    except ImportError:
        raise EarmarkError(
            "PostgreSQL needs its driver: run `pipx install --force '.[postgresql]'` in "
            "Earmark's own folder"
        ) from None
    raise EarmarkError("this is not a database URL; write sqlite:///FILE or postgresql://HOST/NAME")
