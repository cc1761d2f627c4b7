"""Publishes a build: brings a target up to date with it, the feed last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from podcast.parallel import for_each
from podcast.publishing import (
    checksums,
    destination,
    exposed_pictures,
    permission,
    plan,
    published_catalogue,
    release,
    remote_lock,
    subscriber_changes,
    unnamed_files,
    upload,
    withdrawn_files,
)
from podcast.publishing.head_start import HeadStart
from podcast.publishing.journal import Journal
from podcast.publishing.permission import UndoneError
from podcast.publishing.session import (
    PublishResult,
    history_line,
    inspect_target,
    open_session,
    record_release,
    refuse_if_changed,
)
from podcast.publishing.targets.contract import Content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from podcast.building.context import BuildResult, ProgressReport
    from podcast.publishing.plan import Plan, PublicFile, Put
    from podcast.publishing.release import Release
    from podcast.publishing.session import PublishSession, TargetState
    from podcast.publishing.targets.contract import StoredFile


__all__ = ["Agree", "PublishOptions", "UndoneError", "publish"]
Agree = Callable[[PublishResult], bool]


class PublishOptions(NamedTuple):
    """The options of a publish, apart from the destination."""

    dry_run: bool = False
    prune: bool = False
    take_over: bool = False
    again: bool = False
    restore: bool = False


def publish(  # noqa: PLR0913 - what a publish is about
    show: Path,
    built: BuildResult,
    given: destination.DestinationOptions,
    options: PublishOptions,
    now: datetime,
    report: ProgressReport,
    agree: Agree | None = None,
    head: HeadStart | None = None,
) -> PublishResult:
    """Bring the target up to date with a build. Raises EarmarkError; then the old feed stays whole.

    Nothing is written if nothing has changed. `agree` gets the plan; if it returns False, nothing
    is done. It must not wait for a person, because the locks are held. `head` began earlier.
    """
    to = destination.choose_destination(given, built.publish, show)
    head = head or HeadStart(show, given, now, uploads=False)
    with open_session(show, to, now, report, head.target(to)) as session:
        files = checksums.checksums_of_build(session.store, built.out, show, head.hashed)
        journal = Journal(session.store, session.destination)
        state = _inspect(session, files, journal, options, head)
        old = _old_files(session, state, files, journal, options)
        steps, withdrawn = _plan(session, built, state, files, old)
        changes, audio = _noticed(session, built, state, steps)
        planned = PublishResult(
            session.target.words, steps, changes, done=False, audio_changes=audio
        )
        finished = _finished(state, files) and not withdrawn.blocks_rollback
        if options.dry_run or (finished and not steps):
            return planned
        _refuse(session, state.before, files, built, options)
        if agree and not agree(planned):
            return planned
        line = history_line(session, "published", built.episodes, changes)
        # Otherwise this only deletes what an interrupted publish could not delete.
        recorded = not finished or bool(steps.stages or steps.deletions)
        copies = _copies(state, steps, withdrawn) if recorded else []
        check = partial(refuse_if_changed, session, state)
        with remote_lock.hold_lock(session.target, line.by, now, check) as lock:
            rows = _upload(session, built, steps, state, journal, lock, copies, head)
            if recorded:
                record_release(session, state, rows, line, withdrawn)
            _finish(session, built, steps, rows)
            journal.forget()
        return planned._replace(done=True, exclusive=lock.exclusive, taken=withdrawn.fresh)


def _inspect(
    session: PublishSession,
    files: dict[str, PublicFile],
    journal: Journal,
    options: PublishOptions,
    head: HeadStart,
) -> TargetState:
    """Inspect the target; compare the clocks only if there is something to change."""
    state = inspect_target(session, files, journal, head.contents)
    if options.prune or not _finished(state, files):
        permission.refuse_clock(session, state.before, take_over=options.take_over)
    return state


def _plan(
    session: PublishSession,
    built: BuildResult,
    state: TargetState,
    files: dict[str, PublicFile],
    old: list[str],
) -> tuple[Plan, withdrawn_files.WithdrawnFiles]:
    """Plan a publish; also return which files it deletes because of a withdrawal or a picture."""
    withdrawn = withdrawn_files.files_to_delete(built.withdrawn, state.listing, files, state.before)
    withdrawn = withdrawn._replace(exposed=exposed_pictures.find_exposed(session, state, files))
    steps = plan.make_plan(files, state.digests, state.before, old, withdrawn)
    return steps, withdrawn._replace(names=steps.withdrawn)


def _copies(
    state: TargetState, steps: Plan, withdrawn: withdrawn_files.WithdrawnFiles
) -> list[upload.Copy]:
    """Return what to copy for a rollback; nothing if a withdrawal rules it out."""
    before = None if withdrawn.blocks_rollback else state.before
    return upload.copies_to_keep(steps.puts, before, state.listing)


def _finish(
    session: PublishSession, built: BuildResult, steps: Plan, rows: dict[str, release.Row]
) -> None:
    """Remember what is public now, then delete what no longer is."""
    published_catalogue.remember(session, built.out)
    exposed_pictures.remember_bare(session, rows)
    for names in (steps.withdrawn, steps.exposed, steps.deletions):
        for_each(names, session.target.delete, session.target.parallel)


def _finished(state: TargetState, files: dict[str, PublicFile]) -> bool:
    return state.before is not None and state.before.digests == _digests(files)


def _digests(files: dict[str, PublicFile]) -> dict[str, str]:
    return {name: file.digest for name, file in files.items()}


def _old_files(
    session: PublishSession,
    state: TargetState,
    files: dict[str, PublicFile],
    journal: Journal,
    options: PublishOptions,
) -> list[str]:
    """Return the files to delete: left by an interrupted publish or, if asked for, out of date."""
    unnamed = unnamed_files.unnamed_files(session, state, files, journal)
    return unnamed + (_prunable(session, state, files) if options.prune else [])


def _prunable(
    session: PublishSession, state: TargetState, files: dict[str, PublicFile]
) -> list[str]:
    if state.before is None:
        return []
    former = unnamed_files.former_releases(session, state.before)
    recent = {line.id for line in release.recent_lines(state.before.history, session.now)}
    near = [each for each in former if each.line.id in recent]
    return plan.prunable_files(state.listing, files, former, near)


def _noticed(
    session: PublishSession, built: BuildResult, state: TargetState, steps: Plan
) -> tuple[list[str], bool]:
    """Return what subscribers will notice, and whether audio that is public changes or goes."""
    name = site_layout.CATALOGUE
    touched = (*steps.changed, *steps.exposed)
    audio = bool(steps.withdrawn) or any(each.startswith(site_layout.MEDIA) for each in touched)
    if name not in (*steps.fresh, *steps.changed):
        return [], audio
    before = published_catalogue.read(session, state) if name in steps.changed else None
    after = (built.out / name).read_bytes()
    return subscriber_changes.compare_catalogues(
        before, after
    ), audio or subscriber_changes.audio_changes(before, after)


def _refuse(
    session: PublishSession,
    before: Release | None,
    files: dict[str, PublicFile],
    built: BuildResult,
    options: PublishOptions,
) -> None:
    """Refuse to overwrite a release that this folder does not know, or to publish an undone one."""
    permission.refuse_other_clock(session)
    if before is None or before.digests == _digests(files):
        return
    permission.refuse_stranger(session, before, take_over=options.take_over)
    permission.refuse_return(built.out, before, restore=options.restore)
    permission.refuse_undone(before, _digests(files), again=options.again)


def _upload(  # noqa: PLR0913 - everything a publish works with
    session: PublishSession,
    built: BuildResult,
    steps: Plan,
    state: TargetState,
    journal: Journal,
    lock: remote_lock.RemoteLock,
    copies: Sequence[upload.Copy],
    head: HeadStart,
) -> dict[str, release.Row]:
    def moved(count: int) -> None:
        session.report.moved(count)
        lock.renew()

    def put_file(put: Put) -> StoredFile:
        content = Content(built.out / put.name, *put.file)
        return head.stored(put, moved) or session.target.put(put.name, content, moved)

    session.target.tidy()
    session.report.transfer(len(steps.puts), steps.size)
    try:
        rows = upload.upload_stages(steps.stages, session.target, journal, put_file, copies)
    finally:
        session.report.end()
        journal.close()
    return {name: row for name, row in state.rows().items() if name in steps.settled} | rows
