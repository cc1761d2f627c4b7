"""The commands that publish: what can be typed, and how their answers look."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from episodes.findings import SourceError
from episodes.real_paths import real_path
from podcast.changing.commands import renew
from podcast.options import SHOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from podcast.publishing.desk import Done
    from podcast.publishing.plan import Plan
    from podcast.publishing.settings import Bucket, Given
    from podcast.site import Built

_PLACE = (
    click.option("--to", envvar="EARMARK_TO", metavar="PLACE",
                 help="A folder, or s3://BUCKET/PREFIX; otherwise `publish:` in show.md."),
    click.option("--endpoint-url", "endpoint", envvar="EARMARK_ENDPOINT_URL", metavar="URL",
                 help="The storage's address, where it is not Amazon's."),
    click.option("--region", envvar="EARMARK_REGION", help="The storage's region."),
    click.option("--profile", envvar="EARMARK_PROFILE",
                 help="A profile of your AWS configuration, for the credentials."),
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
        from podcast.publishing.settings import Given

        command(given=Given(to, endpoint, region, profile), **rest)

    for option in reversed(_PLACE):
        run = option(run)
    return run


@click.command()
@SHOW
@placed
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@click.option("--prune", is_flag=True,
              help="Delete what no feed of the last 30 days named.")  # fmt: skip
@click.option("--take-over", is_flag=True,
              help="Replace what another computer published.")  # fmt: skip
@click.option("--again", is_flag=True, help="Publish what was rolled back, as it was.")
@click.option("--quiet", is_flag=True, help="For timers: say nothing where nothing happens.")
@click.option("--open-to-players", is_flag=True,
              help="Set the bucket's CORS rules, so that players elsewhere work.")  # fmt: skip
def publish(
    show: Path, given: Given, *, quiet: bool, open_to_players: bool, **wishes: bool
) -> None:
    """Put the show where the world can reach it, feed last; build it first if need be."""
    from podcast import output, pipeline
    from podcast.progress import Display
    from podcast.publishing import publisher
    from podcast.site import Report

    named, show, now = show, real_path(show), datetime.now(UTC)
    report = Report() if quiet else Display()
    built = pipeline.build(show, now=now, report=report)
    renew(show, built)
    if not quiet:
        output.brief(built.findings, named)
    try:
        done = publisher.publish(show, built, given, publisher.Wish(**wishes), now, report)
    except publisher.UndoneError:
        if not quiet:
            raise
        return
    if quiet and not done.plan and not done.done:
        return
    _tell(done, "publish to", f"Subscribe   {built.feed}")
    if done.done:
        _purge(show, done, built)
    if open_to_players:
        _open(_place(show, given))


def _open(place: Bucket | Path) -> None:
    if isinstance(place, Path):
        click.echo("A folder has no CORS rules; the web server in front of it sets the header.")
        return
    from podcast.publishing.s3 import S3

    S3(place).open_to_players()
    click.echo("The bucket lets pages and players elsewhere read what is public in it.")


def _place(show: Path, given: Given) -> Bucket | Path:
    from podcast.publishing import settings

    try:
        written = settings.written(show)
    except SourceError:
        if not given.to:
            raise
        written = {}  # a show.md that is broken must not stand in the way of a rollback
    return settings.choose(given, written, show)


@click.command()
@SHOW
@placed
@click.option("--release", metavar="ID", help="Which one, as `earmark history` names it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
def rollback(show: Path, given: Given, release: str | None, *, dry_run: bool) -> None:
    """Bring back the feed, pages and catalogue of the release before."""
    from podcast.progress import Display
    from podcast.publishing import undo

    show, now = real_path(show), datetime.now(UTC)
    place = _place(show, given)
    done = undo.rollback(show, place, release, now, Display(), dry_run=dry_run)
    _tell(done, "roll back", "The next publish waits until something is corrected, or for --again.")


@click.command()
@SHOW
@placed
def history(show: Path, given: Given) -> None:
    """Say what was published, and when."""
    from podcast.publishing import undo
    from podcast.site import Report

    show = real_path(show)
    lines = undo.history(show, _place(show, given), datetime.now(UTC), Report())
    for line in lines:
        what = f"{line.what} to {line.back}" if line.back else line.what
        number = f"{line.episodes} episode{'' if line.episodes == 1 else 's'}"
        click.echo(f"{line.at:%Y-%m-%d %H:%M} UTC  {line.id}  {what}, {number}")
        for said in line.said:
            click.echo(f"    {said}")
    if not lines:
        click.echo("Nothing was published there yet.")


_DONE = {"publish to": "Published to", "roll back": "Rolled back"}


def _tell(done: Done, verb: str, last: str) -> None:
    """Say what was done, or would be, as somebody wants to know it."""
    if not done.plan and not done.done:
        count = f"{len(done.plan.settled):,} files are there as they should be"
        click.echo(f"Nothing to publish: {count} at {done.words}")
        return
    click.echo(f"{_DONE[verb] if done.done else f'Would {verb}'} {done.words}")
    for words, names in _rows(done.plan):
        click.echo(f"  {words:<11} {names}")
    if done.said:
        click.echo("Subscribers will notice:")
        for said in done.said[:20]:
            click.echo(f"  {said}")
        if len(done.said) > 20:
            click.echo(f"  and {len(done.said) - 20} more")
    if not done.done:
        return
    if not done.exclusive:
        click.echo("note: this storage cannot keep two computers apart; its lock is advisory.")
    click.echo(last)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _purge(show: Path, done: Done, built: Built) -> None:
    """Say which addresses somebody else may still give out, and what is left elsewhere."""
    from episodes import traces
    from podcast import lockfile, remains, starting
    from podcast.publishing import leaving

    public = leaving.public(done.plan.withdrawn)
    gone = [each for each in built.withdrawn
            if each.guid in done.taken or traces.of(public, [each])]  # fmt: skip
    if public:
        pages = {f"episodes/{each.slugs[0]}.html" for each in gone}.intersection(done.plan.changed)
        click.echo(
            "A CDN, or a place that you copy this to, may still have it. Purge or delete there:"
        )
        for name in (*public, *sorted(pages)):
            click.echo(f"  {built.feed.rpartition('/')[0]}/{name}")
    if gone:
        known = lockfile.read(show)
        left = [at for each in gone for at in known.left(each.guid).addresses]
        _say(remains.servers(left))
        _say(remains.places(starting.read_facts(show), gone, known))


def _rows(plan: Plan) -> list[tuple[str, str]]:
    from podcast.publishing import headers, leaving

    sizes = {put.name: put.file.size for put in plan.puts}
    rows = []
    for words, names in (("new", plan.fresh), ("changed", plan.changed)):
        if names:
            size = sum(sizes[name] for name in names) / 1_000_000
            rows.append((words, f"{headers.count(list(names))} ({size:,.1f} MB)"))
    if plan.settled:
        rows.append(("unchanged", f"{len(plan.settled):,} files are there as they should be"))
    public = leaving.public(plan.withdrawn)
    if public:
        number = f"{len(public):,} file{'' if len(public) == 1 else 's'}"
        rows.append(("withdrawn", f"{number} deleted: {headers.count(public)}"))
    if len(public) < len(plan.withdrawn):
        rows.append(("", "earlier releases deleted: they cannot be brought back"))
    if plan.deletions:
        rows.append(("deleted", f"{len(plan.deletions):,} files that no feed of 30 days named"))
    return rows


COMMANDS = (publish, rollback, history)
