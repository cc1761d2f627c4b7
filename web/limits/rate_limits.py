"""Limits how often something may be tried, from one network and in all; in memory, for minutes.

A place is an IPv4 address or a network of IPv6 (its /64, and more softly its /48), held as a digest
under a key that dies with the process. Hundreds of people behind the one address of a hospital can
join from one poster in an hour.

Trying from many places cannot close the door for others: when everybody together has tried
too often, only places and accounts are refused that have tried more than a few times themselves.

Each counter is the times of its attempts within a span that moves on: exact, and a few
microseconds. (The package `limits` does the same and starts a thread for nearly every attempt.)
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from web.limits.networks import networks

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE, HOUR = 60, 3600  # seconds
SWEEP = 10 * MINUTE  # seconds after which counters that are over are forgotten
MOST_PLACES = 20_000  # counters of one kind; past them the one that is unused for longest goes


class Limit(NamedTuple):
    """So many attempts within so many seconds."""

    most: int
    seconds: int


# What is limited: (each place, account or code; everybody together).
LIMITS = {
    # Accounts that were made, and so with a code that was right.
    "join": (Limit(1500, HOUR), Limit(6000, HOUR)),
    "join code": (Limit(1500, HOUR), Limit(6000, HOUR)),
    # Given back when the code, the phrase or the password was right.
    "wrong code": (Limit(100, 10 * MINUTE), Limit(4000, HOUR)),
    "wrong phrase": (Limit(100, 10 * MINUTE), Limit(4000, HOUR)),
    "lead": (Limit(10, 15 * MINUTE), Limit(100, MINUTE)),
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
# What anybody may try without an account: counted by the place it comes from.
BY_PLACE = {"join", "wrong code", "wrong phrase", "lead", "app login", "app poll"}


def few(limit: Limit) -> int:
    """Return how many attempts are few: a learner's mistakes, not a search."""
    return max(3, limit.most // 10)


class Limits:
    """The limits of one process; `monotonic` is a clock in seconds."""

    def __init__(
        self, *, enabled: bool = True, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._enabled = enabled
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._attempts: defaultdict[str, OrderedDict[bytes, list[float]]] = defaultdict(OrderedDict)
        self._all: defaultdict[str, list[float]] = defaultdict(list)
        self._swept = monotonic()

    def allows(self, what: str, who: str) -> bool:
        """Count one attempt; return whether it is allowed."""
        if not self._enabled:
            return True
        with self._lock:
            self._sweep()
            if self._is_over(what, who):
                return False
            now = self._monotonic()
            for name, _ in self._names(what, who):
                self._of(what, name).append(now)
            everybody = LIMITS[what][1]
            if self._count(self._all[what], everybody) < everybody.most:
                self._all[what].append(now)
            return True

    def is_over(self, what: str, who: str) -> bool:
        """Return whether there were too many already, without counting this one."""
        if not self._enabled:
            return False
        with self._lock:
            return self._is_over(what, who)

    def is_sparing(self, what: str, who: str) -> bool:
        """Return whether there were only a few attempts."""
        with self._lock:
            return self._is_sparing(what, who)

    def give_back(self, what: str, who: str) -> None:
        """Take an attempt back that was none: it was right, or was never looked at."""
        with self._lock:
            for name, _ in self._names(what, who):
                if times := self._attempts[what].get(name):
                    times.pop()
            if every := self._all[what]:
                every.pop()

    def _names(self, what: str, who: str) -> list[tuple[bytes, int]]:
        """Return the counters of somebody, and how many times the limit each allows."""
        counters = networks(who) if what in BY_PLACE else [(who, 1)]
        return [
            (hmac.digest(self._key, each.encode(errors="replace"), "sha256")[:16], times)
            for each, times in counters
        ]

    def _of(self, what: str, name: bytes) -> list[float]:
        kind = self._attempts[what]
        times = kind.setdefault(name, [])
        kind.move_to_end(name)
        if len(kind) > MOST_PLACES:
            kind.popitem(last=False)
        return times

    def _count(self, times: list[float] | None, limit: Limit) -> int:
        """Return how many attempts still count. The others are forgotten once they are more."""
        if not times:
            return 0
        over = bisect_left(times, self._monotonic() - limit.seconds)
        count = len(times) - over
        if over > count:
            del times[:over]
        return count

    def _is_over(self, what: str, who: str) -> bool:
        one, everybody = LIMITS[what]
        for name, times in self._names(what, who):
            if self._count(self._attempts[what].get(name), one) >= one.most * times:
                return True
        if self._count(self._all[what], everybody) < everybody.most:
            return False
        return not self._is_sparing(what, who)

    def _is_sparing(self, what: str, who: str) -> bool:
        one, _ = LIMITS[what]
        return all(
            self._count(self._attempts[what].get(name), one) < few(one) * times
            for name, times in self._names(what, who)
        )

    def _sweep(self) -> None:
        """Forget who tried nothing for as long as any limit remembers."""
        now = self._monotonic()
        if now - self._swept < SWEEP:
            return
        self._swept, over = now, now - HOUR
        for kind in self._attempts.values():
            for name in [name for name, times in kind.items() if not times or times[-1] < over]:
                del kind[name]
