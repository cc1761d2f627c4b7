"""Restores the feed, pages and catalogue of an earlier release; its media never left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.publishing import (
    plan,
    release,
    remote_lock,
    subscriber_changes,
    upload,
    upload_order,
    withdrawn_files,
)
from podcast.publishing.journal import Journal
from podcast.publishing.session import (
    PublishResult,
    history_line,
    inspect_target,
    newest_release,
    open_session,
    open_target,
    read_release,
    record_release,
    refuse_if_changed,
)
from podcast.publishing.targets.contract import TargetError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from podcast.building.context import ProgressReport
    from podcast.publishing.destination import Bucket
    from podcast.publishing.plan import Plan, Put
    from podcast.publishing.release import HistoryLine, Release
    from podcast.publishing.session import PublishSession, TargetState
    from podcast.publishing.targets.contract import StoredFile


def rollback(  # noqa: PLR0913 - what a rollback is about
    show: Path, destination: Bucket | Path, to: str | None, now: datetime, report: ProgressReport,
    *, dry_run: bool,
) -> PublishResult:  # fmt: skip
    """Restore the release before the one that is public, or the one named.

    Raises EarmarkError; then nothing has changed.
    """
    with open_session(show, destination, now, report) as session:
        journal = Journal(session.store, session.destination)
        newest = newest_release(session)
        if newest is None:
            raise EarmarkError(f"nothing was published to {session.target.words} yet")
        earlier = _find_release(session, newest, to)
        files = {name: plan.PublicFile(row[1], row[0]) for name, row in earlier.files.items()}
        state = inspect_target(session, files, journal)
        steps = _plan(session, state, files)
        changes = [f"Everything is as it was on {earlier.line.at:%d %B %Y, %H:%M} UTC"]
        changes += [each.replace("Corrected: ", "As before: ") for each in _noticed(session, files)]
        if dry_run:
            return PublishResult(session.target.words, steps, changes, done=False)
        line = history_line(session, "rolled back", earlier.line.episodes, changes, earlier.line.id)
        copies = upload.copies_to_keep(steps.puts, state.before, state.listing)
        check = partial(refuse_if_changed, session, state)
        with remote_lock.hold_lock(session.target, line.by, now, check) as lock:

            def restore(put: Put) -> StoredFile:
                lock.renew()
                return _restore(session, put)

            rows = upload.upload_stages(steps.stages, session.target, journal, restore, copies)
            journal.close()
            known = state.rows() | rows
            rows = {name: known[name] for name in earlier.files}
            withdrawn = withdrawn_files.after_rollback(earlier, newest, state.listing)
            withdrawn = withdrawn_files.keep_files(
                withdrawn, {release.name_of_kept(put.keep) for put in steps.puts}
            )
            record_release(session, state, rows, line, withdrawn, undone=newest.content)
            journal.forget(kept=journal.rows().keys() - files.keys())
        return PublishResult(session.target.words, steps, changes, True, lock.exclusive)


def _restore(session: PublishSession, put: Put) -> StoredFile:
    """Write an earlier file again.

    It is not copied: a copy may keep its old time (rclone's server does that), and then an app that
    asks whether the feed has changed gets "no".
    """
    data = session.target.read(release.name_of_kept(put.file.digest))
    if data is None:
        raise TargetError(
            f"{session.target.words}: an earlier {put.name} is missing; roll back again"
        )
    return session.target.write(put.name, data)


def _find_release(session: PublishSession, newest: Release, to: str | None) -> Release:
    line = _line(newest, to)
    if newest.blocks_rollback_to(line):
        raise EarmarkError(
            f"release {line.id} has an episode that was withdrawn later, and would make "
            "it public again; correct the show and publish it instead"
        )
    earlier = read_release(session, release.name_of_earlier(line))
    if earlier is None:
        raise EarmarkError(f"release {line.id} was pruned; you cannot roll back to it")
    return earlier


def _line(newest: Release, to: str | None) -> HistoryLine:
    """Return the line of history to go back to; after a rollback, the one before it."""
    public = newest.line.back or newest.line.id
    ids = [line.id for line in newest.history]
    further = ids.index(public) + 1 if public in ids else 1
    for at, line in enumerate(newest.history):
        if line.id == to or (to is None and at >= further and line.back is None):
            return line
    which = f"no release {to}" if to else "no release before this one"
    raise EarmarkError(f"there is {which}; `earmark history` lists them")


def _noticed(session: PublishSession, files: dict[str, plan.PublicFile]) -> list[str]:
    before = session.target.read(site_layout.CATALOGUE)
    if site_layout.CATALOGUE not in files:
        return []
    after = session.target.read(release.name_of_kept(files[site_layout.CATALOGUE].digest))
    return subscriber_changes.compare_catalogues(before, after) if before and after else []


def _plan(session: PublishSession, state: TargetState, files: dict[str, plan.PublicFile]) -> Plan:
    restored = plan.make_plan(files, state.digests, state.before)
    missing = [
        put.name
        for put in restored.puts
        if release.name_of_kept(put.file.digest) not in state.listing
    ]
    if missing:
        raise EarmarkError(
            f"{session.target.words} no longer has {upload_order.count_by_kind(missing)} of that "
            "release; publish from a backup of the show instead"
        )
    return restored


def history(
    show: Path, destination: Bucket | Path, now: datetime, report: ProgressReport
) -> tuple[HistoryLine, ...]:
    """Return the releases at a destination, newest first."""
    newest = newest_release(open_target(show, destination, now, report))
    return newest.history if newest else ()
