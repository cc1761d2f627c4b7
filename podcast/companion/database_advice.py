"""Adds advice to error messages of the database; pure."""

from __future__ import annotations

RESTORE = (
    "copy the database file, move it and those that end in -wal and -shm elsewhere, then run "
    "`earmark web upgrade` and `earmark web restore` with the newest backup"
)
REMEDIES = {
    "SQLITE_CORRUPT": RESTORE,
    "SQLITE_NOTADB": RESTORE,
    "SQLITE_CANTOPEN": "check that the folder exists and belongs to the user who runs this",
    "SQLITE_PERM": "check that the file belongs to the user who runs this",
    "SQLITE_READONLY": "check that the file and its folder belong to the user who runs this",
    "SQLITE_FULL": "free some disk space and run it again",
    "SQLITE_IOERR": "check the disk: the system could not read or write it",
    "SQLITE_BUSY": "another program is using it; run it again when that program has ended",
}


def with_remedy(message: str) -> str:
    """Return a sentence with what to do, where that is known."""
    remedy = next((each for name, each in REMEDIES.items() if name in message), "")
    return f"{message}; {remedy}" if remedy else message
