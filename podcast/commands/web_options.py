"""Defines what the commands of a companion share: its folder and its open database."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from web.database.engine import Database
    from web.maintenance.journal import Act
    from web.settings import Settings

DEFAULT = "companion"
FOLDER = click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=DEFAULT, metavar="[DIR]"
)


def companion_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that has another argument DIR after it, and the option --folder from before.

    --folder is not shown any more, but stands in people's timers.
    """

    @functools.wraps(command)
    def run(folder: Path | None, named: Path | None, **values: Any) -> None:
        if folder and named:
            raise click.UsageError("Name the companion's folder once: as DIR, without --folder.")
        command(folder=folder or named or Path(DEFAULT), **values)

    kind = click.Path(file_okay=False, path_type=Path)
    option = click.option("--folder", "named", type=kind, hidden=True, help="The same as DIR.")
    argument = click.argument("folder", type=kind, required=False, metavar="[DIR]")
    return argument(option(run))


def open_companion(folder: Path) -> tuple[Settings, Database]:
    """Return the settings and the database of a companion, whatever step it has reached."""
    from podcast.companion import ownership
    from web import settings
    from web.database.engine import Database

    ownership.check(folder)
    config = settings.read(folder)
    return config, Database(config.database)


def open_current(folder: Path) -> tuple[Settings, Database]:
    """Return the settings and the database of a companion, if it has this Earmark's tables.

    Raises EarmarkError if it has not.
    """
    from web.maintenance import migrate

    settings, database = open_companion(folder)
    migrate.check(database)
    return settings, database


def add_to_journal(settings: Settings, database: Database, act: Act) -> None:
    """Write an operator's act into the journal, if the database is new enough to have one."""
    from web.maintenance import journal, migrate

    with database.writing() as connection:
        if migrate.is_current(connection):
            journal.write(connection, settings.now().date(), act)
