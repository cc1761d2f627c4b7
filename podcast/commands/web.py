"""Defines the commands of the companion: their options and their output.

The companion itself is imported inside them, so that no other command ever loads it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from episodes.errors import EarmarkError
from episodes.text.quantities import quantity
from podcast.commands.web_lead import journal, lead
from podcast.commands.web_options import (
    FOLDER,
    add_to_journal,
    companion_folder,
    open_companion,
    open_current,
)

BACKUP = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


class Web(click.Group):
    """Adds what to do to the errors of a database."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EarmarkError as error:
            from podcast.companion import database_advice

            message = database_advice.with_remedy(str(error))
            raise (error if message == str(error) else EarmarkError(message)) from None


@click.group(cls=Web)
def web() -> None:
    """Run a companion: private notes for listeners.

    DIR is the folder with its settings.toml. Default: `companion`.
    """


web.add_command(lead)
web.add_command(journal)


@web.command()
@FOLDER
@click.option("--organisation", prompt=True, help="The organisation that offers the companion.")
@click.option("--address", default="http://127.0.0.1:8090/", show_default=True,
              help="Its web address, ending in /.")  # fmt: skip
@click.option("--contact", prompt="Contact (an email address or a page)",
              help="Where people can ask about it: an email address or a page.")  # fmt: skip
@click.option("--timezone", metavar="ZONE", show_default="this computer's",
              help="The time zone of its days and times, such as Europe/London.")  # fmt: skip
@click.option("--catalogue", metavar="PLACE",
              help="The folder of the built show, or its web address.")  # fmt: skip
@click.option("--proxies", type=click.IntRange(0, 5), metavar="NUMBER",
              help="How many of your own web servers stand in front of it.")  # fmt: skip
def init(folder: Path, timezone: str | None, **given: Any) -> None:
    """Make a new companion: settings, texts and database."""
    from podcast.companion import ownership, time_zone
    from podcast.creating import companion
    from podcast.creating.companion_settings import NewCompanion

    ownership.check(folder)
    answers = NewCompanion(**given, timezone=timezone or time_zone.local())
    for line in companion.new_companion(folder, answers):
        click.echo(line)


@web.command()
@FOLDER
@click.option("--catalogue", metavar="PLACE",
              help="The folder of the built show, or its web address.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The IP address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65535),
              help="The port to listen on.")  # fmt: skip
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 32),
              help="How many processes to run. Each counts attempts for itself.")  # fmt: skip
def serve(folder: Path, catalogue: str | None, host: str, port: int, workers: int) -> None:
    """Serve a companion with a production server."""
    from podcast.companion import ownership
    from podcast.companion import port as ports
    from podcast.creating import companion
    from web import server, settings
    from web.policies import texts

    ownership.check(folder)
    config = settings.read(folder, catalogue)
    host = ports.address_of(host)
    ports.check(host, port)
    texts.check(config)
    for line in server.check(config, workers):
        click.echo(line)
    companion.note_changed_settings(config)
    if "timezone" not in config.model_fields_set:
        click.echo(
            f"{folder / settings.FILE} has no timezone, so days follow {config.timezone}; "
            'add a line such as timezone = "Europe/London" above [secrets].'
        )
    if not config.catalogue:
        click.echo("There are no episodes: no catalogue in the settings, and no --catalogue.")
    for path, number in texts.unfinished(config):
        click.echo(
            f"{path} still has {quantity(number, 'passage')} marked EDIT. "
            "Fill them in before anyone joins."
        )
    local = ports.shown(host, port)
    click.echo(
        f"The companion of {config.organisation}: {config.address} (on this computer: {local})"
    )
    try:
        server.serve(folder, catalogue, host, port, workers)
    except RuntimeError as error:
        raise ports.refusal(error, host, port) from None


@web.command()
@FOLDER
def upgrade(folder: Path) -> None:
    """Update the database to this version of Earmark."""
    from podcast.creating import companion
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    steps = companion.prepare_database(database, settings)
    if steps:
        add_to_journal(settings, database, Act.UPGRADE)
    click.echo(f"Applied: {', '.join(steps)}." if steps else "The database is up to date already.")


@web.command()
@click.argument("file", type=click.Path(path_type=Path))
@companion_folder
def backup(file: Path, folder: Path) -> None:
    """Write everything to FILE while the companion runs.

    If FILE is a folder, the backup is named by its day and time, and backups there that are older
    than `backups_kept_days` are deleted. Let a timer run this every day.
    """
    from podcast.companion import backup_folder
    from web.maintenance import backup as backups
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    now, daily = settings.now(), file.is_dir()
    target = file / backup_folder.name_at(now) if daily else file
    counts = backups.write(database, settings.secrets.pepper, target, now)
    add_to_journal(settings, database, Act.BACKUP)
    click.echo(f"{target}: {counts}.")
    for note in counts.notes:
        click.echo(f"Damaged: {note}.")
    if counts.notes:
        click.echo("An earlier backup may have these rows undamaged: keep it.")
    click.echo(
        f"Keep a copy of {folder / 'settings.toml'} too, in another place: without it nobody can "
        "sign in after a restore."
    )
    if daily:
        kept = settings.backups_kept_days
        for name in backup_folder.delete_older(file, now.date(), kept):
            click.echo(f"Deleted {file / name}: older than {quantity(kept, 'day')}.")


@web.command()
@BACKUP
@companion_folder
@click.option("--replace", is_flag=True, help="Overwrite the current database.")
def restore(file: Path, folder: Path, *, replace: bool) -> None:
    """Restore a backup.

    Deleted accounts stay deleted.
    """
    from web.maintenance import restore as restores
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    counts = restores.read(database, settings.secrets.pepper, file, replace=replace)
    add_to_journal(settings, database, Act.RESTORE)
    click.echo(f"Restored from {file}: {counts}.")
    for note in counts.notes:
        click.echo(note)


@web.command()
@FOLDER
def purge(folder: Path) -> None:
    """Delete what has expired, and unused accounts.

    It also counts the months that have ended, and merges listening reports older than a year into
    one per learner and recording. Run it every day.
    """
    from web.maintenance import purge as purges
    from web.maintenance.journal import Act
    from web.published_show import Shows

    settings, database = open_current(folder)
    now, shows = settings.now(), Shows(settings.catalogue, time.monotonic)
    shows.renew()
    done = purges.purge(database, now, unused_years=settings.unused_years, idle=settings.idle)
    if shows.titles():  # without them nobody could read the figures
        merged = purges.merge(database, settings.secrets.key, now, shows.titles)
        done = done._replace(reports=merged)
    acts = purges.clear(database, now, settings.journal_kept_years)
    add_to_journal(settings, database, Act.PURGE)
    click.echo(f"Deleted: {done}, journal entries: {acts}.")


@web.command()
@FOLDER
def rebuild(folder: Path) -> None:
    """Rebuild the listening records from the stored reports.

    Use it if a disk has damaged them.
    """
    from web.listening import store
    from web.sync import rebuild as sync_totals

    _, database = open_current(folder)
    with database.writing() as connection:
        both = [each.rebuild(connection) for each in (store, sync_totals)]
    total, changed = map(sum, zip(*both, strict=True))
    click.echo(f"Listening records rebuilt: {total}. Changed: {changed}.")
