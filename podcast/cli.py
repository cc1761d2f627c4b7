"""Defines the command `earmark`: where its subcommands are, and how errors are printed.

Only the command that runs is imported, and heavy modules only inside it: `--help` and a build of
nothing are quick.
"""

from __future__ import annotations

import os
from typing import Any

import click

from episodes import __version__
from episodes.errors import EarmarkError, SourceError
from podcast.commands.sections import CommandTable, Sections

# Looking for plugins of pydantic reads the metadata of every package; there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

STOPPED, INTERRUPTED = 1, 130
# Each command, and the module and function that define it.
COMMANDS = {
    "new": "podcast.commands.new:new",
    "transcribe": "podcast.commands.new:transcribe",
    "import": "podcast.commands.import_feed:import_",
    "demo": "podcast.commands.preview:demo",
    "preview": "podcast.commands.preview:preview",
    "check": "podcast.commands.build:check",
    "build": "podcast.commands.build:build",
    "next": "podcast.commands.build:next_",
    "schema": "podcast.commands.build:schema",
    "offline": "podcast.commands.packages:offline",
    "publish": "podcast.commands.publish:publish",
    "history": "podcast.commands.publish:history",
    "rollback": "podcast.commands.publish:rollback",
    "doctor": "podcast.commands.doctor:doctor",
    "revise": "podcast.commands.change:revise",
    "reissue": "podcast.commands.change:reissue",
    "withdraw": "podcast.commands.change:withdraw",
    "move": "podcast.commands.change:move",
    "review": "podcast.commands.review:review",
    "order": "podcast.commands.review:order",
    "web": "podcast.commands.web:web",
}


class Earmark(Sections):
    """Maps every error to one sentence and an exit code, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a finding or a known error never ends in a traceback."""
        try:
            return super().invoke(ctx)
        except SourceError as error:
            from podcast.terminal import output

            output.brief(error.findings)
            ctx.exit(STOPPED)
        except EarmarkError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(STOPPED)
        except OSError as error:
            from podcast import atomic_files

            where = f"{path}: " if (path := atomic_files.concerned(error)) else ""
            reason = f"{error.strerror or error}; no file is left half-written"
            click.echo(f"error: {where}{reason}", err=True)
            ctx.exit(STOPPED)
        except (KeyboardInterrupt, click.Abort):  # click says so where somebody was asked
            click.echo(
                "\nStopped. No file is left half-written. Run it again to carry on.", err=True
            )
            ctx.exit(INTERRUPTED)


@click.group(
    cls=Earmark,
    commands=CommandTable(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="earmark")
def main() -> None:
    """Publish training as a podcast: a folder of recordings and Markdown becomes a feed.

    SHOW is the folder with show.md in it. Default: the folder you are in.
    """
