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
from podcast.publishing import destination, plan, release, upload
from podcast.publishing.withdrawn_files import NOTHING
from podcast.show_folder import show_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podcast.building.context import Report
    from podcast.publishing.journal import Journal
    from podcast.publishing.plan import File, Plan
    from podcast.publishing.release import Line, Release, Row
    from podcast.publishing.targets.contract import Seen, Target
    from podcast.publishing.withdrawn_files import Leave


class Desk(NamedTuple):
    """A show, its folder's records, and an open target."""

    show: Path
    place: str  # as `earmark.lock` names the target
    store: CacheFolder
    target: Target
    now: datetime
    report: Report


class TargetState(NamedTuple):
    """What is there: every file, the newest release, the digests known of files."""

    listing: dict[str, Seen]
    before: Release | None
    digests: dict[str, str]

    def rows(self) -> dict[str, Row]:
        """Return what is known of files, as a release writes it."""
        return {
            name: (digest, *self.listing[name])
            for name, digest in self.digests.items()
            if digest != plan.UNKNOWN
        }


class Done(NamedTuple):
    """What was done or, where not `done`, would be; `taken` are guids that are withdrawn by it.

    `audio_changes` says whether audio that is public changes, goes or is withdrawn.
    """

    words: str
    plan: Plan
    said: list[str]
    done: bool
    exclusive: bool = True
    taken: tuple[str, ...] = ()
    audio_changes: bool = False


@contextlib.contextmanager
def sit(
    show: Path, place: destination.Bucket | Path, now: datetime, report: Report
) -> Iterator[Desk]:
    """Open a target, and let nobody else write into the show. Raises EarmarkError."""
    if isinstance(place, Path) and (
        place == show or place.is_relative_to(show / site_layout.PUBLIC)
    ):
        raise EarmarkError(f"{place} is where the show is built; publish to another folder")
    with show_lock.hold(show, "publish", bare=True):
        yield open_target(show, place, now, report)


def open_target(
    show: Path, place: destination.Bucket | Path, now: datetime, report: Report
) -> Desk:
    """Open a target to read what is there. Raises EarmarkError."""
    name = place.words if isinstance(place, destination.Bucket) else _relative(place, show)
    return Desk(show, name, CacheFolder(show), _open(place), now, report)


def _open(place: destination.Bucket | Path) -> Target:
    """Return the target at a place; boto3 is loaded only for a bucket."""
    if isinstance(place, destination.Bucket):
        from podcast.publishing.targets.s3 import S3

        return S3(place)
    from podcast.publishing.targets.folder import Folder

    return Folder(place)


def _relative(folder: Path, show: Path) -> str:
    """Return a name for a folder that says nothing of where a computer keeps things."""
    try:
        return Path(os.path.relpath(folder, show)).as_posix()
    except ValueError:  # another drive
        return folder.name


def read_target(here: Desk, files: Mapping[str, File], journal: Journal) -> TargetState:
    """List the target, read its newest release, and look at files that nobody knows."""
    listing = here.target.listing()
    before = newest(here) if release.CURRENT in listing else None
    rows = {**(before.files if before else {}), **journal.rows()}
    digests, unsure = plan.known(listing, rows, files)

    def ask(name: str) -> None:
        digests[name] = here.target.digest(name) or plan.UNKNOWN

    upload.each_of(here.target, ask, unsure)
    return TargetState(listing, before, digests)


def newest(here: Desk) -> Release | None:
    """Read the newest release, None where there is none."""
    return named(here, release.CURRENT)


def named(here: Desk, name: str) -> Release | None:
    """Read a release by the name of its file; a second time if it cannot be read.

    A share may answer with less than there is, and one bad answer is no damage.
    """
    where = f"{here.target.words}/{name}"
    with contextlib.suppress(release.DamagedError):
        return _parsed(here.target.read(name), where)
    return _parsed(here.target.read(name), where)


def _parsed(data: bytes | None, where: str) -> Release | None:
    return None if data is None else release.parse(data, where)


def line(here: Desk, what: str, episodes: int, said: list[str], back: str | None = None) -> Line:
    """Return the line of history that is about to be written."""
    by, mine = identity.name_of(here.show), release.stamp(here.now, secrets.token_hex(3))
    return release.Line(
        id=mine, at=here.now.astimezone(UTC), by=by, what=what, episodes=episodes,
        said=tuple(said[:20]), back=back,
    )  # fmt: skip


def same(here: Desk, view: TargetState) -> None:
    """Be sure that nobody published between our look and our turn."""
    now = newest(here)
    if (now and now.line.id) != (view.before and view.before.line.id):
        raise EarmarkError("another computer published at the same time; publish again")


def settle(  # noqa: PLR0913 - all that is written down
    here: Desk,
    view: TargetState,
    rows: dict[str, Row],
    said: Line,
    left: Leave = NOTHING,
    undone: str | None = None,
) -> None:
    """Write a release down: at the target, and in the lock file beside show.md."""
    from podcast.publishing import permission
    from podcast.show_folder import lockfile

    if view.before and not left.bars and release.earlier(view.before.line) not in view.listing:
        here.target.copy(release.CURRENT, release.earlier(view.before.line))
    following = release.follow(view.before, rows, said)._replace(
        undone=undone, withdrawn=left.withdrawn, leaving=left.names
    )
    if left.bars:
        following = following._replace(since=said.id)
    permission.intend(here, said.id)
    here.target.write(release.CURRENT, release.render(following))
    lockfile.remember_release(here.show, here.place, said.id, rows)
