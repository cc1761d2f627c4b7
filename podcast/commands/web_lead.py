"""The commands that look after training leads, and the journal of what they and operators do."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

from podcast.commands.web_options import FOLDER, OWN, open_current

if TYPE_CHECKING:
    from pathlib import Path

    from web.maintenance.journal import Entry


@click.group()
def lead() -> None:
    """Let a training lead in, list them, or remove one."""


@lead.command()
@OWN
def invite(folder: Path) -> None:
    """Print a one-time link for one more lead."""
    from web.desk import invitations

    settings, database = open_current(folder)
    _print_link(invitations.invite(database, settings, settings.now(), None))


@lead.command()
@click.argument("name")
@click.option("--now", is_flag=True, help="End the old password and every session at once.")
@OWN
def reset(name: str, folder: Path, *, now: bool) -> None:
    """Print a one-time link by which the lead NAME sets a new password and a new app.

    Until the link is used the old password works, unless you add --now.
    """
    from web.desk import invitations, leads

    settings, database = open_current(folder)
    if now:
        link = leads.lock(database, settings, settings.now(), name)
        click.echo("The old password no longer works, and every session has ended.")
    else:
        link = invitations.invite(database, settings, settings.now(), name)
    _print_link(link)


def _print_link(link: str) -> None:
    click.echo(f"Open this once, within 7 days; anyone who has it becomes the lead:\n\n  {link}\n")


@lead.command("list")
@OWN
def list_leads(folder: Path) -> None:
    """List the leads: the name they sign in with, and since when."""
    from web import dates
    from web.desk import leads

    _, database = open_current(folder)
    found = leads.every(database)
    for name, made in found:
        click.echo(f"{name} (since {dates.day(made)})")
    if not found:
        click.echo("There is no lead. Invite one: earmark web lead invite")


@lead.command()
@click.argument("name")
@click.option("--last", is_flag=True, help="Remove the last lead too.")
@OWN
def remove(name: str, folder: Path, *, last: bool) -> None:
    """Remove the lead NAME, with their sessions and open links.

    What they made stays: join codes, and their name in the journal. To let them in again, invite
    them again.
    """
    from web.desk import leads

    settings, database = open_current(folder)
    removed = leads.remove(database, name, settings.now().date(), last=last)
    click.echo(f"{removed} is removed and signed out. Their join codes still work.")


@click.command()
@FOLDER
@click.option("--csv", "as_csv", is_flag=True, help="Print it as a spreadsheet.")
def journal(folder: Path, *, as_csv: bool) -> None:
    """Print what leads and operators did, by day, the newest first.

    It has no learner, no join code and no time of day in it. `earmark web purge` deletes what is
    older than `journal_kept_years`.
    """
    from web.maintenance import journal as acts

    _, database = open_current(folder)
    with database.reading() as connection:
        found = acts.read(connection)
    click.echo(_table(found) if as_csv else _lines(found), nl=False)


def _lines(found: list[Entry]) -> str:
    def line(each: Entry) -> str:
        about = f": {each.about}" if each.about else ""
        return f"{each.day.isoformat()}  {each.act}{about} (by {_name(each)})\n"

    return "".join(map(line, found)) or "Nothing has been written down yet.\n"


def _table(found: list[Entry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["day", "act", "about", "by"])
    writer.writerows([each.day, each.act, _cell(each.about), _cell(_name(each))] for each in found)
    return text.getvalue()


def _name(each: Entry) -> str:
    return each.actor or "the operator"


def _cell(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
