"""Finds files that an interrupted publish uploaded and that no release names.

Its recording may have gone up before the build was refused (docs/decisions/0054).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.parallel import for_each
from podcast.publishing import release
from podcast.publishing.session import read_release

if TYPE_CHECKING:
    from collections.abc import Collection

    from podcast.publishing.journal import Journal
    from podcast.publishing.release import Release, Row
    from podcast.publishing.session import PublishSession, TargetState
    from podcast.publishing.targets.contract import StoredFile


def unnamed_files(
    session: PublishSession, state: TargetState, built: Collection[str], journal: Journal
) -> list[str]:
    """Return the files to delete that are in the journal, but in no release and not built.

    Another computer may have published the same recording since. Raises TargetError.
    """
    rows = journal.rows()
    ours = [
        name
        for name, stored in state.listing.items()
        if name not in built and name in rows and _is_same(rows[name], stored)
    ]
    if not ours:
        return []
    named = {name for each in former_releases(session, state.before) for name in each.files}
    return [name for name in ours if name not in named]


def _is_same(row: Row, stored: StoredFile) -> bool:
    """Return whether a file is that of the journal; without a mark, its upload had only begun."""
    return row[1] == stored.size and row[2] in {"", stored.mark}


def former_releases(session: PublishSession, newest: Release | None) -> list[Release]:
    """Return the newest release and every earlier one that is still recorded."""
    if newest is None:
        return []
    releases: dict[str, Release] = {newest.line.id: newest}

    def read_earlier(line: release.HistoryLine) -> None:
        if earlier := read_release(session, release.name_of_earlier(line)):
            releases[line.id] = earlier

    for_each(newest.history[1:], read_earlier, session.target.parallel)
    return [releases[line.id] for line in newest.history if line.id in releases]
