"""Prints what a publish or a rollback will do, and what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from episodes.text.quantities import plural, quantity
from podcast.publishing import upload_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from podcast.building.context import BuildResult
    from podcast.publishing.plan import Plan
    from podcast.publishing.session import PublishResult

NOTICED, ALIKE = 40, 5  # printed lines: in all, and of one kind
UNLOCKED = (
    "note: this storage cannot stop two people publishing at the same time; agree who publishes."
)


def print_nothing(done: PublishResult) -> bool:
    """Print that nothing changes, if that is so; return whether it is."""
    if done.plan or done.done:
        return False
    count = _unchanged(len(done.plan.settled))
    click.echo(f"Nothing to publish: {count} at {done.words}")
    return True


def print_plan(done: PublishResult, heading: str) -> None:
    """Print which files move, and what subscribers will notice."""
    click.echo(f"{heading} {done.words}")
    for words, names in _rows(done.plan):
        click.echo(f"  {words:<11} {names}")
    if done.said:
        click.echo("Subscribers will notice:")
        for line in shorten_notices(done.said):
            click.echo(f"  {line}")


def shorten_notices(lines: list[str]) -> list[str]:
    """Return a few lines of each kind, and how many more there are."""
    kinds: dict[str, list[str]] = {}
    for each in lines:
        kinds.setdefault(each.partition(":")[0], []).append(each)
    rows = []
    for kind, alike in kinds.items():
        shown = alike if len(alike) <= ALIKE + 1 else alike[:ALIKE]
        rows += shown
        if len(alike) > len(shown):
            rows.append(f"{kind}: {len(alike) - len(shown):,} more")
    rest = len(rows) - NOTICED
    return rows if rest <= 0 else [*rows[:NOTICED], f"and {quantity(rest, 'more line')}"]


def print_subscribing(done: PublishResult, feed: str, *, folder: bool) -> None:
    """Print how people reach the show, and how to test that."""
    if not done.exclusive:
        click.echo(UNLOCKED)
    if folder:
        click.echo(f"When your web server shows this folder, people subscribe at {feed}")
    else:
        click.echo(f"When anyone may read this storage, people subscribe at {feed}")
    click.echo(f"Then run `earmark doctor {feed}`: it tests the show as a podcast app would.")


def print_leftovers(show: Path, done: PublishResult, built: BuildResult) -> None:
    """Print the URLs that a CDN may still have, and copies that are left elsewhere."""
    from episodes import former_names
    from podcast.changing import leftovers
    from podcast.publishing import withdrawn_files
    from podcast.show_folder import lockfile
    from podcast.show_folder.read_source import read_facts

    public = withdrawn_files.public_names((*done.plan.withdrawn, *done.plan.exposed))
    gone = [each for each in built.withdrawn
            if each.guid in done.taken or former_names.files_of(public, [each])]  # fmt: skip
    if public:
        pages = {f"episodes/{each.slugs[0]}.html" for each in gone}.intersection(done.plan.changed)
        click.echo(
            "A CDN, or a site that you copy this to, may still have these. Purge or delete them "
            "there:"
        )
        for name in (*public, *sorted(pages)):
            click.echo(f"  {built.feed.rpartition('/')[0]}/{name}")
    if gone:
        known = lockfile.read(show)
        left = [at for each in gone for at in known.left(each.guid).addresses]
        _print(leftovers.describe_remote(left))
        _print(leftovers.describe_former(read_facts(show), gone, known))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _rows(plan: Plan) -> list[tuple[str, str]]:
    from podcast.publishing import withdrawn_files

    sizes = {put.name: put.file.size for put in plan.puts}
    rows = []
    for words, names in (("new", plan.fresh), ("changed", plan.changed)):
        if names:
            size = sum(sizes[name] for name in names) / 1_000_000
            rows.append((words, f"{upload_order.count_by_kind(list(names))} ({size:,.1f} MB)"))
    if plan.settled:
        rows.append(("unchanged", _unchanged(len(plan.settled))))
    public = withdrawn_files.public_names(plan.withdrawn)
    if public:
        number = quantity(len(public), "file")
        rows.append(("withdrawn", f"{number} deleted: {upload_order.count_by_kind(public)}"))
    if len(public) < len(plan.withdrawn):
        rows.append(("", "earlier releases deleted: you cannot roll back to them"))
    if plan.exposed:
        what = "an earlier version left in them where a picture was taken, or by whom"
        rows.append(("deleted", f"{upload_order.count_by_kind(list(plan.exposed))}: {what}"))
    if plan.deletions:
        rows.append(
            ("deleted", f"{quantity(len(plan.deletions), 'file')} not in any feed for 30 days")
        )
    return rows


def _unchanged(number: int) -> str:
    return f"{quantity(number, 'file')} {plural(number, 'is')} up to date"
