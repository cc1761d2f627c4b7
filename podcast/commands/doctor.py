"""Defines the command `doctor`: its options and its output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from episodes.findings import Level, errors_in

if TYPE_CHECKING:
    from podcast.doctor.run import VisitResult


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print every finding as JSON.")
@click.option("--no-links", is_flag=True, help="Do not test links to other sites.")
def doctor(url: str, *, as_json: bool, no_links: bool) -> None:
    """Test a published show as a podcast app would.

    URL is the web address of the feed or of the show. Nothing is changed there.
    """
    from datetime import UTC, datetime

    from podcast.doctor.run import visit_show
    from podcast.network.client import Client
    from podcast.terminal import output
    from podcast.terminal.progress import Display

    display, client = Display(), Client(private=True)
    try:
        visited = visit_show(url, datetime.now(UTC), display, client, links=not no_links)
    finally:
        display.end()
        client.close()
    findings = visited.findings(each=as_json)
    if as_json:
        import json

        click.echo(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        output.show(findings, headings=False)
        click.echo(_summary(visited))
    sys.exit(1 if errors_in(findings) else 0)


def _summary(visited: VisitResult) -> str:
    """Return one sentence about what was tested, and the result."""
    from podcast.doctor.resources import Kind
    from podcast.terminal import findings

    rest = [kind.many(visited.counts[kind]) for kind in Kind
            if kind is not Kind.FEED and kind in visited.counts]  # fmt: skip
    every = visited.findings()
    counts = [(sum(each.level is level for each in every), level) for level in Level]
    problems = [findings.counted(number, level) for number, level in counts if number]
    how = _listed(problems) if problems else "everything is as it should be"
    return f"Tested {_listed(['the feed', *rest])}: {how}."


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
