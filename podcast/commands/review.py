"""Defines the commands that review a show: their options and their output."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from episodes.errors import EarmarkError
from episodes.review import Urgency
from podcast.commands.options import SHOW

if TYPE_CHECKING:
    from episodes.findings import Finding
    from podcast.review import Reviewed

FILE = click.Path(dir_okay=False, path_type=Path)
_COLOURS = {Urgency.OVERDUE: "red", Urgency.SOON: "yellow"}


@click.command()
@SHOW
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def order(show: Path, *, as_json: bool) -> None:
    """Show how each kind of podcast app sorts the episodes.

    Scheduled episodes are shown where they will appear. Nothing is built. The exit code is 1 if an
    app would not keep the order of a serial show or a course.
    """
    from feed import app_order
    from podcast.show_folder import read_source
    from podcast.terminal import order_table

    source = read_source.read_show(show)
    orders = app_order.compare_orders(source.show, datetime.now(UTC))
    if as_json:
        click.echo(order_table.document(orders))
    else:
        order_table.show(orders)
    _print_unreadable(source.errors)
    sys.exit(0 if orders.right else 1)


@click.command()
@SHOW
@click.option("--offline", is_flag=True, help="Do not test links.")
@click.option("--intranet", is_flag=True, help="Also test links inside your own network.")
@click.option("--page", type=FILE, metavar="FILE", help="Write a page to print, like FILE.html.")
@click.option("--ics", type=FILE, metavar="FILE", help="Write a calendar, like FILE.ics.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def review(  # noqa: PLR0913 - the options of one command
    show: Path, *, offline: bool, intranet: bool, page: Path | None, ics: Path | None, as_json: bool
) -> None:
    """List what is due: facts, support, consents, links.

    Nothing is built. The exit code is 1 if something is overdue. The calendar's titles give nothing
    away. The page names people, so keep it to yourself.
    """
    from podcast import review as reviews
    from podcast.link_check import LinkChecker
    from podcast.terminal import review_list
    from podcast.terminal.progress import Display

    for file in filter(None, (page, ics)):
        if not file.parent.is_dir():
            raise EarmarkError(f"{file.parent} is not there; make that folder first")
    now, display = datetime.now(UTC), Display()
    checker = None if offline else LinkChecker(private=intranet)
    try:
        reviewed = reviews.review_show(show, now, checker, display)
    finally:
        display.end()
        if checker:
            checker.close()
    if as_json:
        title = reviewed.show.facts.title
        click.echo(review_list.document(title, now.date(), reviewed.dues, reviewed.asked))
    else:
        for urgency, text in review_list.lines(reviewed.dues):
            click.secho(text, fg=_COLOURS.get(urgency) if urgency else None)
    if checker and reviewed.asked is None:
        click.echo(
            "No link could be tested: nothing could be reached. Is this computer online?", err=True
        )
    _write(reviewed, now, page, ics)
    _print_unreadable(reviewed.lost)
    sys.exit(1 if reviewed.overdue else 0)


def _write(reviewed: Reviewed, now: datetime, page: Path | None, ics: Path | None) -> None:
    """Write the page and the calendar, if they are asked for."""
    from podcast import atomic_files

    if page:
        from feed import review_page

        html = review_page.render(
            reviewed.show,
            reviewed.dues,
            now.date(),
            reviewed.lost,
            links=reviewed.asked is not None,
        )
        atomic_files.write(page, html)
        click.echo(f"Made {page}: open it in a browser, and print it.", err=True)
    if ics:
        from episodes import ics as calendar

        atomic_files.write(ics, calendar.render(reviewed.show, reviewed.dues, now.date()))
        click.echo(f"Made {ics}: open it with your calendar.", err=True)


def _print_unreadable(findings: list[Finding]) -> None:
    """Print what is left out because it cannot be read."""
    from podcast.terminal import output

    if findings:
        click.echo("Left out, because it cannot be read:", err=True)
        output.show(findings, headings=False)
