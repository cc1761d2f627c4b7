"""Holds a lock at the target, so that one lead publishes at a time, if the server can do that."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError
from podcast.parallel import call_all
from podcast.publishing.release import LOCK, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.publishing.targets.contract import Target

LEASE = 15 * 60  # seconds without renewal, after which the publish counts as interrupted
EVERY = 60  # seconds between two renewals


class BusyError(EarmarkError):
    """Another computer is publishing to the same destination."""


class RemoteLock(NamedTuple):
    """Our lock; `exclusive` is False if the server lets two hold it: then it is only a notice."""

    exclusive: bool
    renew: Callable[[], None]


@contextlib.contextmanager
def hold_lock(
    target: Target, by: str, now: datetime, check: Callable[[], object] = lambda: None
) -> Iterator[RemoteLock]:
    """Hold the lock until the block ends. Raises BusyError, TargetError, and what `check` raises.

    `check` is called once the lock is held, while the server is asked whose it is. A lock of our
    own was left by an earlier publish of this folder that was killed.
    """
    data = json.dumps({"by": by, "since": now.astimezone(UTC).isoformat(timespec="seconds")})
    _clear(target, by)
    if not target.create(LOCK, data.encode()):
        raise BusyError(_busy(target.read(LOCK), None))
    # A server that ignores the condition creates the file twice; then the last one has the lock.
    exclusive = not target.create(LOCK, data.encode())
    held: list[bytes | None] = []
    try:
        call_all((lambda: held.append(target.read(LOCK)), check), 2)
        if held != [data.encode()]:
            raise BusyError(_busy(held[0], None))
        yield RemoteLock(exclusive, _renewer(target, data.encode()))
    finally:
        with contextlib.suppress(EarmarkError):
            if (held or [target.read(LOCK)]) == [data.encode()]:  # another's lock stays
                target.delete(LOCK)


def _clear(target: Target, by: str) -> None:
    held = target.read(LOCK)
    if held is None:
        return
    age = target.age(LOCK)
    written = read_document(held)
    lease = LEASE if written else EVERY  # an empty one was cut off while it was written
    if written.get("by") != by and age is not None and age < lease:
        raise BusyError(_busy(held, age))
    target.delete(LOCK)


def _busy(held: bytes | None, age: float | None) -> str:
    try:
        since = datetime.fromisoformat(str(read_document(held).get("since")))
        began = f" since {since:%d %B, %H:%M} UTC"
    except ValueError:
        began = ""
    seen = "" if age is None else f", last seen {max(round(age / 60), 1)} min ago"
    return (
        f"another computer is publishing there{began}{seen}; wait until it has finished. If it was "
        f"cut off, its lock expires after {LEASE // 60} minutes"
    )


def _renewer(target: Target, data: bytes) -> Callable[[], None]:
    mutex, last = threading.Lock(), time.monotonic()

    def renew() -> None:
        nonlocal last
        if time.monotonic() - last < EVERY or not mutex.acquire(blocking=False):
            return
        try:
            last = time.monotonic()
            target.write(LOCK, data)
        finally:
            mutex.release()

    return renew
