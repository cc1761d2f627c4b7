"""Lists the files to delete from a target because an episode was withdrawn; pure.

Its audio and text are deleted, and so are all earlier releases with the files kept for them: a
rollback to one would publish the episode again (docs/decisions/0031).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes import former_names, site_layout
from podcast.publishing import release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from episodes.former_names import EpisodeFiles
    from podcast.publishing.release import Release


class WithdrawnFiles(NamedTuple):
    """The files to delete, and why."""

    withdrawn: tuple[str, ...] = ()  # guids of withdrawn episodes
    names: tuple[str, ...] = ()  # files to delete because of them
    fresh: tuple[str, ...] = ()  # the guids that this release withdraws
    exposed: tuple[str, ...] = ()  # files to delete because of what their pictures reveal

    @property
    def blocks_rollback(self) -> bool:
        """Whether earlier releases must not be restored."""
        return bool(self.fresh)


NOTHING = WithdrawnFiles()


def files_to_delete(
    withdrawn: Iterable[EpisodeFiles],
    listing: Collection[str],
    built: Collection[str],
    before: Release | None,
) -> WithdrawnFiles:
    """Return which of the listed files to delete; an interrupted publish resumes.

    A file is to be deleted as long as it is listed: nothing else records what was deleted already.
    """
    episodes = list(withdrawn)
    guids = {each.guid for each in episodes}
    fresh = tuple(sorted(guids.difference(before.withdrawn if before else ())))
    names = set(former_names.files_of(listing, episodes))
    names |= set(before.leaving if before else ()) & set(listing)
    names |= {name for name in listing if fresh and name.startswith(release.EARLIER)}
    return WithdrawnFiles(
        tuple(sorted(guids)), tuple(sorted(names - set(built), key=_order)), fresh
    )


def after_rollback(restored: Release, newest: Release, listing: Collection[str]) -> WithdrawnFiles:
    """Return the withdrawals that still hold after a rollback to an earlier release."""
    both = sorted({*restored.withdrawn} & {*newest.withdrawn})
    return WithdrawnFiles(tuple(both), tuple(name for name in newest.leaving if name in listing))


def keep_files(files: WithdrawnFiles, kept: Collection[str]) -> WithdrawnFiles:
    """Return the same without the files that a publish is about to keep."""
    return files._replace(names=tuple(name for name in files.names if name not in kept))


def _order(name: str) -> tuple[int, str]:
    """Return the order of deletion: files that the public can reach go first."""
    return int(name.startswith(site_layout.RECORDS)), name


def public_names(names: Iterable[str]) -> list[str]:
    """Return the names of files that the public can reach."""
    return [name for name in names if not name.startswith(site_layout.RECORDS)]
