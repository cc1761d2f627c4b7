"""How often something may be tried, from one place and in all; kept in memory, for minutes.

An address is held as a digest under a key that dies with the process. Thirty people behind the one
address of a hospital can join from one poster.

Each counter is the times of its attempts within a span that moves on: exact, and a few
microseconds. (The package `limits` does the same and starts a thread for nearly every attempt.)
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE, HOUR = 60, 3600  # seconds
SWEEP = 10 * MINUTE  # seconds after which counters that are over are forgotten
EVERYBODY = ""


class Limit(NamedTuple):
    """So many attempts within so many seconds."""

    most: int
    seconds: int


# What is limited: (each place or code, everybody together).
LIMITS = {
    "join": (Limit(60, 10 * MINUTE), Limit(600, HOUR)),
    "join code": (Limit(240, HOUR), Limit(600, HOUR)),
    "wrong code": (Limit(40, 10 * MINUTE), Limit(4000, HOUR)),
    "sign in": (Limit(200, MINUTE), Limit(600, MINUTE)),
    "wrong phrase": (Limit(40, 10 * MINUTE), Limit(4000, HOUR)),
    "lead": (Limit(10, 15 * MINUTE), Limit(100, MINUTE)),
    # One place does not lock a lead out.
    "lead name": (Limit(30, 15 * MINUTE), Limit(100, MINUTE)),
    "save": (Limit(240, MINUTE), Limit(20000, MINUTE)),
    "heard": (Limit(60, MINUTE), Limit(20000, MINUTE)),
    # A phone's first sync sends hundreds.
    "sync": (Limit(6000, MINUTE), Limit(60000, MINUTE)),
    "connect": (Limit(30, 10 * MINUTE), Limit(600, 10 * MINUTE)),
    "app login": (Limit(60, 10 * MINUTE), Limit(600, 10 * MINUTE)),
    # Each asks every second.
    "app poll": (Limit(3000, 10 * MINUTE), Limit(60000, 10 * MINUTE)),
    "take away": (Limit(20, 10 * MINUTE), Limit(600, 10 * MINUTE)),
}


class Limits:
    """The limits of one process; `monotonic` is a clock in seconds."""

    def __init__(
        self, *, enabled: bool = True, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._enabled = enabled
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._attempts: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._swept = monotonic()

    def _named(self, who: str) -> str:
        return hmac.digest(self._key, who.encode(), "sha256").hex()[:32]

    def allows(self, what: str, who: str) -> bool:
        """Count one attempt; say whether it may go on."""
        if not self._enabled:
            return True
        name, (one, everybody) = self._named(who), LIMITS[what]
        with self._lock:
            self._sweep()
            return self._count(what, name, one) and self._count(what, EVERYBODY, everybody)

    def is_over(self, what: str, who: str) -> bool:
        """Say whether there were too many already, without counting this one."""
        if not self._enabled:
            return False
        name, (one, everybody) = self._named(who), LIMITS[what]
        with self._lock:
            return self._is_full(what, name, one) or self._is_full(what, EVERYBODY, everybody)

    def _count(self, what: str, name: str, limit: Limit) -> bool:
        if self._is_full(what, name, limit):
            return False
        self._attempts[what, name].append(self._monotonic())
        return True

    def _is_full(self, what: str, name: str, limit: Limit) -> bool:
        attempts = self._attempts.get((what, name))
        if not attempts:
            return False
        over = self._monotonic() - limit.seconds
        while attempts and attempts[0] < over:
            attempts.popleft()
        return len(attempts) >= limit.most

    def _sweep(self) -> None:
        """Forget who tried nothing for as long as any limit remembers."""
        now = self._monotonic()
        if now - self._swept < SWEEP:
            return
        self._swept, over = now, now - HOUR
        for key in [key for key, when in self._attempts.items() if not when or when[-1] < over]:
            del self._attempts[key]
