"""Defines the commands for training leads' accounts, and for the journal of what they do."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import click

from podcast.commands.web_options import FOLDER, companion_folder, open_current

if TYPE_CHECKING:
    from pathlib import Path

    from web.maintenance.journal import Entry


@click.group()
def lead() -> None:
    """Add, list, reset or remove training leads."""


@lead.command()
@companion_folder
def invite(folder: Path) -> None:
    """Print a one-time link for a new training lead."""
    from web.desk import invitations

    settings, database = open_current(folder)
    _print_link(
        invitations.invite(database, settings, settings.now(), None), "becomes a training lead"
    )


@lead.command()
@click.argument("name")
@companion_folder
@click.option("--now", is_flag=True, help="End the old password and all sessions straight away.")
def reset(name: str, folder: Path, *, now: bool) -> None:
    """Print a link for NAME to set a new password and app.

    The link works once. Until it is used, the old password works, unless you add --now.
    """
    from web.desk import invitations, leads

    settings, database = open_current(folder)
    if now:
        link = leads.lock(database, settings, settings.now(), name)
        click.echo("The old password no longer works, and all sessions have ended.")
    else:
        link = invitations.invite(database, settings, settings.now(), name)
    _print_link(link, f"can sign in as {name}")


def _print_link(link: str, becomes: str) -> None:
    click.echo(
        "Send this link to the training lead. It works once, for 7 days. "
        f"The first person to use it {becomes}.\n\n  {link}\n"
    )


@lead.command("list")
@companion_folder
def list_leads(folder: Path) -> None:
    """List the training leads, with the day each was added."""
    from web import dates
    from web.desk import leads

    _, database = open_current(folder)
    rows = leads.every(database)
    for name, added in rows:
        click.echo(f"{name} (since {dates.day(added)})")
    if not rows:
        click.echo("There are no training leads. Invite one: earmark web lead invite")


@lead.command()
@click.argument("name")
@click.option("--last", is_flag=True, help="Remove NAME even if no other lead is left.")
@companion_folder
def remove(name: str, folder: Path, *, last: bool) -> None:
    """Remove the lead NAME, with their sessions and links.

    Their join codes still work, and the journal keeps their name. To add them again, invite them
    again.
    """
    from web.desk import leads

    settings, database = open_current(folder)
    removed = leads.remove(database, name, settings.now().date(), last=last)
    click.echo(f"{removed} has been removed and signed out. Their join codes still work.")


@click.command()
@FOLDER
@click.option("--csv", "as_csv", is_flag=True, help="Print it as CSV, for a spreadsheet.")
def journal(folder: Path, *, as_csv: bool) -> None:
    """Print what leads and operators did, newest first.

    It holds days but no times, and nothing about learners or the join codes themselves.
    `earmark web purge` deletes what is older than `journal_kept_years`.
    """
    from web.maintenance import journal as acts

    _, database = open_current(folder)
    with database.reading() as connection:
        entries = acts.read(connection)
    click.echo(_table(entries) if as_csv else _lines(entries), nl=False)


def _lines(entries: list[Entry]) -> str:
    def line(each: Entry) -> str:
        about = f": {each.about}" if each.about else ""
        return f"{each.day.isoformat()}  {each.act}{about} (by {_name(each)})\n"

    return "".join(map(line, entries)) or "The journal is empty.\n"


def _table(entries: list[Entry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["day", "act", "about", "by"])
    writer.writerows(
        [each.day, each.act, _cell(each.about), _cell(_name(each))] for each in entries
    )
    return text.getvalue()


def _name(each: Entry) -> str:
    return each.actor or "the operator"


def _cell(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
