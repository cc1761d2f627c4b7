"""Uploads the files of a plan, stage after stage, several at once, each noted in the journal."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from podcast.publishing import release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from podcast.publishing.journal import Journal
    from podcast.publishing.plan import Put
    from podcast.publishing.release import Row
    from podcast.publishing.targets.contract import StoredFile, Target

    Bring = Callable[[Put], StoredFile]

T = TypeVar("T")


def upload_stages(
    stages: Sequence[Sequence[Put]],
    target: Target,
    journal: Journal,
    bring: Bring,
    there: Collection[str],
) -> dict[str, Row]:
    """Put every file, a stage only when the one before is done. Returns the rows of what was put.

    `bring` puts one file; before a file is replaced that belongs to the last release, its bytes are
    kept under their digest. Raises what `bring` raises, when nothing is moving any more; what was
    put until then stays, announced by nothing.
    """
    done: dict[str, Row] = {}
    kept = set(there)
    turn = threading.Lock()

    def one(put: Put) -> None:
        keep = release.name_of_kept(put.keep)
        with turn:
            new = bool(put.keep) and keep not in kept
            kept.add(keep)
        if new:
            target.copy(put.name, keep)
        seen = bring(put)
        journal.note(put.name, put.file.digest, seen)
        done[put.name] = (put.file.digest, *seen)

    for stage in stages:
        for_each(target, one, interleave_by_size(stage))
    return done


def interleave_by_size(stage: Sequence[Put]) -> list[Put]:
    """Alternate large files and small ones: one kind keeps the network busy, the other us."""
    ordered = sorted(stage, key=lambda put: -put.file.size)
    half = -(-len(ordered) // 2)
    pairs = zip_longest(ordered[:half], ordered[half:])
    return [put for pair in pairs for put in pair if put]


def for_each(target: Target, work: Callable[[T], object], items: Collection[T]) -> None:
    """Do `work` on every item, as many at once as the target likes; the first error ends it."""
    if not items:
        return
    pool = ThreadPoolExecutor(min(target.parallel, len(items)))
    try:
        for future in as_completed([pool.submit(work, item) for item in items]):
            future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
