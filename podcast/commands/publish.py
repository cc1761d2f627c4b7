"""Defines the commands that publish: their options and their output."""

from __future__ import annotations

import functools
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from episodes.errors import SourceError
from episodes.show_folder.real_paths import real_path
from episodes.text.quantities import quantity
from podcast.commands.build import renew_moved
from podcast.commands.options import SHOW
from podcast.terminal import publish_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from podcast.building.context import BuildResult, ProgressReport
    from podcast.publishing.destination import Bucket, DestinationOptions
    from podcast.publishing.head_start import HeadStart
    from podcast.publishing.publish import Agree, PublishOptions
    from podcast.publishing.session import PublishResult

_DESTINATION = (
    click.option("--to", envvar="EARMARK_TO", metavar="DESTINATION",
                 help="A folder or s3://BUCKET/PREFIX. Default: `publish:` in show.md."),
    click.option("--endpoint-url", "endpoint", envvar="EARMARK_ENDPOINT_URL", metavar="URL",
                 help="The URL of the storage, if it is not Amazon's."),
    click.option("--region", envvar="EARMARK_REGION", help="The region of the storage."),
    click.option("--profile", envvar="EARMARK_PROFILE",
                 help="The profile in your AWS configuration with the credentials."),
)  # fmt: skip


def with_destination(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a destination, and pass them on as `given`."""

    @functools.wraps(command)
    def run(
        to: str | None,
        endpoint: str | None,
        region: str | None,
        profile: str | None,
        **rest: Any,
    ) -> None:
        from podcast.publishing.destination import DestinationOptions

        command(given=DestinationOptions(to, endpoint, region, profile), **rest)

    for option in reversed(_DESTINATION):
        run = option(run)
    return run


@click.command()
@SHOW
@with_destination
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
@click.option("--prune", is_flag=True,
              help="Delete files that no feed has used for 30 days.")  # fmt: skip
@click.option("--take-over", is_flag=True,
              help="Replace what another computer published.")  # fmt: skip
@click.option("--again", is_flag=True, help="Publish what you rolled back, unchanged.")
@click.option("--restore", is_flag=True, help="Publish withdrawn episodes again.")
@click.option("--quiet", is_flag=True, help="Print nothing if nothing changed. For timers.")
@click.option("--yes", is_flag=True, help="Publish without asking.")
@click.option("--open-to-players", is_flag=True,
              help="Set the bucket's CORS rules so that players on other sites work.")  # fmt: skip
def publish(
    show: Path,
    given: DestinationOptions,
    *,
    quiet: bool,
    yes: bool,
    open_to_players: bool,
    **choices: bool,
) -> None:
    """Build the show if needed, then upload it.

    The feed goes last. In a terminal you see first what will happen. If audio that is public would
    change, be deleted or be withdrawn, you are asked.
    """
    from podcast.publishing import publish as publisher
    from podcast.terminal import publish_question

    options = publisher.PublishOptions(**choices)
    asked = not (yes or quiet or options.dry_run) and publish_question.can_ask()
    try:
        printed = _publish(show, given, options, quiet=quiet, asked=asked)
    except publisher.UndoneError:
        if not quiet:
            raise
        return
    if printed and open_to_players:
        _open_to_players(_choose_destination(real_path(show), given))


def _publish(
    named: Path, given: DestinationOptions, options: PublishOptions, *, quiet: bool, asked: bool
) -> bool:
    """Build and publish a show; return whether anything was printed.

    No lock is held while a person thinks.
    """
    from podcast.building.context import ProgressReport
    from podcast.publishing import head_start
    from podcast.publishing import publish as publisher
    from podcast.show_folder import show_lock
    from podcast.terminal import output, publish_question
    from podcast.terminal.progress import Display

    show, report = real_path(named), ProgressReport() if quiet else Display()

    def run(agree: Agree | None, head: HeadStart | None = None) -> PublishResult:
        return publisher.publish(
            show, built, given, options, datetime.now(UTC), report, agree, head
        )

    uploads = not (asked or options.dry_run or options.take_over or options.restore)
    with (
        show_lock.hold(show, "publish"),
        head_start.HeadStart(show, given, datetime.now(UTC), uploads=uploads) as head,
    ):
        try:
            built = _built(show, report, options, head)
        except SourceError as error:
            output.brief(error.findings, named)
            sys.exit(1)
        renew_moved(show, built)
        if not quiet:
            output.brief(built.findings, named)
        done = run(publish_question.show_plan if asked else None, head)
    if asked and done.plan and not done.done:
        if not publish_question.ask_to_publish():
            return False
        with show_lock.hold(show, "publish"):
            built = _built(show, report, options)  # it may have changed during the question
            done = run(publish_question.require_same_plan(done))
    if quiet and not done.plan and not done.done:
        return False
    _print_result(show, done, built, given, planned=asked)
    return True


def _built(
    show: Path, report: ProgressReport, options: PublishOptions, head: HeadStart | None = None
) -> BuildResult:
    from podcast.building import pipeline

    now, trusted = datetime.now(UTC), options.take_over
    return pipeline.build(show, now=now, report=report, trust_clock=trusted, watcher=head)


def _print_result(
    show: Path, done: PublishResult, built: BuildResult, given: DestinationOptions, *, planned: bool
) -> None:
    """Print what a publish did, or would do; `planned`: the plan has been printed already."""
    if publish_result.print_nothing(done):
        return
    if planned:
        click.echo(f"Published to {done.words}")
    else:
        publish_result.print_plan(done, "Published to" if done.done else "Would publish to")
    if done.done:
        publish_result.print_subscribing(
            done, built.feed, folder=isinstance(_choose_destination(show, given), Path)
        )
        publish_result.print_leftovers(show, done, built)


def _open_to_players(to: Bucket | Path) -> None:
    if isinstance(to, Path):
        click.echo("A folder has no CORS rules; the web server in front of it sets the header.")
        return
    from podcast.publishing.targets.s3 import S3

    S3(to).open_to_players()
    click.echo("Pages and players on other sites can now read the public files in this bucket.")


def _choose_destination(show: Path, given: DestinationOptions) -> Bucket | Path:
    from podcast.publishing import destination

    try:
        written = destination.read_destination(show)
    except SourceError:
        if not given.to:
            raise
        written = {}  # a broken show.md must not prevent a rollback
    return destination.choose_destination(given, written, show)


@click.command()
@SHOW
@with_destination
@click.option(
    "--release", metavar="ID", help="The release to go back to: an ID from `earmark history`."
)
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
def rollback(show: Path, given: DestinationOptions, release: str | None, *, dry_run: bool) -> None:
    """Undo the last publish.

    Restores the feed, pages and catalogue of the previous release.
    """
    from podcast.publishing import rollback as rollbacks
    from podcast.terminal.progress import Display

    show, now = real_path(show), datetime.now(UTC)
    to = _choose_destination(show, given)
    done = rollbacks.rollback(show, to, release, now, Display(), dry_run=dry_run)
    if publish_result.print_nothing(done):
        return
    publish_result.print_plan(done, "Rolled back" if done.done else "Would roll back")
    if done.done:
        click.echo("The next publish is refused until you correct something or add --again.")


@click.command()
@SHOW
@with_destination
def history(show: Path, given: DestinationOptions) -> None:
    """List past releases."""
    from podcast.building.context import ProgressReport
    from podcast.publishing import rollback as rollbacks

    show = real_path(show)
    lines = rollbacks.history(
        show, _choose_destination(show, given), datetime.now(UTC), ProgressReport()
    )
    for line in lines:
        what = f"{line.what} to {line.back}" if line.back else line.what
        episodes = quantity(line.episodes, "episode")
        click.echo(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.id}  {what}, {episodes}")
        for change in line.said:
            click.echo(f"    {change}")
    if not lines:
        click.echo("Nothing has been published there yet.")
