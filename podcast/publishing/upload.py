"""Uploads the files of a plan, stage after stage, several at once, each noted in the journal."""

from __future__ import annotations

import threading
from itertools import zip_longest
from typing import TYPE_CHECKING

from podcast.parallel import for_each
from podcast.publishing import release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from podcast.publishing.journal import Journal
    from podcast.publishing.plan import Put
    from podcast.publishing.release import Row
    from podcast.publishing.targets.contract import StoredFile, Target

    Bring = Callable[[Put], StoredFile]


def upload_stages(
    stages: Sequence[Sequence[Put]],
    target: Target,
    journal: Journal,
    bring: Bring,
    there: Collection[str],
) -> dict[str, Row]:
    """Upload every file, each stage after the previous one; return their rows.

    `bring` uploads one file. Before a file of the last release is replaced, a copy is kept under
    its digest. Raises what `bring` raises, once all threads have stopped; files uploaded by then
    stay, but nothing points to them yet.
    """
    done: dict[str, Row] = {}
    kept = set(there)
    mutex = threading.Lock()

    def upload_file(put: Put) -> None:
        keep = release.name_of_kept(put.keep)
        with mutex:
            new = bool(put.keep) and keep not in kept
            kept.add(keep)
        if new:
            target.copy(put.name, keep)
        stored = bring(put)
        journal.note(put.name, put.file.digest, stored)
        done[put.name] = (put.file.digest, *stored)

    for stage in stages:
        for_each(interleave_by_size(stage), upload_file, target.parallel)
    return done


def interleave_by_size(stage: Sequence[Put]) -> list[Put]:
    """Alternate large and small files: large ones keep the network busy, small ones the CPU."""
    ordered = sorted(stage, key=lambda put: -put.file.size)
    half = -(-len(ordered) // 2)
    pairs = zip_longest(ordered[:half], ordered[half:])
    return [put for pair in pairs for put in pair if put]
