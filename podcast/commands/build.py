"""Defines the commands that build and check a show, and those that explain what a build needs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from episodes.errors import SourceError
from episodes.findings import Level
from episodes.text.quantities import quantity
from podcast.commands.options import ALL, SHOW

if TYPE_CHECKING:
    from podcast.building.context import BuildResult

FINE, STOPPED = 0, 1


@click.command()
@SHOW
@click.option("--fix", is_flag=True,
              help="Write missing guids and the order of a course into the files.")  # fmt: skip
@ALL
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--levels", is_flag=True,
              help="Only show how loud each recording was and is now.")  # fmt: skip
@click.option("--explain", metavar="RULE",
              help="Explain one rule (or `all`) without checking.")  # fmt: skip
def check(  # noqa: PLR0913 - the options of one command
    show: Path, *, fix: bool, every: bool, as_json: bool, levels: bool, explain: str | None
) -> None:
    """Find what is wrong with a show, and how to fix it.

    Errors come first: they stop a build. Warnings need a look before you publish. Suggestions come
    last. Each line ends with the name of its rule. If a warning is meant to be that way, say so in
    the file: `waive:`, and below it `rule: the reason`.
    """
    if explain:
        from podcast import rule_reference

        click.echo(rule_reference.explain(explain))
        return
    if levels:
        _print_levels(show)
        return
    if fix:
        _fix(show, as_json=as_json)
    sys.exit(_print_findings(show, every=every, as_json=as_json))


def _print_levels(show: Path) -> None:
    from podcast.building import pipeline

    for recording, sentence in pipeline.levels(show):
        click.echo(f"{recording}: {sentence}")


def _fix(show: Path, *, as_json: bool) -> None:
    """Fix what can be fixed; beside JSON, say so on stderr."""
    from podcast.building import fix

    for line in fix.fix_show(show):
        click.echo(line, err=as_json)


def _print_findings(show: Path, *, every: bool, as_json: bool) -> int:
    """Check a show and print the findings; return the exit code."""
    from podcast.building import pipeline
    from podcast.terminal import findings, output

    results = pipeline.check(show)
    if as_json:
        click.echo(findings.document(results))
    else:
        shortened = output.show(results, every=every)
        click.echo(f"{findings.count(results)}{' `--all` lists each.' if shortened else ''}")
    return STOPPED if any(each.level is Level.ERROR for each in results) else FINE


@click.command()
@SHOW
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Where to build. Default: public/ in the show folder.")  # fmt: skip
@click.option("--verify", is_flag=True, help="Ignore the cache and check every file again.")
@ALL
def build(show: Path, out: Path | None, *, verify: bool, every: bool) -> None:
    """Make a folder ready to upload: feed, pages, audio."""
    from podcast.building import pipeline
    from podcast.terminal import findings, output
    from podcast.terminal.progress import Display

    try:
        built = pipeline.build(show, out, report=Display(), verify=verify)
    except SourceError as error:
        output.show(error.findings, every=every)
        click.echo(findings.count(error.findings), err=True)
        sys.exit(STOPPED)
    _print_build(built, every=every)
    renew_moved(show, built)


def _print_build(built: BuildResult, *, every: bool) -> None:
    """Print a line for each thing that a build did, and where the show is."""
    from podcast.terminal import output

    for recording, sentence in sorted(built.said):
        click.echo(f"{recording}: {sentence}")
    output.show([each for each in built.findings if not each.waived], every=every)
    for when, title in built.coming:
        click.echo(f"Scheduled for {when[:16].replace('T', ' ')} UTC: {title}")
    count = quantity(built.episodes, "episode")
    if built.written or built.said:
        click.echo(f"{count} in {built.out}")
    else:
        click.echo(f"Nothing changed: {count} in {built.out}")


def renew_moved(show: Path, built: BuildResult) -> None:
    """Write the files for a show's old address again if they name a withdrawn episode."""
    if built.withdrawn:
        from podcast.changing import move

        for line in move.renew_old_addresses(show, built):
            click.echo(line)


@click.command("next")
@SHOW
def next_(show: Path) -> None:
    """Show when the next publish is due."""
    from podcast.building import pipeline

    now = datetime.now(UTC)
    scheduled, errors = pipeline.coming(show, now)
    for when, title in scheduled:
        moment = datetime.fromisoformat(when)
        click.echo(f"{moment:%Y-%m-%d %H:%M} UTC ({_time_left(moment - now)}): {title}")
    if not scheduled:
        click.echo("Nothing is scheduled.")
    if errors:
        stop = f"{quantity(errors, 'error')} {'stops' if errors == 1 else 'stop'}"
        click.echo(f"{stop} the next publish; `earmark check` shows why.", err=True)


def _time_left(left: timedelta) -> str:
    """Return how long it is until then, in the largest unit of which there are two or more."""
    minutes = left / timedelta(minutes=1)
    sizes = ((60 * 24, "days"), (60, "hours"), (1, "minutes"))
    number, name = next(
        ((round(minutes / size), name) for size, name in sizes if minutes / size >= 1.5),
        (1, "minute"),
    )
    return f"in {number} {name}"


@click.command()
@click.option("--markdown", is_flag=True, help="Print a description of every key instead.")
def schema(*, markdown: bool) -> None:
    """Print the JSON Schema of front matter.

    Editors use it to complete and check keys.
    """
    from podcast import front_matter_reference

    click.echo(
        front_matter_reference.markdown() if markdown else front_matter_reference.json_schema(),
        nl=False,
    )
