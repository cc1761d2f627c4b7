"""Defines the command `earmark`: its subcommands, and how errors are printed.

Heavy modules are imported inside the commands, so that `--help` and a build of nothing are quick.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from episodes import __version__
from episodes.errors import EarmarkError, SourceError
from episodes.findings import Level
from episodes.text.quantities import quantity
from podcast.commands import change as changing
from podcast.commands import import_feed, publish
from podcast.commands import review as tending
from podcast.commands.doctor import doctor
from podcast.commands.new import new
from podcast.commands.options import ALL, SHOW, SHOW_OF
from podcast.commands.sections import Sections
from podcast.commands.web import web

if TYPE_CHECKING:
    from podcast.building.context import BuildResult

# Looking for plugins of pydantic reads the metadata of every package; there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

FINE, STOPPED, INTERRUPTED = 0, 1, 130
MODEL = "small"  # of speech: good enough to correct, on a laptop about as long as the recording
PORT = click.option(
    "--port", default=8000, envvar="PORT", show_default=True, type=click.IntRange(1, 65535),
    help="The port to serve it on.",
)  # fmt: skip


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
            said = f"{where}{error.strerror or error}; no file is left half-written"
            click.echo(f"error: {said}", err=True)
            ctx.exit(STOPPED)
        except (KeyboardInterrupt, click.Abort):  # click says so where somebody was asked
            click.echo(
                "\nStopped. No file is left half-written. Run it again to carry on.", err=True
            )
            ctx.exit(INTERRUPTED)


@click.group(cls=Earmark, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="earmark")
def main() -> None:
    """Publish training as a podcast: a folder of recordings and Markdown becomes a feed.

    SHOW is the folder with show.md in it. Default: the folder you are in.
    """


@main.command()
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


@main.command()
@SHOW
@click.option(
    "--fix",
    is_flag=True,
    help="Write missing guids and the order of a course into the files.",
)
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
    from podcast import rule_reference
    from podcast.building import pipeline
    from podcast.terminal import findings, output

    if explain:
        click.echo(rule_reference.explain(explain))
        return
    if levels:
        for recording, said in pipeline.levels(show):
            click.echo(f"{recording}: {said}")
        return
    if fix:
        from podcast.creating import show as starting

        for line in starting.fix(show):
            click.echo(line, err=as_json)
    found = pipeline.check(show)
    if as_json:
        click.echo(findings.document(found))
    else:
        shortened = output.show(found, every=every)
        click.echo(f"{findings.count(found)}{' `--all` lists each.' if shortened else ''}")
    sys.exit(STOPPED if any(each.level is Level.ERROR for each in found) else FINE)


@main.command()
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
    _tell(built, every=every)
    changing.renew(show, built)


@main.command()
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
    from podcast import offline_zip as packing

    for line in packing.pack(episode, show, to):
        click.echo(line)


@main.command("next")
@SHOW
def next_(show: Path) -> None:
    """Show when the next publish is due."""
    from podcast.building import pipeline

    now = datetime.now(UTC)
    coming, errors = pipeline.coming(show, now)
    for when, title in coming:
        moment = datetime.fromisoformat(when)
        click.echo(f"{moment:%Y-%m-%d %H:%M} UTC ({_away(moment - now)}): {title}")
    if not coming:
        click.echo("Nothing is scheduled.")
    if errors:
        stop = f"{quantity(errors, 'error')} {'stops' if errors == 1 else 'stop'}"
        click.echo(f"{stop} the next publish; `earmark check` shows why.", err=True)


def _away(left: timedelta) -> str:
    """Return how long it is until then, in the largest unit of which there are two or more."""
    minutes = left / timedelta(minutes=1)
    sizes = ((60 * 24, "days"), (60, "hours"), (1, "minutes"))
    number, name = next(
        ((round(minutes / size), name) for size, name in sizes if minutes / size >= 1.5),
        (1, "minute"),
    )
    return f"in {number} {name}"


@main.command()
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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default="earmark-demo", metavar="[DIR]")
@PORT
def demo(folder: Path, port: int) -> None:
    """Try Earmark with the example show.

    Copies it to DIR (default: earmark-demo), builds it and serves it, with a companion.
    """
    from podcast import preview as server
    from podcast.creating import demo as companion
    from podcast.creating import show as starting

    starting.copy_example(folder)
    with_companion = companion.mount(folder, port)
    server.serve(folder, "127.0.0.1", port, with_companion)


@main.command()
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


def _tell(built: BuildResult, *, every: bool) -> None:
    """Say what a build did, in as many lines as something happened."""
    from podcast.terminal import output

    for recording, what in sorted(built.said):
        click.echo(f"{recording}: {what}")
    output.show([each for each in built.findings if not each.waived], every=every)
    for when, title in built.coming:
        click.echo(f"Scheduled for {when[:16].replace('T', ' ')} UTC: {title}")
    count = quantity(built.episodes, "episode")
    if built.written or built.said:
        click.echo(f"{count} in {built.out}")
    else:
        click.echo(f"Nothing changed: {count} in {built.out}")


for command in (
    new, *publish.COMMANDS, *changing.COMMANDS, *import_feed.COMMANDS, *tending.COMMANDS, doctor,
    web,
):  # fmt: skip
    main.add_command(command)
