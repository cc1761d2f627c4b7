"""Publishes a build: brings a target up to date with it, the feed last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from podcast.publishing import (
    checksums,
    destination,
    exposed_pictures,
    permission,
    plan,
    release,
    remote_lock,
    session,
    subscriber_changes,
    upload,
    withdrawn_files,
)
from podcast.publishing.journal import Journal
from podcast.publishing.permission import UndoneError
from podcast.publishing.targets.contract import Content

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from podcast.building.context import BuildResult, Report
    from podcast.publishing.plan import File, Plan, Put
    from podcast.publishing.release import Release
    from podcast.publishing.session import Desk, Done, TargetState
    from podcast.publishing.targets.contract import Seen


__all__ = ["Agree", "UndoneError", "Wish", "publish"]
Agree = Callable[["Done"], bool]


class Wish(NamedTuple):
    """What was asked for beside the place."""

    dry_run: bool = False
    prune: bool = False
    take_over: bool = False
    again: bool = False
    restore: bool = False


def publish(  # noqa: PLR0913 - what a publish is about
    show: Path,
    built: BuildResult,
    given: destination.Given,
    wish: Wish,
    now: datetime,
    report: Report,
    agree: Agree | None = None,
) -> Done:
    """Bring the target up to date with a build. Raises EarmarkError; the old feed then stays whole.

    Nothing is written where nothing has changed. `agree` is shown the plan; where it answers no,
    nothing is done, and the locks are free while somebody is asked.
    """
    with session.sit(show, destination.choose(given, built.publish, show), now, report) as here:
        files = checksums.checksums_of_build(here.store, built.out, show)
        journal = Journal(here.store, here.place)
        view = _look(here, files, journal, wish)
        doomed = _doomed(here, view, files) if wish.prune else []
        left = _left(here, built, view, files)
        made = plan.make(files, view.digests, view.before, doomed, left)
        left = left._replace(names=made.withdrawn)
        said, audio = _noticed(here, built, made)
        planned = session.Done(here.target.words, made, said, done=False, audio_changes=audio)
        finished = _finished(view, files) and not left.bars
        if wish.dry_run or (finished and not made):
            return planned
        permission.refuse_other_clock(here)
        if view.before and view.before.digests != _digests(files):
            _refuse(here, view.before, files, built, wish)
        if agree and not agree(planned):
            return planned
        line = session.line(here, "published", built.episodes, said)
        with remote_lock.hold_lock(here.target, line.by, now) as mine:
            session.same(here, view)
            here.target.tidy()
            rows = _put(here, built, made, view, journal, mine)
            if not finished or made.stages or made.deletions:  # else a publish was cut off
                session.settle(here, view, rows, line, left)
            journal.close(done=True)
            exposed_pictures.remember(here, rows)
            for gone in (made.withdrawn, made.exposed, made.deletions):
                upload.each_of(here.target, here.target.delete, gone)
        return planned._replace(done=True, exclusive=mine.exclusive, taken=left.fresh)


def _look(here: Desk, files: dict[str, File], journal: Journal, wish: Wish) -> TargetState:
    """Look at the target; where there is nothing to change, the clock decides nothing."""
    view = session.read_target(here, files, journal)
    if wish.prune or not _finished(view, files):
        permission.refuse_clock(here, view.before, take_over=wish.take_over)
    return view


def _left(
    here: Desk, built: BuildResult, view: TargetState, files: dict[str, File]
) -> withdrawn_files.Leave:
    left = withdrawn_files.leave(built.withdrawn, view.listing, files, view.before)
    return left._replace(exposed=exposed_pictures.find(here, view, files))


def _finished(view: TargetState, files: dict[str, File]) -> bool:
    return view.before is not None and view.before.digests == _digests(files)


def _digests(files: dict[str, File]) -> dict[str, str]:
    return {name: file.digest for name, file in files.items()}


def _doomed(here: Desk, view: TargetState, files: dict[str, File]) -> list[str]:
    if view.before is None:
        return []
    lines = view.before.history
    earlier = (session.named(here, release.earlier(line)) for line in lines[1:])
    former = [view.before, *(each for each in earlier if each)]
    recent = {line.id for line in release.recent(lines, here.now)}
    near = [each for each in former if each.line.id in recent]
    return plan.prunable(view.listing, files, former, near)


def _noticed(here: Desk, built: BuildResult, made: Plan) -> tuple[list[str], bool]:
    """Return what subscribers will notice, and whether audio that is public changes or goes."""
    name = site_layout.CATALOGUE
    touched = (*made.changed, *made.exposed)
    audio = bool(made.withdrawn) or any(each.startswith(site_layout.MEDIA) for each in touched)
    if name not in (*made.fresh, *made.changed):
        return [], audio
    before = here.target.read(name) if name in made.changed else None
    after = (built.out / name).read_bytes()
    return subscriber_changes.compare(before, after), audio or subscriber_changes.audio_changes(
        before, after
    )


def _refuse(
    here: Desk, before: Release, files: dict[str, File], built: BuildResult, wish: Wish
) -> None:
    """Refuse to overwrite what this folder has not seen, or to publish undone files again."""
    permission.refuse_stranger(here, before, take_over=wish.take_over)
    permission.refuse_return(built.out, before, restore=wish.restore)
    permission.refuse_undone(before, _digests(files), again=wish.again)


def _put(  # noqa: PLR0913 - everything a publish works with
    here: Desk,
    built: BuildResult,
    made: Plan,
    view: TargetState,
    journal: Journal,
    mine: remote_lock.RemoteLock,
) -> dict[str, release.Row]:
    def moved(count: int) -> None:
        here.report.moved(count)
        mine.renew()

    def bring(put: Put) -> Seen:
        return here.target.put(put.name, Content(built.out / put.name, *put.file), moved)

    here.report.transfer(len(made.puts), made.size)
    try:
        rows = upload.apply(made.stages, here.target, journal, bring, view.listing)
    finally:
        here.report.end()
        journal.close(done=False)
    return {name: row for name, row in view.rows().items() if name in made.settled} | rows
