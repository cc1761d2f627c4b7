"""Defines the commands that create a show, an episode or a follow-up, and draft a transcript."""

from __future__ import annotations

from pathlib import Path

import click

from podcast.commands import options
from podcast.commands.options import SHOW_OF, OwnFile

MODEL = "small"  # of speech: good enough to correct, on a laptop about as long as the recording
AUDIO = click.option(
    "--audio",
    required=True,
    type=OwnFile(options.RECORDING),
    help="Your recording, like talk.wav. It is copied and never changed.",
)
TRANSCRIPT = click.option(
    "--transcript",
    type=OwnFile(options.TRANSCRIPT),
    help="VTT, SRT, JSON, text or Word. It is copied too.",
)


@click.group()
def new() -> None:
    """Start a show, an episode or a follow-up."""


@new.command("show")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--title", help="The title of the show. Default: from the folder's name.")
@click.option("--address", help="Its web address, like https://example.org/talks/.")
@click.option("--unlisted", is_flag=True,
              help="Add a random path to the address; stay out of directories.")  # fmt: skip
def new_show(folder: Path, title: str | None, address: str | None, *, unlisted: bool) -> None:
    """Make a new show folder, with a cover to replace."""
    from podcast.creating.show import new_show as create_show

    for line in create_show(folder, title, address, unlisted=unlisted):
        click.echo(line)


@new.command("episode")
@click.argument("title")
@AUDIO
@TRANSCRIPT
@click.option(
    "--show",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="The show folder. Default: the folder you are in.",
)
def new_episode(title: str, audio: Path, transcript: Path | None, show: Path) -> None:
    """Add an episode to a show.

    Makes a folder with a copy of the recording, and episode.md to fill in.
    """
    from datetime import UTC, datetime

    from podcast.creating import episode

    for line in episode.new_episode(show, title, audio, transcript, datetime.now(UTC)):
        click.echo(line)


@new.command("follow-up")
@click.argument("episode")
@AUDIO
@TRANSCRIPT
@click.option("--weeks", default=2, show_default=True, type=click.IntRange(1, 52),
              help="How many weeks after the episode it appears.")  # fmt: skip
@SHOW_OF
def new_follow_up(
    episode: str, audio: Path, transcript: Path | None, weeks: int, show: Path | None
) -> None:
    """Add a short follow-up to EPISODE, some weeks later.

    EPISODE can be a number, a folder name or path, a title, a slug or a guid.
    """
    from podcast.creating import follow_up

    for line in follow_up.new_follow_up(show, episode, weeks, audio, transcript):
        click.echo(line)


@click.command()
@click.argument("episode")
@click.option("--model", default=MODEL, show_default=True, metavar="NAME",
              help="A size from tiny to large-v3, or a folder with a model.")  # fmt: skip
@SHOW_OF
def transcribe(episode: str, model: str, show: Path | None) -> None:
    """Draft the transcript of EPISODE for you to correct.

    First run `pipx install --force '.[transcribe]'` in Earmark's own folder. The first use of a
    model downloads it (small: half a gigabyte). The recording stays on this computer.
    """
    from podcast.creating import transcript
    from podcast.terminal.progress import Display

    for line in transcript.transcribe(show, episode, model, Display()):
        click.echo(line)
