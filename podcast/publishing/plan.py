"""Plans which files to upload and delete, in a safe order; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from podcast.publishing import release, upload_order, withdrawn_files
from podcast.publishing.withdrawn_files import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from podcast.publishing.release import Release, Row
    from podcast.publishing.targets.contract import StoredFile
    from podcast.publishing.withdrawn_files import WithdrawnFiles

UNKNOWN = "?"  # in the place of a digest


class PublicFile(NamedTuple):
    """A file to publish: its size in bytes, and its SHA-256."""

    size: int
    digest: str


class Put(NamedTuple):
    """One file to upload; `keep` is the digest of the file that it replaces and we keep, or ""."""

    name: str
    file: PublicFile
    keep: str = ""


class Plan(NamedTuple):
    """The steps of a publish. Stages follow one another; inside one, order does not matter."""

    stages: tuple[tuple[Put, ...], ...]
    fresh: tuple[str, ...]  # names that the target does not have yet
    changed: tuple[str, ...]
    settled: frozenset[str]  # names that are up to date
    deletions: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()  # to delete because an episode was withdrawn
    exposed: tuple[str, ...] = ()  # to delete because of what their pictures reveal

    @property
    def puts(self) -> tuple[Put, ...]:
        """Every file to upload, in order."""
        return tuple(put for stage in self.stages for put in stage)

    @property
    def size(self) -> int:
        """The number of bytes to upload."""
        return sum(put.file.size for put in self.puts)

    def __bool__(self) -> bool:
        return bool(self.stages or self.deletions or self.withdrawn or self.exposed)


def make_plan(
    built: Mapping[str, PublicFile],
    there: Mapping[str, str],
    before: Release | None,
    deletions: Collection[str] = (),
    withdrawals: WithdrawnFiles = NOTHING,
) -> Plan:
    """Plan a publish. `there` has the digest of each file at the target, or UNKNOWN.

    Files of the previous release are kept when they are replaced, so that it can be restored. If an
    episode is withdrawn, none is kept: no earlier release may come back. Files are uploaded in the
    order of `upload_order.position_of`, so that nothing is announced before it is there.
    """
    before = None if withdrawals.blocks_rollback else before
    stages: dict[int, list[Put]] = {}
    fresh, changed = list[str](), list[str]()
    for name, file in sorted(built.items()):
        digest = there.get(name)
        if digest == file.digest:
            continue
        (fresh if digest is None else changed).append(name)
        keep = "" if site_layout.is_immutable(name) else _keep(name, digest, before)
        stages.setdefault(upload_order.stage_of(name), []).append(Put(name, file, keep))
    ordered = tuple(tuple(sorted(stages[at], key=_order)) for at in sorted(stages))
    settled = frozenset(built).difference(fresh, changed)
    keeps = {release.name_of_kept(put.keep) for stage in ordered for put in stage if put.keep}
    withdrawn = withdrawn_files.keep_files(withdrawals, keeps).names
    exposed = tuple(each for each in withdrawals.exposed if each not in withdrawn)
    old = tuple(sorted(set(deletions).difference(withdrawn, exposed)))
    return Plan(ordered, tuple(fresh), tuple(changed), settled, old, withdrawn, exposed)


def _order(put: Put) -> tuple[int, str]:
    return upload_order.position_of(put.name), put.name


def _keep(name: str, digest: str | None, before: Release | None) -> str:
    row = before.files.get(name) if before else None
    return row[0] if row and row[0] == digest else ""


def known_digests(
    listing: Mapping[str, StoredFile], rows: Mapping[str, Row], built: Mapping[str, PublicFile]
) -> tuple[dict[str, str], list[str]]:
    """Return the digests of the files at the target, and the names of those to hash.

    A row counts only if size and mark are unchanged, so that we notice if another program wrote
    there. A file is not hashed if its size is neither that of the build nor that of the row.
    """
    there, unknown = {}, []
    for name, stored in listing.items():
        row = rows.get(name)
        if row and row[1:] == (stored.size, stored.mark):
            there[name] = row[0]
            continue
        there[name] = UNKNOWN
        if name in built and stored.size in {built[name].size, row[1] if row else None}:
            unknown.append(name)
    return there, unknown


def prunable_files(
    listing: Collection[str],
    built: Collection[str],
    former: Collection[Release],
    recent: Collection[Release],
) -> list[str]:
    """Return the files that Earmark published and no feed of the last thirty days names.

    `former` are all recorded releases, `recent` those whose feed may still be read. A file that was
    never part of a release belongs to somebody else, and stays.
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
