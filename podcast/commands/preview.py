"""Defines the commands that show a podcast in the browser: a preview, and the demo."""

from __future__ import annotations

from pathlib import Path

import click

from podcast.commands.options import SHOW

PORT = click.option(
    "--port", default=8000, envvar="PORT", show_default=True, type=click.IntRange(1, 65535),
    help="The port to serve it on.",
)  # fmt: skip


@click.command()
@SHOW
@PORT
@click.option("--host", default="127.0.0.1", show_default=True,
              help="0.0.0.0 lets you try it on a phone in the same network.")  # fmt: skip
def preview(show: Path, port: int, host: str) -> None:
    """Show the podcast in your browser as you edit it.

    Builds the show again when a file changes. Only this computer can see it, unless you set --host.
    """
    from podcast import preview as server

    server.serve(show, host, port)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="earmark-demo", metavar="[DIR]")
@PORT
def demo(folder: Path, port: int) -> None:
    """Try Earmark with the example show.

    Copies it to DIR (default: earmark-demo), builds it and serves it, with a companion.
    """
    from podcast import preview as server
    from podcast.creating import demo as demo_companion
    from podcast.creating import example

    example.copy_example(folder)
    companion = demo_companion.mount_companion(folder, port)
    server.serve(folder, "127.0.0.1", port, companion)
