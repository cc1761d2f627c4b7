"""Opens PostgreSQL so that no thread waits for it without a limit: the one door to psycopg.

Limits of the server (SET LOCAL) and of TCP end most waits. Behind a proxy that acknowledges and
never answers neither does: so each answer has a limit here too, after which the connection is shut.
Nothing outlasts a transaction, so that PgBouncer may hand connections on after each
(https://www.pgbouncer.org/features.html).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from sqlalchemy import URL, Connection, Engine

    from web.database.connection_limits import Bounds

# What libpq is told unless the address says otherwise (postgresql.org/docs, section 34.1.2).
NETWORK = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "10000",
}
# psycopg's own, not libpq's. Prepared statements do not survive a pooler (psycopg, issue 280).
OURS = {"prepare_threshold", "autocommit", "row_factory", "cursor_factory", "context"}
PING = 3.0  # seconds in which an open connection must answer
LATER = 2.0  # seconds after the server's own limit
IDLE = 120  # seconds that a transaction may ask nothing

_seconds: ContextVar[float] = ContextVar("seconds")  # that an answer may take


@contextmanager
def answering(seconds: float) -> Iterator[None]:
    """Let each answer take so many seconds, in this thread, until the block ends."""
    before = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(before)


def open_engine(url: URL, bounds: Bounds) -> Engine:
    """Return an engine with as many connections as its bounds say, and no more."""
    given = {key: value for key, value in url.query.items() if key not in OURS}
    url = url.set(drivername="postgresql+psycopg", query={**NETWORK, **given})
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, pool_size=bounds.connections,
        max_overflow=0, pool_timeout=PING, pool_use_lifo=True, isolation_level="AUTOCOMMIT",
        use_native_hstore=False, connect_args={"prepare_threshold": None},
    )  # fmt: skip

    @event.listens_for(engine, "do_connect")
    def connect(_: object, __: object, args: Any, params: Any) -> Any:
        return _bounded().connect(*args, **params)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        level = "READ COMMITTED" if options.get("writes") else "REPEATABLE READ"
        connection.exec_driver_sql(_begin(level, options.get("seconds", bounds.answer), bounds))

    return engine


def _begin(level: str, seconds: float, bounds: Bounds) -> str:
    """Return the beginning of a transaction with its limits, one message to the server."""
    limits = {
        "statement_timeout": seconds,
        "lock_timeout": min(bounds.lock, seconds),
        "idle_in_transaction_session_timeout": max(IDLE, seconds),
    }
    statements = (f"SET LOCAL {name} = {int(limit * 1000)}" for name, limit in limits.items())
    return f"BEGIN ISOLATION LEVEL {level}; {'; '.join(statements)}"


@cache
def _bounded() -> Any:
    """Return psycopg's connection with a limit on each wait; loaded where it is needed."""
    import psycopg

    class Connection(psycopg.Connection[Any]):
        """A connection that is shut when an answer does not come in time."""

        def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
            """Wait for an answer. Raises psycopg's OperationalError."""
            limit = _seconds.get(PING) + LATER
            return super().wait(self._limited(gen, limit), *args, **options)

        def _limited(self, gen: Any, limit: float) -> Generator[Any, Any, Any]:
            last = time.monotonic() + limit
            try:
                state = next(gen)
                while True:
                    ready = yield state
                    if not ready and time.monotonic() > last:
                        self.pgconn.finish()
                        raise psycopg.OperationalError(f"no answer in {limit:g} seconds")
                    state = gen.send(ready)
            except StopIteration as end:
                return end.value

    return Connection


def most_connections(connection: Connection) -> int:
    """Return how many connections the server gives to everybody but its superuser."""
    most, reserved = (
        int(connection.exec_driver_sql(f"SHOW {name}").scalar_one())
        for name in ("max_connections", "superuser_reserved_connections")
    )
    return most - reserved
