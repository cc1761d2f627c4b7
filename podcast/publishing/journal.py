"""Keeps the journal of what was uploaded so far, so that an interrupted publish can be continued.

It lies in `.earmark/` and can be deleted: then files at the target are compared once more.
"""

from __future__ import annotations

import json
import threading
from typing import IO, TYPE_CHECKING

from podcast import atomic_files
from podcast.cache import identity

if TYPE_CHECKING:
    from collections.abc import Collection

    from podcast.cache.store import CacheFolder
    from podcast.publishing.release import Row
    from podcast.publishing.targets.contract import StoredFile

JOURNAL = "publishing.jsonl"


class Journal:
    """The files that a publish has uploaded to one destination, written down one by one."""

    def __init__(self, store: CacheFolder, destination: str) -> None:
        self._path, self._destination = store.file(JOURNAL), destination
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None

    def rows(self) -> dict[str, Row]:
        """Return what was uploaded to this destination; skip lines that were cut off."""
        entries = (entry for line in self._lines() if (entry := _parse(line)))
        return {name: row for destination, name, row in entries if destination == self._destination}

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def note(self, name: str, digest: str, seen: StoredFile) -> None:
        """Write down one file; called from several threads.

        A file that is about to be uploaded has no mark yet.
        """
        entry = [self._destination, name, digest, *seen]
        line = json.dumps([entry, identity.seal(JOURNAL, json.dumps(entry).encode())]) + "\n"
        with self._lock:
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
            file = self._file
        # Each line is appended whole in one call, so that threads never mix theirs.
        file.write(line.encode())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def forget(self, kept: Collection[str] = ()) -> None:
        """Forget what was uploaded to this destination, apart from the files `kept`."""
        self.close()
        lines = [line for line in self._lines() if self._stays(_parse(line), kept)]
        if lines:
            atomic_files.write(self._path, ("\n".join(lines) + "\n").encode())
        else:
            self._path.unlink(missing_ok=True)

    def _stays(self, entry: tuple[str, str, Row] | None, kept: Collection[str]) -> bool:
        return entry is not None and (entry[0] != self._destination or entry[1] in kept)


def _parse(line: str) -> tuple[str, str, Row] | None:
    """Read a line as destination, name and row; None if this folder did not write it whole."""
    try:
        entry, seal = json.loads(line)
        destination, name, digest, size, mark = entry
        row = str(digest), int(size), str(mark)
        if not identity.sealed(JOURNAL, json.dumps(entry).encode(), seal):
            return None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return (destination, name, row) if isinstance(name, str) else None
