"""Opens SQLite's file: for its owner only, as long as it is the same file, and safe on the disk."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from web.database.connection_limits import Bounds

WAIT = 10  # seconds that a writer waits for one of another process
OPEN = 32  # connections that stay open: to open a file costs milliseconds
CACHE = 256  # kilobytes of pages that each of them keeps: the system keeps them too
SETTINGS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"cache_size=-{CACHE}")
BESIDE = ("", "-wal", "-shm")
Identity = tuple[int, int] | None


def open_engine(file: str | None, bounds: Bounds, *, create: bool) -> Engine:
    """Return an engine: what it acknowledged survives a power cut, what it deleted is wiped.

    Without `create` a file that is not there stays away.
    """
    if file and create:
        _create(Path(file))
    # The driver would make a file that is gone: an empty one, in which everybody's notes are lost.
    name = f"file:{quote(os.path.abspath(file))}?mode=rw" if file else ":memory:"  # noqa: PTH100
    stays = min(OPEN, bounds.connections)
    engine = create_engine(
        f"sqlite:///{file or ''}", hide_parameters=True, pool_use_lifo=True, pool_size=stays,
        max_overflow=bounds.connections - stays, pool_timeout=WAIT,
    )  # fmt: skip

    @event.listens_for(engine, "do_connect")
    def connect(*_: object) -> Any:
        return sqlite3.connect(name, timeout=WAIT, uri=bool(file), check_same_thread=False)

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        raw.text_factory = _text
        record.info["file"] = identity(file)
        _set(raw)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A write takes its turn at once: one that first reads could not take it later.
        options = connection.get_execution_options()
        writes, wait = options.get("writes"), min(WAIT, options.get("seconds", WAIT))
        if wait != connection.info.get("wait", WAIT):
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait * 1000)}")
            connection.info["wait"] = wait
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    if file:
        _follow(engine, file)
    return engine


def _set(raw: Any) -> None:
    try:
        _begin_log(raw)
        for line in SETTINGS:
            raw.execute(f"PRAGMA {line}")
    except sqlite3.Error:  # no database, say: SQLAlchemy does not close what was never its own
        raw.close()
        raise


def _text(data: bytes) -> str:
    """Read a text; one that is damaged must not hide its row and all that come with it."""
    return data.decode("utf-8", "replace")


def _create(file: Path) -> None:
    """Make a file that only its owner reads; SQLite gives those beside it the same mode."""
    with contextlib.suppress(OSError):  # there already, or said when it is opened
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _follow(engine: Engine, file: str) -> None:
    """Open the file that took the place of another: what goes into the old one is lost."""

    @event.listens_for(engine, "checkout")
    def follow(_: object, record: Any, __: object) -> None:
        if record.info["file"] != identity(file):
            raise DisconnectionError
        log = identity(f"{file}-wal")
        if record.info.setdefault("log", log) is None:
            record.info["log"] = log
        elif record.info["log"] != log:
            raise DisconnectionError


def is_same(connection: Connection, file: Path) -> bool:
    """Return whether what a connection wrote is in the file of that name."""
    return bool(connection.info["file"] == identity(str(file)))


def identity(file: str | None) -> Identity:
    """Return what tells a file from another of the same name, None where there is none."""
    try:
        status = os.stat(file or "")  # noqa: PTH116 - each transaction asks thrice; a Path takes 4 times as long
    except OSError:
        return None
    return status.st_dev, status.st_ino


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
