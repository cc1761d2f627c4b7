"""Opens the target of a publish, reads its files and newest release, and records the new one."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.cache import identity
from podcast.cache.store import CacheFolder
from podcast.parallel import for_each
from podcast.publishing import plan, release
from podcast.publishing.destination import Bucket
from podcast.publishing.withdrawn_files import NOTHING
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podcast.building.context import ProgressReport
    from podcast.publishing.journal import Journal
    from podcast.publishing.plan import Plan, PublicFile
    from podcast.publishing.release import HistoryLine, Release, Row
    from podcast.publishing.targets.contract import StoredFile, Target
    from podcast.publishing.withdrawn_files import WithdrawnFiles


class PublishSession(NamedTuple):
    """A show, its folder's records, and an open target."""

    show: Path
    destination: str  # as `earmark.lock` names it
    store: CacheFolder
    target: Target
    now: datetime
    report: ProgressReport


class TargetContents(NamedTuple):
    """What a target answers first: every file, and the newest release."""

    listing: dict[str, StoredFile]
    before: Release | None


class TargetState(NamedTuple):
    """What the target has: every file, the newest release, and the digests that are known."""

    listing: dict[str, StoredFile]
    before: Release | None
    digests: dict[str, str]

    def rows(self) -> dict[str, Row]:
        """Return the files whose digest is known, as rows of a release."""
        return {
            name: (digest, *self.listing[name])
            for name, digest in self.digests.items()
            if digest != plan.UNKNOWN
        }


class PublishResult(NamedTuple):
    """What a publish or a rollback did or, if not `done`, would do."""

    words: str  # the target, as people call it
    plan: Plan
    said: list[str]  # what subscribers will notice, in sentences
    done: bool
    exclusive: bool = True  # False if the server lets two people publish at the same time
    taken: tuple[str, ...] = ()  # guids of the episodes that it withdrew
    audio_changes: bool = False  # whether published audio changes or is deleted


@contextlib.contextmanager
def open_session(
    show: Path,
    to: Bucket | Path,
    now: datetime,
    report: ProgressReport,
    opened: Target | None = None,
) -> Iterator[PublishSession]:
    """Open a target while no other command can write into the show. Raises EarmarkError.

    `opened` is the same target, if it has been opened already.
    """
    if isinstance(to, Path) and (to == show or to.is_relative_to(show / site_layout.PUBLIC)):
        raise EarmarkError(f"{to} is where the show is built; publish to another folder")
    with show_lock.hold(show, "publish", bare=True):
        yield open_target(show, to, now, report, opened)


def open_target(
    show: Path,
    to: Bucket | Path,
    now: datetime,
    report: ProgressReport,
    opened: Target | None = None,
) -> PublishSession:
    """Open a target only to read it, without a lock. Raises EarmarkError."""
    name = to.words if isinstance(to, Bucket) else _relative(to, show)
    return PublishSession(show, name, CacheFolder(show), opened or _open(to), now, report)


def _open(to: Bucket | Path) -> Target:
    """Return the target of a destination; load botocore only for a bucket."""
    if isinstance(to, Bucket):
        from podcast.publishing.targets.s3 import S3

        return S3(to)
    from podcast.publishing.targets.folder import Folder

    return Folder(to)


def _relative(folder: Path, show: Path) -> str:
    """Return the path of a folder from the show, which tells nothing about this computer."""
    try:
        return Path(os.path.relpath(folder, show)).as_posix()
    except ValueError:  # another drive
        return folder.name


def read_contents(session: PublishSession) -> TargetContents:
    """List the target, and read its newest release."""
    listing = session.target.listing()
    before = newest_release(session) if release.CURRENT in listing else None
    return TargetContents(listing, before)


def inspect_target(
    session: PublishSession,
    files: Mapping[str, PublicFile],
    journal: Journal,
    contents: TargetContents | None = None,
) -> TargetState:
    """Read what the target has, unless that is known; hash files that are not as it says."""
    listing, before = contents or read_contents(session)
    rows = {**(before.files if before else {}), **journal.rows()}
    digests, unknown = plan.known_digests(listing, rows, files)

    def read_digest(name: str) -> None:
        digests[name] = session.target.digest(name) or plan.UNKNOWN

    for_each(unknown, read_digest, session.target.parallel)
    return TargetState(listing, before, digests)


def newest_release(session: PublishSession) -> Release | None:
    """Read the newest release; None if nothing was published."""
    return read_release(session, release.CURRENT)


def read_release(session: PublishSession, name: str) -> Release | None:
    """Read a release by the name of its file; None if it is not there.

    Read it a second time before it counts as damaged: a share may have returned only a part.
    """
    where = f"{session.target.words}/{name}"
    with contextlib.suppress(release.DamagedError):
        return _parsed(session.target.read(name), where)
    return _parsed(session.target.read(name), where)


def _parsed(data: bytes | None, where: str) -> Release | None:
    return None if data is None else release.parse(data, where)


def history_line(
    session: PublishSession, what: str, episodes: int, changes: list[str], back: str | None = None
) -> HistoryLine:
    """Return a new line of history."""
    return release.HistoryLine(
        id=release.release_id(session.now, secrets.token_hex(3)),
        at=session.now.astimezone(UTC),
        by=identity.name_of(session.show),
        what=what,
        episodes=episodes,
        said=tuple(changes[:20]),
        back=back,
    )


def refuse_if_changed(session: PublishSession, state: TargetState) -> None:
    """Raise EarmarkError if somebody published after we inspected the target."""
    if session.target.stat(release.CURRENT) == state.listing.get(release.CURRENT):
        return
    current = newest_release(session)
    if (current and current.line.id) != (state.before and state.before.line.id):
        raise EarmarkError("another computer published at the same time; publish again")


def record_release(  # noqa: PLR0913 - everything that a release records
    session: PublishSession,
    state: TargetState,
    rows: dict[str, Row],
    line: HistoryLine,
    withdrawn: WithdrawnFiles = NOTHING,
    undone: str | None = None,
) -> None:
    """Record a release: at the target, and in the lock file beside show.md."""
    from podcast.publishing import permission
    from podcast.show_folder import lockfile

    following = release.next_release(state.before, rows, line)._replace(
        undone=undone, withdrawn=withdrawn.withdrawn, leaving=withdrawn.names
    )
    if withdrawn.blocks_rollback:
        following = following._replace(since=line.id)
    permission.note_intent(session, line.id)
    session.target.write(release.CURRENT, release.render(following))
    lockfile.remember_release(session.show, session.destination, line.id, rows)
