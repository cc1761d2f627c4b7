"""Reads and stores the SHA-256 of built files, and a journal of what was uploaded so far.

Both lie in `.earmark/` and can be deleted: then files are hashed and compared once more.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING

from episodes.audio import mp3_frames
from episodes.errors import EarmarkError
from podcast.cache import identity
from podcast.cache.build_record import read_record
from podcast.cache.store import stat
from podcast.publishing.plan import File
from podcast.publishing.release import DIGEST

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.cache.store import CacheFolder
    from podcast.publishing.release import Row
    from podcast.publishing.targets.contract import Seen

SUMS, JOURNAL = "sums.json", "publishing.jsonl"
VERSION = "1"


def _sums(store: CacheFolder) -> dict[str, tuple[int, int, str]]:
    """Return the digests that are known; a row that is none of ours is left out."""
    known = store.load(SUMS, VERSION).get("files")
    rows = known.items() if isinstance(known, dict) else ()
    return {
        name: tuple(row)
        for name, row in rows
        if isinstance(row, list)
        and [type(each) for each in row] == [int, int, str]
        and DIGEST.fullmatch(row[2])
    }


def sums(store: CacheFolder, out: Path, show: Path) -> dict[str, File]:
    """Return every file of the last build with its digest.

    A file is hashed once, and again when its length or time is another. A recording from before
    this computer was started is also compared with the lock file: a power cut may have taken its
    bytes, as a build does not force them to the disk. Raises EarmarkError where it is damaged or
    gone.
    """
    known = _sums(store)
    record = read_record(store)
    if record is None:
        raise EarmarkError("the show changed while it was being published; publish again")
    stats = {each: stat(out / each) for each in record.outputs}
    rows, missing = {}, []
    for each, now in stats.items():
        row = known.get(f"{out}/{each}")
        if now and row and tuple(row[:2]) == now:
            rows[each] = row
        else:
            missing.append(each)

    def look(each: str) -> tuple[int, int, str]:
        size, written = stats[each] or (0, 0)
        return size, written, _hash(out / each, audio.get(each) if written < begun else None)

    if missing:
        from podcast.show_folder import lockfile

        entries = lockfile.read(show).episodes.values()
        audio = {entry.file: entry.audio for entry in entries}
        begun = started()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            rows |= dict(zip(missing, pool.map(look, missing), strict=True))
        store.save(SUMS, {"files": {f"{out}/{each}": row for each, row in rows.items()}}, VERSION)
    return {each: File(row[0], row[2]) for each, row in rows.items()}


def started() -> int:
    """Return when this computer was started, in ns; later where it slept, so never too early."""
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


class Journal:
    """What a publish put so far, written down at once, so that the next one goes on from there."""

    def __init__(self, store: CacheFolder, place: str) -> None:
        self._path, self._place = store.file(JOURNAL), place
        self._turn = threading.Lock()
        self._file: IO[bytes] | None = None

    def rows(self) -> dict[str, Row]:
        """Return what was put at this place; a line that was cut off is not there."""
        found: dict[str, Row] = {}
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return found
        for line in lines:
            try:
                said, seal = json.loads(line)
                place, each, digest, size, mark = said
                row = str(digest), int(size), str(mark)
                if not identity.sealed(JOURNAL, json.dumps(said).encode(), seal):
                    continue
            except (ValueError, TypeError, OverflowError, RecursionError):
                continue
            if place == self._place and isinstance(each, str):
                found[each] = row
        return found

    def note(self, each: str, digest: str, seen: Seen) -> None:
        """Write down one file; called from several threads."""
        said = [self._place, each, digest, *seen]
        line = json.dumps([said, identity.seal(JOURNAL, json.dumps(said).encode())]) + "\n"
        with self._turn:
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
        self._file.write(line.encode())  # whole lines, behind one another, in one call each

    def close(self, *, done: bool) -> None:
        """Close it; what is published needs no journal."""
        if self._file:
            self._file.close()
            self._file = None
        if done:
            self._path.unlink(missing_ok=True)
