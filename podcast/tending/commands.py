"""The commands that look after a show: what can be typed, and how their answers look."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from podcast.options import SHOW

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.findings import Finding


@click.command()
@SHOW
@click.option("--json", "as_json", is_flag=True, help="Print the orders as JSON.")
def order(show: Path, *, as_json: bool) -> None:
    """Show in which order each kind of podcast app lists the episodes.

    Episodes to come are shown where they will be. Nothing is built. The exit code is 1 where an app
    would not keep the order of a serial show or a course.
    """
    from feed import orders
    from podcast.tending import columns, looking

    seen = looking.look(show)
    told = orders.of(seen.show, datetime.now(UTC))
    if as_json:
        click.echo(columns.document(told))
    else:
        columns.show(told)
    _lost(seen.lost)
    sys.exit(0 if told.right else 1)


def _lost(findings: list[Finding]) -> None:
    """Say what is left out because it cannot be read."""
    if findings:
        click.echo("Left out, because it cannot be read:", err=True)
    for each in findings:
        click.secho(str(each), fg="red", err=True)


COMMANDS: tuple[click.Command, ...] = (order,)
