"""Lists the files to delete from a target because an episode was withdrawn; pure.

Its audio and text are deleted, and so are all earlier releases with the files kept for them: a
rollback to one would publish the episode again (docs/decisions/0031).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes import published_files, site_layout
from podcast.publishing import release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from episodes.published_files import EpisodeFiles
    from podcast.publishing.release import Release


class WithdrawnFiles(NamedTuple):
    """What goes: `withdrawn` are guids, `names` files that are there.

    `fresh` are those of them that are withdrawn by this release. `exposed` are names of files that
    say more of a picture than it shows.
    """

    withdrawn: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()

    @property
    def blocks_rollback(self) -> bool:
        """Whether no release before this one can be restored."""
        return bool(self.fresh)


NOTHING = WithdrawnFiles()


def files_to_delete(
    gone: Iterable[EpisodeFiles],
    listing: Collection[str],
    built: Collection[str],
    before: Release | None,
) -> WithdrawnFiles:
    """Return the files to delete of those listed; a publish that was cut off is continued.

    A name counts as left behind as long as it is listed; nothing else remembers what was done.
    """
    gone = list(gone)
    guids = {each.guid for each in gone}
    fresh = tuple(sorted(guids.difference(before.withdrawn if before else ())))
    names = set(published_files.files_of(listing, gone))
    names |= set(before.leaving if before else ()) & set(listing)
    names |= {name for name in listing if fresh and name.startswith(release.EARLIER)}
    return WithdrawnFiles(
        tuple(sorted(guids)), tuple(sorted(names - set(built), key=_order)), fresh
    )


def after_rollback(wanted: Release, newest: Release, listing: Collection[str]) -> WithdrawnFiles:
    """Return what is known of withdrawals once an earlier release has been restored."""
    both = sorted({*wanted.withdrawn} & {*newest.withdrawn})
    return WithdrawnFiles(tuple(both), tuple(name for name in newest.leaving if name in listing))


def keep_files(left: WithdrawnFiles, kept: Collection[str]) -> WithdrawnFiles:
    """WithdrawnFiles alone what a publish is about to keep."""
    return left._replace(names=tuple(name for name in left.names if name not in kept))


def _order(name: str) -> tuple[int, str]:
    """Return when a name's turn comes: what the public can reach goes first."""
    return int(name.startswith(site_layout.RECORDS)), name


def public_names(names: Iterable[str]) -> list[str]:
    """Return the names that anybody could ask for."""
    return [name for name in names if not name.startswith(site_layout.RECORDS)]
