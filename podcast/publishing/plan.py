"""Plans which files to upload and delete, in a safe order; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from podcast.publishing import release, withdrawn_files
from podcast.publishing.withdrawn_files import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from podcast.publishing.release import Release, Row
    from podcast.publishing.targets.contract import StoredFile
    from podcast.publishing.withdrawn_files import WithdrawnFiles

UNKNOWN = "?"  # in the place of a digest


class PublicFile(NamedTuple):
    """A file that is to be public: bytes, and SHA-256."""

    size: int
    digest: str


class Put(NamedTuple):
    """Bring one file up to date. `keep` is the digest of what it replaces, "" for nothing."""

    name: str
    file: PublicFile
    keep: str = ""


class Plan(NamedTuple):
    """What a publish does. `stages` follow one another; inside one, order does not matter."""

    stages: tuple[tuple[Put, ...], ...]
    fresh: tuple[str, ...]  # names that are not there yet
    changed: tuple[str, ...]
    settled: frozenset[str]  # names that are up to date
    deletions: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()  # what has to go because an episode was withdrawn
    exposed: tuple[str, ...] = ()  # what has to go because of what its picture says

    @property
    def puts(self) -> tuple[Put, ...]:
        """Every file that moves, in order."""
        return tuple(put for stage in self.stages for put in stage)

    @property
    def size(self) -> int:
        """Bytes that move."""
        return sum(put.file.size for put in self.puts)

    def __bool__(self) -> bool:
        return bool(self.stages or self.deletions or self.withdrawn or self.exposed)


def make_plan(
    built: Mapping[str, PublicFile],
    there: Mapping[str, str],
    before: Release | None,
    deletions: Collection[str] = (),
    left: WithdrawnFiles = NOTHING,
) -> Plan:
    """Plan a publish. `there` gives the digest of each file at the target, or UNKNOWN.

    What the release before this one consists of is kept when it is replaced, so that it can be
    restored, unless an episode is withdrawn (`left`): then no release from before comes back.
    Files are put in the order of `site_layout.upload_order`, so that nothing is ever announced
    before it is there.
    """
    before = None if left.blocks_rollback else before
    stages: dict[int, list[Put]] = {}
    fresh, changed = list[str](), list[str]()
    for name, file in sorted(built.items()):
        digest = there.get(name)
        if digest == file.digest:
            continue
        (fresh if digest is None else changed).append(name)
        keep = "" if site_layout.is_immutable(name) else _keep(name, digest, before)
        stages.setdefault(site_layout.upload_stage(name), []).append(Put(name, file, keep))
    ordered = tuple(tuple(sorted(stages[at], key=_upload_order)) for at in sorted(stages))
    settled = frozenset(built).difference(fresh, changed)
    keeps = {release.name_of_kept(put.keep) for stage in ordered for put in stage if put.keep}
    withdrawn = withdrawn_files.keep_files(left, keeps).names
    exposed = tuple(each for each in left.exposed if each not in withdrawn)
    doomed = tuple(sorted(set(deletions).difference(withdrawn, exposed)))
    return Plan(ordered, tuple(fresh), tuple(changed), settled, doomed, withdrawn, exposed)


def _upload_order(put: Put) -> tuple[int, str]:
    return site_layout.upload_order(put.name), put.name


def _keep(name: str, digest: str | None, before: Release | None) -> str:
    row = before.files.get(name) if before else None
    return row[0] if row and row[0] == digest else ""


def known_digests(
    listing: Mapping[str, StoredFile], rows: Mapping[str, Row], built: Mapping[str, PublicFile]
) -> tuple[dict[str, str], list[str]]:
    """Return the digests of what is there, and the names that somebody has to look at.

    A row counts only while length and mark are as they were left: whatever else wrote there is
    noticed. A file needs no look where its length is neither ours nor that of the row.
    """
    there, unsure = {}, []
    for name, seen in listing.items():
        row = rows.get(name)
        if row and row[1:] == (seen.size, seen.mark):
            there[name] = row[0]
            continue
        there[name] = UNKNOWN
        if name in built and seen.size in {built[name].size, row[1] if row else None}:
            unsure.append(name)
    return there, unsure


def prunable_files(
    listing: Collection[str],
    built: Collection[str],
    former: Collection[Release],
    recent: Collection[Release],
) -> list[str]:
    """Return what may be deleted: published by us once, named by no feed of the last thirty days.

    `former` are all releases that are remembered, `recent` those whose feed may still be read.
    What was never part of a release is somebody else's, and stays.
    """
    ours = {name for each in former for name in each.files}
    needed = set(built) | {name for each in recent for name in each.files}
    files = {name for name in ours - needed if name.startswith(site_layout.KINDS)}
    digests = {row[0] for each in recent for row in each.files.values()}
    records = {release.name_of_kept(row[0]) for each in former for row in each.files.values()
               if row[0] not in digests}  # fmt: skip
    old = {each.line.id for each in former} - {each.line.id for each in recent}
    records |= {release.name_of_earlier(each.line) for each in former if each.line.id in old}
    return sorted((files | records) & set(listing))
