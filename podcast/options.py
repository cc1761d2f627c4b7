"""What several commands ask for alike: a show, or an episode of one."""

from __future__ import annotations

from pathlib import Path

import click

SHOW = click.argument(
    "show", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[SHOW]"
)
SHOW_OF = click.option(
    "--show",
    type=click.Path(file_okay=False, path_type=Path),
    help="The show's folder; otherwise that of EPISODE, or the one you are in.",
)
ALL = click.option(
    "--all", "every", is_flag=True, help="List every finding; alike ones are otherwise one line."
)
