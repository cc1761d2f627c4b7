"""The commands of the companion: what can be typed, and how their answers look.

The companion itself is imported inside them, so that nothing else ever loads it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from episodes.findings import EarmarkError
from episodes.text.quantities import quantity
from podcast.commands.web_lead import journal, lead
from podcast.commands.web_options import FOLDER, OWN, add_to_journal, open_companion, open_current

BACKUP = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


class Web(click.Group):
    """Says what to do where the database refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EarmarkError as error:
            from podcast.companion import database_advice

            said = database_advice.with_remedy(str(error))
            raise (error if said == str(error) else EarmarkError(said)) from None


@click.group(cls=Web)
def web() -> None:
    """Run a companion: a private place to reflect on what was heard.

    DIR is the folder with its settings.toml; without it, `companion`.
    """


web.add_command(lead)
web.add_command(journal)


@web.command()
@FOLDER
@click.option("--organisation", prompt=True, help="Whose companion it is.")
@click.option("--address", default="http://127.0.0.1:8090/", show_default=True,
              help="Where people will open it, ending in /.")  # fmt: skip
@click.option("--contact", prompt="Contact (an e-mail address or a page)",
              help="Who answers questions about it.")  # fmt: skip
@click.option("--timezone", metavar="ZONE", show_default="that of this computer",
              help="Whose days and hours people read, such as Europe/London.")  # fmt: skip
@click.option("--catalogue", metavar="PLACE",
              help="The folder of the built show, or its address on the web.")  # fmt: skip
@click.option("--proxies", type=click.IntRange(0, 5), metavar="NUMBER",
              help="How many web servers of your own stand in front of it.")  # fmt: skip
def init(folder: Path, timezone: str | None, **given: Any) -> None:
    """Make the settings, secrets, texts and database of a new companion."""
    from podcast.companion import ownership, time_zone
    from podcast.creating import companion
    from web.settings import Beginning

    ownership.check(folder)
    for line in companion.new(folder, Beginning(**given, timezone=timezone or time_zone.local())):
        click.echo(line)


@web.command()
@FOLDER
@click.option("--catalogue", metavar="PLACE",
              help="The folder of the built show, or its address on the web.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 32),
              help="Processes; limits on attempts count in each of them.")  # fmt: skip
def serve(folder: Path, catalogue: str | None, host: str, port: int, workers: int) -> None:
    """Serve a companion, with a production server."""
    from podcast.companion import ownership
    from podcast.companion import port as ports
    from podcast.creating import companion
    from web import server, settings
    from web.policies import texts

    ownership.check(folder)
    found = settings.read(folder, catalogue)
    host = ports.address_of(host)
    ports.check(host, port)
    texts.check(found)
    for line in server.check(found, workers):
        click.echo(line)
    companion.note_settings(found)
    if "timezone" not in found.model_fields_set:
        click.echo(
            f"{folder / settings.FILE} has no timezone, so days are those of {found.timezone}; "
            'add a line such as timezone = "Europe/London", above [secrets].'
        )
    if not found.catalogue:
        click.echo("No --catalogue and none in the settings: there are no episodes to reflect on.")
    for path, number in texts.unfinished(found):
        wait = "waits" if number == 1 else "wait"
        click.echo(f"{quantity(number, 'passage')} in {path} {wait} for your words (EDIT).")
    here = ports.shown(host, port)
    click.echo(f"The companion of {found.organisation}: {found.address} (here: {here})")
    try:
        server.serve(folder, catalogue, host, port, workers)
    except RuntimeError as error:
        raise ports.refusal(error, host, port) from None


@web.command()
@FOLDER
def upgrade(folder: Path) -> None:
    """Bring the database to this version of Earmark."""
    from podcast.creating import companion
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    done = companion.prepare(database, settings)
    if done:
        add_to_journal(settings, database, Act.UPGRADE)
    click.echo(f"Applied: {', '.join(done)}." if done else "Nothing to do: it is up to date.")


@web.command()
@click.argument("file", type=click.Path(path_type=Path))
@OWN
def backup(file: Path, folder: Path) -> None:
    """Write everything to FILE, while the companion runs.

    If FILE is a folder, the backup gets a name with the day and the time, and earlier ones there
    that are older than `backups_kept_days` are deleted. Let a timer do that every day.
    """
    from podcast.companion import backup_folder
    from web.maintenance import backup as backing
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    now, daily = settings.now(), file.is_dir()
    target = file / backup_folder.name_at(now) if daily else file
    counts = backing.write(database, settings.secrets.pepper, target, now)
    add_to_journal(settings, database, Act.BACKUP)
    click.echo(f"{target}: {counts}.")
    for note in counts.notes:
        click.echo(f"Damaged: {note}.")
    if counts.notes:
        click.echo("An earlier backup may have these rows whole: keep it.")
    click.echo(
        f"Keep {folder / 'settings.toml'} too, in another place: without its pepper no phrase "
        "opens anything of it."
    )
    if daily:
        kept = settings.backups_kept_days
        for name in backup_folder.delete_older(file, now.date(), kept):
            click.echo(f"Deleted {file / name}: older than {quantity(kept, 'day')}.")


@web.command()
@BACKUP
@OWN
@click.option("--replace", is_flag=True, help="Put it in the place of what is there now.")
def restore(file: Path, folder: Path, *, replace: bool) -> None:
    """Bring back what a backup holds; what was erased since stays erased."""
    from web.maintenance import restore as restoring
    from web.maintenance.journal import Act

    settings, database = open_companion(folder)
    counts = restoring.read(database, settings.secrets.pepper, file, replace=replace)
    add_to_journal(settings, database, Act.RESTORE)
    click.echo(f"Restored from {file}: {counts}.")
    for note in counts.notes:
        click.echo(note)


@web.command()
@FOLDER
def purge(folder: Path) -> None:
    """Delete what is over: sessions, invitations, join codes, and accounts nobody uses.

    Months that are over are counted, and listening reports older than a year are merged into one
    for each recording. Run it every day.
    """
    from web.maintenance import purge as purging
    from web.maintenance.journal import Act
    from web.published_show import Shows

    settings, database = open_current(folder)
    now, shows = settings.now(), Shows(settings.catalogue, time.monotonic)
    shows.renew()
    done = purging.purge(database, now, unused_years=settings.unused_years, idle=settings.idle)
    if shows.titles():  # without them nobody could read the figures
        merged = purging.merge(database, settings.secrets.key, now, shows.titles)
        done = done._replace(reports=merged)
    acts = purging.clear(database, now, settings.journal_kept_years)
    add_to_journal(settings, database, Act.PURGE)
    click.echo(f"Deleted: {done}, acts in the journal: {acts}.")


@web.command()
@FOLDER
def rebuild(folder: Path) -> None:
    """Count what was heard anew, from what arrived; for when coverage was damaged."""
    from web.listening import store
    from web.sync import rebuild as rebuilding

    _, database = open_current(folder)
    with database.writing() as connection:
        both = [each.rebuild(connection) for each in (store, rebuilding)]
    total, changed = map(sum, zip(*both, strict=True))
    click.echo(f"{total} counted anew, {changed} of them differed.")
