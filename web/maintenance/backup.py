"""Writes a backup of the database into one file, while the companion keeps working.

Sessions, invitations, sent forms and apps that wait to be connected are left out: they end soon.
The settings file is not in it, and without that file nothing in it opens.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import MetaData, select, type_coerce

from episodes.errors import EarmarkError
from web import schema
from web.database import columns
from web.maintenance import backup_format, damaged_rows, migrate, pepper_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Connection, Table

    from web.database.engine import Database

LEFT_OUT = {"invitations", "sessions", "spent_forms", "sync_logins"}
KINDS = {str: "text", int: "number", bytes: "bytes", date: "day"}
BATCH = 100  # rows in memory at a time: a reflection may have tens of kilobytes


def write(database: Database, pepper: bytes, file: Path, now: datetime) -> backup_format.Counts:
    """Write a backup, one moment of the database, readable by its owner only; say what is in it.

    The database may be behind: it is wise to back up before an upgrade. Raises EarmarkError where
    the file is there already or cannot be written, the database is empty or ahead, or the settings
    file is not the one that belongs to it.
    """
    _free(file)
    with database.reading() as connection:
        revision = migrate.reached(connection)
        if not revision:
            raise EarmarkError(migrate.EMPTY)
        pepper_mark.check(connection, pepper)
        with _beside(file) as stream, backup_format.packing(stream) as lines:
            writer = backup_format.Writer(lines, revision, now.date())
            keeper = damaged_rows.Keeper(now.date())
            for table in kept(connection):
                known = _columns(table)
                ordered = select(*map(_tolerant, table.columns)).order_by(*table.primary_key)
                rows = connection.execute(ordered, execution_options={"yield_per": BATCH})
                kinds = {each.name: each.kind for each in known}
                writer.add(table.name, kinds, keeper.whole(table, known, rows))
            writer.finish()
    learners, leads, notes = (writer.rows[name] for name in ("learners", "leads", "reflections"))
    return backup_format.Counts(learners, leads, notes, notes=keeper.damaged)


def _columns(table: Table) -> list[damaged_rows.Column]:
    columns = []
    for each in table.columns:
        owners = [(key.column.table.name, key.column.name) for key in each.foreign_keys]
        kind = KINDS[each.type.python_type]
        nullable = bool(each.nullable)
        columns.append(
            damaged_rows.Column(each.name, kind, nullable, owners[0] if owners else None)
        )
    return columns


def _tolerant(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column to be read, however damaged a day in it is."""
    is_day = column.type.python_type is date
    return type_coerce(column, columns.Day()).label(column.name) if is_day else column


def kept(connection: Connection) -> list[Table]:
    """Return the tables that are backed up, as the database has them, owners before what is theirs.

    They are not taken from `web/schema.py`: the database may be behind it.
    """
    metadata = MetaData()
    ours = set(schema.metadata.tables) - LEFT_OUT
    metadata.reflect(connection, only=lambda name, _: name in ours)
    return metadata.sorted_tables


def _free(file: Path) -> None:
    if file.exists():
        raise EarmarkError(f"{file} already exists; choose another name")


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[IO[bytes]]:
    """Give a file that only its owner reads; it gets its name when all of it is on the disk."""
    try:
        number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
        try:
            with os.fdopen(number, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            _free(file)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise EarmarkError(f"{file} cannot be written: {error.strerror}") from None
