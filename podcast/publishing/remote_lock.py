"""Holds a lock at the target, so that one lead publishes at a time, if the server can do that."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError
from podcast.publishing.release import LOCK, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.publishing.targets.contract import Target

LEASE = 15 * 60  # seconds after which a lock that nobody renews is a publish that was cut off
EVERY = 60  # seconds between two renewals


class BusyError(EarmarkError):
    """Somebody else is publishing to the same place."""


class RemoteLock(NamedTuple):
    """Our lock. `exclusive` is False where the server lets two hold it: then it is advice only."""

    exclusive: bool
    renew: Callable[[], None]


@contextlib.contextmanager
def hold_lock(target: Target, by: str, now: datetime) -> Iterator[RemoteLock]:
    """Hold the lock until the block ends. Raises BusyError, TargetError.

    A lock of our own is one that an earlier publish of this folder left as it was killed.
    """
    data = json.dumps({"by": by, "since": now.astimezone(UTC).isoformat(timespec="seconds")})
    _clear(target, by)
    if not target.create(LOCK, data.encode()):
        raise BusyError(_busy(target.read(LOCK), None))
    exclusive = not target.create(LOCK, data.encode())  # a server that ignores the condition puts
    if (held := target.read(LOCK)) != data.encode():  # it twice; then the last one has it
        raise BusyError(_busy(held, None))
    try:
        yield RemoteLock(exclusive, _renewer(target, data.encode()))
    finally:
        with contextlib.suppress(EarmarkError):
            target.delete(LOCK)


def _clear(target: Target, by: str) -> None:
    held = target.read(LOCK)
    if held is None:
        return
    age = target.age(LOCK)
    written = read_document(held)
    lease = LEASE if written else EVERY  # one without words was cut off as it was written
    if written.get("by") != by and age is not None and age < lease:
        raise BusyError(_busy(held, age))
    target.delete(LOCK)


def _busy(held: bytes | None, age: float | None) -> str:
    try:
        since = datetime.fromisoformat(str(read_document(held).get("since")))
        said = f" since {since:%d %B, %H:%M} UTC"
    except ValueError:
        said = ""
    seen = "" if age is None else f", last seen {max(round(age / 60), 1)} min ago"
    return (
        f"another computer is publishing there{said}{seen}; wait until it has finished. If it was "
        f"cut off, its lock expires after {LEASE // 60} minutes"
    )


def _renewer(target: Target, data: bytes) -> Callable[[], None]:
    turn, last = threading.Lock(), time.monotonic()

    def renew() -> None:
        nonlocal last
        if time.monotonic() - last < EVERY or not turn.acquire(blocking=False):
            return
        try:
            last = time.monotonic()
            target.write(LOCK, data)
        finally:
            turn.release()

    return renew
