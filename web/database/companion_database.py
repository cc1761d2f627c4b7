"""Opens the database of one companion for its server, and checks that it belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.database import connection_limits, postgresql
from web.database.engine import Database
from web.database.refusals import AwayError
from web.maintenance import migrate, pepper_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.settings import Settings


def open_database(settings: Settings, workers: int = 1) -> Database:
    """Return the database for one of so many workers; each new connection of it is examined."""
    pepper = settings.secrets.pepper

    def examine(connection: Connection) -> None:
        migrate.check_connection(connection)
        pepper_mark.check(connection, pepper)

    is_file = settings.database.startswith("sqlite:")
    limits = connection_limits.of_worker(workers, settings.database_connections, is_file=is_file)
    return Database(settings.database, limits, create=False, examine=examine)


def check(settings: Settings, workers: int = 1) -> list[str]:
    """Return what the operator should know before the start.

    Raises EarmarkError where the database is missing, behind, ahead, or somebody else's. A server
    that does not answer yet is no reason not to start: pages say so until it does.
    """
    database = Database(settings.database, create=False)
    if database.file and not database.file.exists():
        raise migrate.empty()
    try:
        with database.reading() as connection:
            migrate.check_connection(connection)
            pepper_mark.check(connection, settings.secrets.pepper)
            return [] if database.is_sqlite else _connections(connection, settings, workers)
    except AwayError as error:
        if database.is_sqlite:
            raise
        later = "Until it answers, pages that need it say so (503). You need not restart anything."
        return [str(error), later]
    finally:
        database.close()


def _connections(connection: Connection, settings: Settings, workers: int) -> list[str]:
    most = connection_limits.share(workers, settings.database_connections) * workers
    there = postgresql.most_connections(connection)
    sentences = [f"It uses up to {most} connections to PostgreSQL."]
    if there < most:
        sentences.append(
            f"PostgreSQL allows only {there} in all: raise its max_connections, or write "
            f"`database_connections = {max(2, there // 2)}` into the settings."
        )
    return sentences
