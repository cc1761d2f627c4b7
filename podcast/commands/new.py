"""The commands that begin something: a show, an episode, a follow-up."""

from __future__ import annotations

from pathlib import Path

import click

from podcast.commands import options
from podcast.commands.options import SHOW_OF, OwnFile

AUDIO = click.option(
    "--audio",
    required=True,
    type=OwnFile(options.RECORDING),
    help="Your recording, like talk.wav. It is copied, and never changed.",
)
TRANSCRIPT = click.option(
    "--transcript",
    type=OwnFile(options.TRANSCRIPT),
    help="VTT, SRT, JSON, text or Word; it is copied too.",
)


@click.group()
def new() -> None:
    """Begin a show or an episode."""


@new.command("show")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--title", help="The name of the show; otherwise made from the folder's name.")
@click.option("--address", help="Where it will live, like https://example.org/talks/.")
@click.option("--unlisted", is_flag=True,
              help="Add a random path to the address, and keep out of directories.")  # fmt: skip
def new_show(folder: Path, title: str | None, address: str | None, *, unlisted: bool) -> None:
    """Make the folder of a new show, with a cover to replace."""
    from podcast.creating import show as starting

    for line in starting.new_show(folder, title, address, unlisted=unlisted):
        click.echo(line)


@new.command("episode")
@click.argument("title")
@AUDIO
@TRANSCRIPT
@click.option(
    "--show",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="The show's folder; otherwise the one you are in.",
)
def new_episode(title: str, audio: Path, transcript: Path | None, show: Path) -> None:
    """Add an episode: a folder with the recording and episode.md to fill in."""
    from datetime import UTC, datetime

    from podcast.creating import show as starting

    for line in starting.new_episode(show, title, audio, transcript, datetime.now(UTC)):
        click.echo(line)


@new.command("follow-up")
@click.argument("episode")
@AUDIO
@TRANSCRIPT
@click.option("--weeks", default=2, show_default=True, type=click.IntRange(1, 52),
              help="How long after the episode it appears.")  # fmt: skip
@SHOW_OF
def new_follow_up(
    episode: str, audio: Path, transcript: Path | None, weeks: int, show: Path | None
) -> None:
    """Add a short episode that goes back to EPISODE, some weeks after it.

    EPISODE is its number, the name of its folder or a path to it, its title, slug or guid.
    """
    from podcast.creating import follow_up

    for line in follow_up.new_follow_up(show, episode, weeks, audio, transcript):
        click.echo(line)
