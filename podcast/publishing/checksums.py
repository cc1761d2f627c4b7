"""Reads and stores the SHA-256 of built files.

They lie in `.earmark/` and can be deleted: then files are hashed once more.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import time
from typing import TYPE_CHECKING

from episodes.audio import mp3_frames
from episodes.errors import EarmarkError
from podcast.cache.build_record import read_record
from podcast.cache.store import stat
from podcast.parallel import for_each, workers
from podcast.publishing.plan import PublicFile
from podcast.publishing.release import DIGEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podcast.cache.store import CacheFolder

SUMS, VERSION = "sums.json", "1"
SumRow = tuple[int, int, str]  # bytes, time in ns, SHA-256


def _stored(store: CacheFolder) -> dict[str, SumRow]:
    """Return the stored digests; leave out rows that Earmark did not write."""
    known = store.load(SUMS, VERSION).get("files")
    rows = known.items() if isinstance(known, dict) else ()
    return {
        name: tuple(row)
        for name, row in rows
        if isinstance(row, list)
        and [type(each) for each in row] == [int, int, str]
        and DIGEST.fullmatch(row[2])
    }


def checksum_row(path: Path) -> SumRow:
    """Hash a file that was just built. Raises EarmarkError."""
    size, written = stat(path) or (0, 0)
    return size, written, _hash(path, None)


def checksums_of_build(
    store: CacheFolder, out: Path, show: Path, hashed: Mapping[str, SumRow] | None = None
) -> dict[str, PublicFile]:
    """Return every file of the last build with its digest; `hashed` has some that are new.

    Hash a file once, and again if its length or time has changed. A recording from before this
    computer was started is also compared with the lock file: a power cut may have taken its bytes,
    because a build does not force them to the disk. Raises EarmarkError if it is damaged or gone.
    """
    known = _stored(store) | {f"{out}/{name}": row for name, row in (hashed or {}).items()}
    record = read_record(store)
    if record is None:
        raise EarmarkError("the show changed while it was being published; publish again")
    stats = {each: stat(out / each) for each in record.outputs}
    rows, missing = {}, []
    for each, current in stats.items():
        row = known.get(f"{out}/{each}")
        if current and row and tuple(row[:2]) == current:
            rows[each] = row
        else:
            missing.append(each)

    def hash_file(each: str) -> None:
        size, written = stats[each] or (0, 0)
        digest = _hash(out / each, audio.get(each) if written < boot else None)
        rows[each] = size, written, digest

    if missing or hashed:
        from podcast.show_folder import lockfile

        entries = lockfile.read(show).episodes.values()
        audio = {entry.file: entry.audio for entry in entries}
        boot = boot_time()
        for_each(missing, hash_file, workers())
        rows = {each: rows[each] for each in stats}  # threads end in any order
        store.save(SUMS, {"files": {f"{out}/{each}": row for each, row in rows.items()}}, VERSION)
    return {each: PublicFile(row[0], row[2]) for each, row in rows.items()}


def boot_time() -> int:
    """Return when this computer was started, in ns; later if it has slept, so never too early."""
    return time.time_ns() - time.monotonic_ns()


def _hash(path: Path, audio: str | None) -> str:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                return hashlib.sha256().hexdigest()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                if (
                    path.suffix == ".mp3"
                    and audio
                    and mp3_frames.digest_of(mp3_frames.find_frames(path)) != audio
                ):
                    message = "was damaged after it was built; run `earmark build --verify`"
                    raise EarmarkError(f"{path}: {message}")
                return hashlib.sha256(data).hexdigest()
    except OSError as error:
        raise EarmarkError(f"{path}: {error.strerror}; build again") from None
