"""Defines the command `import`: its options and its output."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from episodes.errors import EarmarkError
from episodes.text.quantities import quantity
from podcast import atomic_files
from podcast.terminal.confirm import confirm

if TYPE_CHECKING:
    from feed.reader.result import Loss, ParsedFeed
    from podcast.importing.import_feed import ImportResult

ALIKE = 3  # losses of one kind that are printed one by one


@click.command("import")
@click.argument("feed", metavar="FEED")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False,
                metavar="[DIR]")  # fmt: skip
@click.option("--leave-audio", is_flag=True,
              help="Link to the recordings where they are now. Download none.")  # fmt: skip
@click.option("--episodes", "most", default=500, show_default=True, type=click.IntRange(1, 10_000),
              help="How many to import, newest first.")  # fmt: skip
@click.option("--max-size", default=500, show_default=True, type=click.IntRange(1, 10_000),
              metavar="MB", help="The largest recording to download.")  # fmt: skip
@click.option("--yes", is_flag=True,
              help="Confirm that a locked show is yours, or that its owner agrees.")  # fmt: skip
@click.option("--private", is_flag=True,
              help="Also download from this computer and its own network.")  # fmt: skip
def import_(  # noqa: PLR0913 - the options of one command
    feed: str,
    folder: Path | None,
    most: int,
    max_size: int,
    *,
    leave_audio: bool,
    yes: bool,
    private: bool,
) -> None:
    """Make a show folder from an existing podcast.

    FEED is its web address or a saved file. Guids, dates, notes, chapters, transcripts, people and
    pictures are kept, and recordings are downloaded. If something cannot be kept, you see it with
    its line in the feed. If the folder has the show already, only new episodes are added and
    nothing else changes. If it stops, run it again to carry on.
    """
    from podcast.importing import import_feed
    from podcast.network.client import Client
    from podcast.terminal.progress import Display

    client = Client(private=private)
    options = import_feed.ImportOptions(leave_audio, max_size * 1_000_000, most)
    try:
        result = import_feed.import_show(
            feed, folder, options, client, lambda parsed: _agree(parsed, yes=yes), Display()
        )
    finally:
        client.close()
    _print_losses(result, feed)
    for line in _summary(result, options.most):
        click.echo(line)
    sys.exit(1 if result.missing or result.unfit else 0)


def _agree(parsed: ParsedFeed, *, yes: bool) -> None:
    """Ask whether to import a locked feed. Raises EarmarkError if nobody agrees."""
    owner = f" ({parsed.owner[:100]})" if parsed.owner else ""
    click.echo(f"This show is locked: its owner{owner} asks that nobody else imports it.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise EarmarkError(
            "nothing was imported: add --yes if the show is yours, or if its owner agrees"
        )
    if not confirm("Is it yours, or does its owner agree?"):
        raise EarmarkError("nothing was imported")


def _print_losses(result: ImportResult, feed: str) -> None:
    """Print what could not be kept, with its line; of many similar losses only the first."""
    alike: dict[str, list[Loss]] = defaultdict(list)
    for each in result.lost:
        alike["".join(char for char in each.why if not char.isdigit())].append(each)
    name = feed.rpartition("/")[2].partition("?")[0] or "feed"
    for rows in alike.values():
        for each in rows[:ALIKE]:
            where = f"{name}:{each.line}: " if each.line else f"{name}: "
            click.secho(f"{where}{each.what}: {each.why}", fg="yellow", err=True)
        if len(rows) > ALIKE:
            click.secho(f"{name}: and {len(rows) - ALIKE:,} more like it", fg="yellow", err=True)


def _summary(result: ImportResult, most: int) -> list[str]:
    """Return the lines about the result and the next step."""
    lines = [f"{_count(result.added)} of {result.title} in {result.folder}"]
    if result.before:
        lines.append(f"{_count(result.before)} there already, unchanged")
    if result.missing:
        lines.append(
            f"{_count(result.missing)} could not be downloaded; run it again to try once more"
        )
    if result.unfit:
        lines.append(
            f"{_count(result.unfit)} cannot keep the recording there; run it without --leave-audio"
        )
    if result.left:
        lines.append(
            f"{result.left:,} older ones left out; `--episodes {most + result.left}` imports all"
        )
    show = atomic_files.typed(result.folder)
    return [
        *lines,
        f"Next: earmark check {show}, then earmark preview {show}",
        "To bring your subscribers along when the address changes, see docs/importing.md",
    ]


def _count(number: int) -> str:
    return quantity(number, "episode")
