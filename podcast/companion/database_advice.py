"""Adds what to do to what a database says; pure."""

from __future__ import annotations

RESTORE = (
    "keep a copy of the file, move it and those that end in -wal and -shm away, then run "
    "`earmark web upgrade` and `earmark web restore` with the newest backup"
)
REMEDIES = {
    "SQLITE_CORRUPT": RESTORE,
    "SQLITE_NOTADB": RESTORE,
    "SQLITE_CANTOPEN": "see whether the folder is there and belongs to the user who runs this",
    "SQLITE_PERM": "see whether the file belongs to the user who runs this",
    "SQLITE_READONLY": "see whether the file and its folder belong to the user who runs this",
    "SQLITE_FULL": "free some space on the disk and run it again",
    "SQLITE_IOERR": "look at the disk: the system could not read or write it",
    "SQLITE_BUSY": "another program holds it; run it again when that has ended",
}


def with_remedy(said: str) -> str:
    """Return a sentence with what to do, where that is known."""
    found = next((each for name, each in REMEDIES.items() if name in said), "")
    return f"{said}; {found}" if found else said
