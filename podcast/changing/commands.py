"""The commands that change what is published already."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from podcast.changing.asking import YES
from podcast.options import SHOW_OF

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("episodes", nargs=-1, metavar="[EPISODE]...")
@click.option("--contributor", metavar="NAME",
              help="Every episode that credits NAME, instead of naming episodes.")  # fmt: skip
@click.option("--reason", metavar="TEXT",
              help="Why, for everybody to read; without it nothing is said.")  # fmt: skip
@SHOW_OF
@YES
def withdraw(
    episodes: tuple[str, ...],
    contributor: str | None,
    reason: str | None,
    show: Path | None,
    *,
    yes: bool,
) -> None:
    """Take EPISODE back: the next publish deletes it, and its page keeps the sources of support.

    EPISODE is the name of its folder or a path to it, its slug or its guid.
    """
    from podcast.changing import withdrawing

    wish = withdrawing.Wish(episodes, contributor, reason)
    for line in withdrawing.withdraw(show, wish, datetime.now(UTC), yes=yes):
        click.echo(line)


COMMANDS = (withdraw,)
