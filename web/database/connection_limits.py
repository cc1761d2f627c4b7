"""Limits the connections of each process, so that all of them fit into one database."""

from __future__ import annotations

from typing import NamedTuple

CONNECTIONS = 40  # to PostgreSQL, in all processes: of its usual 100, 3 of them reserved
LEAST, MOST = 2, 16  # of one process
FILES = 64  # connections of one process to SQLite's file: half as many as there are threads
ANSWER, LOCK = 10.0, 5.0  # seconds that one answer takes at most, and that a lock is waited for


class Bounds(NamedTuple):
    """The bounds of one process."""

    connections: int
    """How many threads are in the database at once."""
    writers: int
    """How many of those may write: reading goes on while all writers wait."""
    answer: float
    """Seconds for the answer to one statement."""
    lock: float
    """Seconds to wait for somebody else's lock."""


# A command may take its time: an upgrade changes a whole table, a backup reads every one.
COMMAND = Bounds(FILES, FILES, 3600.0, 600.0)


def share(workers: int, connections: int = CONNECTIONS) -> int:
    """Return how many connections to PostgreSQL each of so many processes may have."""
    return max(LEAST, min(MOST, connections // max(1, workers)))


def of_worker(workers: int = 1, connections: int = CONNECTIONS, *, is_file: bool) -> Bounds:
    """Return the bounds of a process that serves."""
    size = FILES if is_file else share(workers, connections)
    return Bounds(size, max(1, size * 3 // 4), ANSWER, LOCK)
