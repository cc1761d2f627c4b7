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

    from podcast.building.context import BuildResult, Report
    from podcast.publishing.destination import Bucket, Given
    from podcast.publishing.publish import Agree, Wish
    from podcast.publishing.session import Done

_PLACE = (
    click.option("--to", envvar="EARMARK_TO", metavar="DESTINATION",
                 help="A folder or s3://BUCKET/PREFIX. Default: `publish:` in show.md."),
    click.option("--endpoint-url", "endpoint", envvar="EARMARK_ENDPOINT_URL", metavar="URL",
                 help="The URL of the storage, if it is not Amazon's."),
    click.option("--region", envvar="EARMARK_REGION", help="The region of the storage."),
    click.option("--profile", envvar="EARMARK_PROFILE",
                 help="The profile in your AWS configuration with the credentials."),
)  # fmt: skip


def placed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where, and pass them on as `given`."""

    @functools.wraps(command)
    def run(
        to: str | None,
        endpoint: str | None,
        region: str | None,
        profile: str | None,
        **rest: Any,
    ) -> None:
        from podcast.publishing.destination import Given

        command(given=Given(to, endpoint, region, profile), **rest)

    for option in reversed(_PLACE):
        run = option(run)
    return run


@click.command()
@SHOW
@placed
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
    show: Path, given: Given, *, quiet: bool, yes: bool, open_to_players: bool, **wishes: bool
) -> None:
    """Build the show if needed, then upload it.

    The feed goes last. In a terminal you see first what will happen. If audio that is public would
    change, be deleted or be withdrawn, you are asked.
    """
    from podcast.publishing import publish as publisher
    from podcast.terminal import publish_question

    wish = publisher.Wish(**wishes)
    asked = not (yes or quiet or wish.dry_run) and publish_question.possible()
    try:
        done = _publish(show, given, wish, quiet=quiet, asked=asked)
    except publisher.UndoneError:
        if not quiet:
            raise
        return
    if done and open_to_players:
        _open(_place(real_path(show), given))


def _publish(named: Path, given: Given, wish: Wish, *, quiet: bool, asked: bool) -> bool:
    """Build and publish a show; return whether something was said of it.

    The show is free while a person is asked.
    """
    from podcast.building.context import Report
    from podcast.publishing import publish as publisher
    from podcast.show_folder import show_lock
    from podcast.terminal import output, publish_question
    from podcast.terminal.progress import Display

    show, report = real_path(named), Report() if quiet else Display()

    def run(agree: Agree | None) -> Done:
        return publisher.publish(show, built, given, wish, datetime.now(UTC), report, agree)

    with show_lock.hold(show, "publish"):
        try:
            built = _built(show, report, wish)
        except SourceError as error:
            output.brief(error.findings, named)
            sys.exit(1)
        renew_moved(show, built)
        if not quiet:
            output.brief(built.findings, named)
        done = run(publish_question.go_on if asked else None)
    if asked and done.plan and not done.done:
        if not publish_question.agreed():
            return False
        with show_lock.hold(show, "publish"):
            built = _built(show, report, wish)  # somebody may have built it while we asked
            done = run(publish_question.same(done))
    if quiet and not done.plan and not done.done:
        return False
    _tell(show, done, built, given, planned=asked)
    return True


def _built(show: Path, report: Report, wish: Wish) -> BuildResult:
    from podcast.building import pipeline

    now = datetime.now(UTC)
    return pipeline.build(show, now=now, report=report, trust_clock=wish.take_over)


def _tell(show: Path, done: Done, built: BuildResult, given: Given, *, planned: bool) -> None:
    """Say what a publish did, or would do; `planned` says that the plan is on the screen."""
    if publish_result.nothing(done):
        return
    if planned:
        click.echo(f"Published to {done.words}")
    else:
        publish_result.plan(done, "Published to" if done.done else "Would publish to")
    if done.done:
        publish_result.live(done, built.feed, folder=isinstance(_place(show, given), Path))
        publish_result.purge(show, done, built)


def _open(place: Bucket | Path) -> None:
    if isinstance(place, Path):
        click.echo("A folder has no CORS rules; the web server in front of it sets the header.")
        return
    from podcast.publishing.targets.s3 import S3

    S3(place).open_to_players()
    click.echo("Pages and players on other sites can now read the public files in this bucket.")


def _place(show: Path, given: Given) -> Bucket | Path:
    from podcast.publishing import destination

    try:
        written = destination.written(show)
    except SourceError:
        if not given.to:
            raise
        written = {}  # a show.md that is broken must not stand in the way of a rollback
    return destination.choose(given, written, show)


@click.command()
@SHOW
@placed
@click.option(
    "--release", metavar="ID", help="The release to go back to: an ID from `earmark history`."
)
@click.option("--dry-run", is_flag=True, help="Show what would happen and change nothing.")
def rollback(show: Path, given: Given, release: str | None, *, dry_run: bool) -> None:
    """Undo the last publish.

    Restores the feed, pages and catalogue of the previous release.
    """
    from podcast.publishing import rollback as undo
    from podcast.terminal.progress import Display

    show, now = real_path(show), datetime.now(UTC)
    place = _place(show, given)
    done = undo.rollback(show, place, release, now, Display(), dry_run=dry_run)
    if publish_result.nothing(done):
        return
    publish_result.plan(done, "Rolled back" if done.done else "Would roll back")
    if done.done:
        click.echo("The next publish is refused until you correct something or add --again.")


@click.command()
@SHOW
@placed
def history(show: Path, given: Given) -> None:
    """List past releases."""
    from podcast.building.context import Report
    from podcast.publishing import rollback as undo

    show = real_path(show)
    lines = undo.history(show, _place(show, given), datetime.now(UTC), Report())
    for line in lines:
        what = f"{line.what} to {line.back}" if line.back else line.what
        number = quantity(line.episodes, "episode")
        click.echo(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.id}  {what}, {number}")
        for said in line.said:
            click.echo(f"    {said}")
    if not lines:
        click.echo("Nothing has been published there yet.")
