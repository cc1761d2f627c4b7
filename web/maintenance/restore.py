"""Restores a backup into a database, without what was erased since.

All of it is one transaction: whatever goes wrong, the database is as it was before.
"""

from __future__ import annotations

import contextlib
from datetime import date
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Integer, delete, func, insert, select, table, text
from sqlalchemy.exc import SQLAlchemyError

from episodes.errors import EarmarkError
from web import schema
from web.database.refusals import AwayError
from web.maintenance import backup, backup_format, journal, migrate, pepper_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from web.database.engine import Database
    from web.maintenance.journal import Acts

Erased = dict[str, date]  # ids, and the day on which each was erased
ERASABLE = (schema.learners, schema.reflections)
# In the order in which an erasure takes them, so that the two do not wait for each other.
LOCK = text("LOCK TABLE learners, reflections, erased IN ACCESS EXCLUSIVE MODE")


class Contents(NamedTuple):
    """What is known of a backup before it is restored."""

    revision: str
    columns: dict[str, set[str]]
    erased: Erased
    mark: object


def read(database: Database, pepper: bytes, file: Path, *, replace: bool) -> backup_format.Counts:
    """Restore a backup into an empty database, or with `replace` in place of what is there.

    The file is read to its end before anything is touched. Learners and reflections that were
    erased since, as the database itself, the backup or another one beside it knows, do not come
    back. Everybody has to sign in again. Raises EarmarkError.
    """
    contents = examine(file, pepper)
    if not migrate.knows(contents.revision):
        raise backup_format.LaterError(file)
    others, notes = _neighbours(file, pepper)
    with _unchanged(), database.writing() as connection:
        migrate.take_turn(connection)
        erased, acts = _clear(connection, pepper, replace=replace)
        migrate.climb(connection, contents.revision)
        _load(connection, file, contents)
        migrate.climb(connection)
        journal.carry_over(connection, acts)
        kept_out = _erase(connection, others | contents.erased | erased)
        return backup_format.Counts(
            learners=_count(connection, "learners"),
            leads=_count(connection, "leads"),
            reflections=_count(connection, "reflections"),
            kept_out=kept_out,
            notes=tuple(notes),
        )


def examine(file: Path, pepper: bytes) -> Contents:
    """Read a backup to its end, and say what must be known of it.

    Raises EarmarkError where it is no whole backup, or was made with another settings file.
    """
    opened = backup_format.Archive(file)
    erased: Erased = {}
    mark: object = None
    for row in opened.rows():
        if row.table == "erased":
            match row.values:
                case {"id": str(id_), "on": date() as day}:
                    erased[id_] = day
                case _:
                    raise backup_format.DamagedError(file)
        elif row.table == "marks" and row.values.get("name") == pepper_mark.NAME:
            mark = row.values.get("value")
    if not pepper_mark.fits(mark, pepper):
        raise EarmarkError(
            f"{file} was made with another settings file; use the copy that you kept of it"
        )
    return Contents(opened.revision, opened.columns, erased, mark)


def _neighbours(file: Path, pepper: bytes) -> tuple[Erased, list[str]]:
    """Return what the other backups in the folder know to be erased, and why some were not read."""
    erased: Erased = {}
    notes = []
    for other in _others(file):
        try:
            erased |= examine(other, pepper).erased
        except backup_format.ForeignError:
            continue
        except EarmarkError as error:
            notes.append(f"{error}; what was deleted before it was made could not be checked")
    return erased, notes


def _others(file: Path) -> list[Path]:
    try:
        return [
            each
            for each in sorted(file.parent.iterdir())
            if each.is_file() and not each.name.startswith(".") and not each.samefile(file)
        ]
    except OSError as error:
        raise EarmarkError(f"{file.parent} cannot be read: {error.strerror}") from None


def _clear(connection: Connection, pepper: bytes, *, replace: bool) -> tuple[Erased, Acts]:
    """Remove every table, and return what was erased and the journal; nobody adds to them."""
    if not migrate.reached(connection):
        return {}, {}
    migrate.climb(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    learners = _count(connection, "learners")
    if learners and not replace:
        raise EarmarkError(
            f"this database already has accounts ({learners}); restore into an empty one, "
            "or add --replace to overwrite them"
        )
    if learners:
        pepper_mark.check(connection, pepper)
    rows = connection.execute(select(schema.erased.c.id, schema.erased.c.on))
    erased, acts = {row.id: row.on for row in rows}, journal.numbered(connection)
    schema.metadata.drop_all(connection)
    connection.execute(delete(table("alembic_version")))
    return erased, acts


def _load(connection: Connection, file: Path, contents: Contents) -> None:
    tables = {each.name: each for each in backup.kept(connection)}
    if {name: set(each.columns.keys()) for name, each in tables.items()} != contents.columns:
        raise backup_format.DamagedError(file)
    for name, rows in groupby(backup_format.Archive(file).rows(), key=lambda row: row.table):
        while batch := [row.values for row in islice(rows, backup.BATCH)]:
            connection.execute(insert(tables[name]), batch)
    if connection.dialect.name == "postgresql":
        for each in tables.values():
            _count_on(connection, each)


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows from where the loaded ones end."""
    for key in table.primary_key:
        if isinstance(key.type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            following = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, following, False)))


def _erase(connection: Connection, erased: Erased) -> int:
    """Keep these ids as erased, and delete what they name; return how much that was."""
    known = set(connection.scalars(select(schema.erased.c.id)))
    missing = [{"id": id_, "on": on} for id_, on in erased.items() if id_ not in known]
    if missing:
        connection.execute(insert(schema.erased), missing)
    gone = 0
    for each in ERASABLE:
        named = each.c.id.in_(select(schema.erased.c.id))
        gone += connection.execute(delete(each).where(named)).rowcount
    return gone


def _count(connection: Connection, name: str) -> int:
    return connection.execute(select(func.count()).select_from(table(name))).scalar_one()


@contextlib.contextmanager
def _unchanged() -> Iterator[None]:
    """Say what the database says in one sentence, without the rows that it was about."""
    try:
        yield
    except AwayError as error:
        raise EarmarkError(f"nothing was restored; {error}") from None
    except SQLAlchemyError as error:
        message = str(getattr(error, "orig", error)).partition("\n")[0]
        raise EarmarkError(f"nothing was restored; the database says: {message}") from None
