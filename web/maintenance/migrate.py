"""Upgrades the database by the steps in `web/migrations`, and checks which one it has reached.

Alembic runs the steps; it is imported only when one is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import String, column, func, inspect, select, table

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.database.engine import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"
TURN = 1701933677  # PostgreSQL's number for "one upgrade or restore after the other": "earm"

EMPTY = "this database is empty; run `earmark web upgrade`"
BEHIND = "this database was made by an earlier version of Earmark; run `earmark web upgrade`"
AHEAD = "this database was made by a later version of Earmark; install that version"


def steps() -> list[str]:
    """Return the names of all steps, oldest first; each begins with its number."""
    return sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def knows(revision: str) -> bool:
    """Return whether there is a step of this number."""
    return revision in map(_number, steps())


def _number(step: str) -> str:
    return step.partition("_")[0]


def reached(connection: Connection) -> str:
    """Return the number of the newest step taken, "" where there is none.

    Raises EarmarkError where the database is ahead of this Earmark.
    """
    if not inspect(connection).has_table("alembic_version"):
        return ""
    query = select(column("version_num", String)).select_from(table("alembic_version"))
    revision = connection.execute(query).scalar_one_or_none() or ""
    if revision and not knows(revision):
        raise EarmarkError(AHEAD)
    return revision


def check(database: Database) -> None:
    """Raise EarmarkError where the database is empty, behind or ahead of this Earmark."""
    with database.reading() as connection:
        check_connection(connection)


def empty() -> EarmarkError:
    """Return what to raise for a database without tables."""
    return EarmarkError(EMPTY)


def check_connection(connection: Connection) -> None:
    """Raise EarmarkError as `check` does."""
    revision = reached(connection)
    if not revision:
        raise empty()
    if revision != _number(steps()[-1]):
        raise EarmarkError(BEHIND)


def is_current(connection: Connection) -> bool:
    """Return whether a database has every table of this Earmark."""
    return reached(connection) == _number(steps()[-1])


def upgrade(database: Database) -> list[str]:
    """Take every step that is missing, all or none; return their names.

    Raises EarmarkError where the database is ahead of this Earmark.
    """
    with database.writing() as connection:
        return climb(connection)


def climb(connection: Connection, to: str | None = None) -> list[str]:
    """Take the missing steps, up to the number `to`, in the connection's own transaction.

    Who else upgrades or restores waits for it to end. Raises EarmarkError as `upgrade` does.
    """
    take_turn(connection)
    revision = reached(connection)
    last = to or _number(steps()[-1])
    missing = [step for step in steps() if revision < _number(step) <= last]
    if missing:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, last)
    return missing


def take_turn(connection: Connection) -> None:
    """Wait until nobody else upgrades or restores; SQLite's writers wait for each other anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))
