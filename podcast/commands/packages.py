"""Defines the command that packs an episode as one file for people without a network."""

from __future__ import annotations

from pathlib import Path

import click

from podcast.commands.options import SHOW_OF


@click.command()
@click.argument("episode")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file to write. Default: EPISODE.zip in the folder you are in.",
)
@SHOW_OF
def offline(episode: str, to: Path | None, show: Path | None) -> None:
    """Pack EPISODE for use without a network.

    The zip has its page, recording, transcript and chapters, for a USB stick or a shared folder.
    EPISODE can be a number, a folder name or path, a title, a slug or a guid.
    """
    from podcast import offline_zip

    for line in offline_zip.pack(episode, show, to):
        click.echo(line)
