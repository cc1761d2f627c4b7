"""Restores the feed, pages and catalogue of an earlier release; its media never left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.publishing import (
    plan,
    release,
    remote_lock,
    session,
    subscriber_changes,
    upload,
    withdrawn_files,
)
from podcast.publishing.journal import Journal
from podcast.publishing.targets.contract import TargetError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from podcast.building.context import Report
    from podcast.publishing.destination import Bucket
    from podcast.publishing.plan import Plan, Put
    from podcast.publishing.release import Line, Release
    from podcast.publishing.session import Desk, Done, TargetState
    from podcast.publishing.targets.contract import Seen


def rollback(  # noqa: PLR0913 - what a rollback is about
    show: Path, place: Bucket | Path, to: str | None, now: datetime, report: Report,
    *, dry_run: bool,
) -> Done:  # fmt: skip
    """Restore the release before the one that is public, or the one named.

    Raises EarmarkError, and then nothing has changed.
    """
    with session.sit(show, place, now, report) as here:
        journal = Journal(here.store, here.place)
        newest = session.newest(here)
        if newest is None:
            raise EarmarkError(f"nothing was published to {here.target.words} yet")
        wanted = _find(here, newest, to)
        files = {name: plan.File(row[1], row[0]) for name, row in wanted.files.items()}
        view = session.read_target(here, files, journal)
        made = _plan(here, view, files)
        said = [f"Everything is as it was on {wanted.line.at:%d %B %Y, %H:%M} UTC"]
        said += [each.replace("Corrected: ", "As before: ") for each in _noticed(here, files)]
        if dry_run:
            return session.Done(here.target.words, made, said, done=False)
        line = session.line(here, "rolled back", wanted.line.episodes, said, wanted.line.id)
        with remote_lock.hold_lock(here.target, line.by, now) as mine:
            session.same(here, view)

            def bring(put: Put) -> Seen:
                mine.renew()
                return _bring(here, put)

            rows = upload.apply(made.stages, here.target, journal, bring, view.listing)
            journal.close(done=False)
            known = view.rows() | rows
            rows = {name: known[name] for name in wanted.files}
            left = withdrawn_files.back(wanted, newest, view.listing)
            left = withdrawn_files.without(left, {release.kept(put.keep) for put in made.puts})
            session.settle(here, view, rows, line, left, undone=newest.content)
            journal.close(done=True)
        return session.Done(here.target.words, made, said, True, mine.exclusive)


def _bring(here: Desk, put: Put) -> Seen:
    """Write an earlier file again.

    A copy at the target may keep its old time (rclone's server does that), and then apps that ask
    whether the feed has changed since are told that it has not.
    """
    data = here.target.read(release.kept(put.file.digest))
    if data is None:
        raise TargetError(f"{here.target.words}: an earlier {put.name} is missing; roll back again")
    return here.target.write(put.name, data)


def _find(here: Desk, newest: Release, to: str | None) -> Release:
    line = _line(newest, to)
    if newest.bars(line):
        raise EarmarkError(
            f"release {line.id} has an episode that was withdrawn later, and would make "
            "it public again; correct the show and publish it instead"
        )
    found = session.named(here, release.earlier(line))
    if found is None:
        raise EarmarkError(f"release {line.id} was pruned; you cannot roll back to it")
    return found


def _line(newest: Release, to: str | None) -> Line:
    """Return the line of history to go back to: of a rollback of a rollback, one further back."""
    public = newest.line.back or newest.line.id
    ids = [line.id for line in newest.history]
    further = ids.index(public) + 1 if public in ids else 1
    for at, line in enumerate(newest.history):
        if line.id == to or (to is None and at >= further and line.back is None):
            return line
    which = f"no release {to}" if to else "no release before this one"
    raise EarmarkError(f"there is {which}; `earmark history` lists them")


def _noticed(here: Desk, files: dict[str, plan.File]) -> list[str]:
    before = here.target.read(site_layout.CATALOGUE)
    if site_layout.CATALOGUE not in files:
        return []
    after = here.target.read(release.kept(files[site_layout.CATALOGUE].digest))
    return subscriber_changes.compare(before, after) if before and after else []


def _plan(here: Desk, view: TargetState, files: dict[str, plan.File]) -> Plan:
    made = plan.make(files, view.digests, view.before)
    lost = [put.name for put in made.puts if release.kept(put.file.digest) not in view.listing]
    if lost:
        raise EarmarkError(
            f"{here.target.words} no longer has {site_layout.count_by_kind(lost)} of that release; "
            "publish from a backup of the show instead"
        )
    return made


def history(show: Path, place: Bucket | Path, now: datetime, report: Report) -> tuple[Line, ...]:
    """Return what was published to a place, newest first."""
    found = session.newest(session.open_target(show, place, now, report))
    return found.history if found else ()
