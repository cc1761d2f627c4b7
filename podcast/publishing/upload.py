"""Uploads the files of a plan, stage after stage, several at once, each noted in the journal."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from podcast.parallel import call_all
from podcast.publishing import release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from podcast.publishing.journal import Journal
    from podcast.publishing.plan import Put
    from podcast.publishing.release import Release, Row
    from podcast.publishing.targets.contract import StoredFile, Target

    Bring = Callable[[Put], StoredFile]
    Copy = tuple[str, str]  # the name of a file, and that of its copy


def upload_stages(
    stages: Sequence[Sequence[Put]],
    target: Target,
    journal: Journal,
    bring: Bring,
    copies: Sequence[Copy] = (),
) -> dict[str, Row]:
    """Upload every file, each stage after the previous one; return their rows.

    `bring` uploads one file. Each file of `copies` is copied before a stage that may replace it:
    beside the first stage, unless that one does. Raises what `bring` raises, once all threads have
    stopped; files uploaded by then stay, but nothing points to them yet.
    """
    done: dict[str, Row] = {}

    def upload_file(put: Put) -> None:
        stored = bring(put)
        journal.note(put.name, put.file.digest, stored)
        done[put.name] = (put.file.digest, *stored)

    ahead = [partial(target.copy, *copy) for copy in copies]
    if not stages or any(put.keep for put in stages[0]):
        call_all(ahead, target.parallel)
        ahead = []
    for stage in stages:
        uploads = [partial(upload_file, put) for put in interleave_by_size(stage)]
        call_all([*ahead, *uploads], target.parallel)
        ahead = []
    return done


def copies_to_keep(
    puts: Iterable[Put], before: Release | None, there: Collection[str]
) -> list[Copy]:
    """Return the copies that a rollback to the release `before` needs and that are not there."""
    copies = {release.name_of_kept(put.keep): put.name for put in puts if put.keep}
    if before:
        copies[release.name_of_earlier(before.line)] = release.CURRENT
    return [(name, to) for to, name in copies.items() if to not in there]


def interleave_by_size(stage: Sequence[Put]) -> list[Put]:
    """Alternate large and small files: large ones keep the network busy, small ones the CPU."""
    ordered = sorted(stage, key=lambda put: -put.file.size)
    half = -(-len(ordered) // 2)
    pairs = zip_longest(ordered[:half], ordered[half:])
    return [put for pair in pairs for put in pair if put]
