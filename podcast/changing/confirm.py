"""Asks the lead to confirm a change, after listing what subscribers will notice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from episodes.errors import EarmarkError
from podcast.terminal.confirm import confirm

if TYPE_CHECKING:
    from collections.abc import Iterable

UNRELEASED = "Earmark has not published this yet. If you uploaded it another way:"
YES = click.option("--yes", is_flag=True, help="Do not ask first.")


def confirm_change(what: str, noticed: Iterable[str], *, yes: bool, released: bool = True) -> bool:
    """Print what subscribers will notice, ask, and return whether to carry on.

    `released`: Earmark has published it, so there may be subscribers. Raises EarmarkError if there
    is no terminal to ask in.
    """
    click.echo(what)
    if not released:
        click.echo(UNRELEASED)
    click.echo("Subscribers will notice:")
    for line in noticed:
        click.echo(f"  {line}")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise EarmarkError("nothing was changed: nobody is here to answer; add --yes to carry on")
    if confirm("Carry on?"):
        return True
    click.echo("Nothing was changed.")
    return False
