"""How often something may be tried, from one place and in all; kept in memory, for minutes.

An address is held as a digest under a key that dies with the process. Thirty people behind the one
address of a hospital can join from one poster. The only door to the package `limits`.
"""

from __future__ import annotations

import hmac
import secrets

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# What is limited: (each place or code, everybody together).
LIMITS = {
    "join": ("60 per 10 minutes", "600 per hour"),
    "join code": ("240 per hour", "600 per hour"),
    "wrong code": ("40 per 10 minutes", "4000 per hour"),
    "sign in": ("200 per minute", "600 per minute"),
    "wrong phrase": ("40 per 10 minutes", "4000 per hour"),
    "lead": ("10 per 15 minutes", "100 per minute"),
    "lead name": ("30 per 15 minutes", "100 per minute"),  # one place does not lock a lead out
    "save": ("240 per minute", "20000 per minute"),
    "heard": ("60 per minute", "20000 per minute"),
    "sync": ("6000 per minute", "60000 per minute"),  # a phone's first sync sends hundreds
    "connect": ("30 per 10 minutes", "600 per 10 minutes"),
    "app login": ("60 per 10 minutes", "600 per 10 minutes"),
    "app poll": ("3000 per 10 minutes", "60000 per 10 minutes"),  # each asks every second
    "take away": ("20 per 10 minutes", "600 per 10 minutes"),
}


class Limits:
    """The limits of one process."""

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._key = secrets.token_bytes(32)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[str, tuple[RateLimitItem, RateLimitItem]] = {
            name: (parse(one), parse(everybody)) for name, (one, everybody) in LIMITS.items()
        }

    def _named(self, who: str) -> str:
        return hmac.digest(self._key, who.encode(), "sha256").hex()[:32]

    def allows(self, what: str, who: str) -> bool:
        """Count one attempt; say whether it may go on."""
        one, everybody = self._items[what]
        name = self._named(who)
        return not self._enabled or (
            self._limiter.hit(one, what, name) and self._limiter.hit(everybody, what, "everybody")
        )

    def is_over(self, what: str, who: str) -> bool:
        """Say whether there were too many already, without counting this one."""
        one, everybody = self._items[what]
        name = self._named(who)
        return self._enabled and not (
            self._limiter.test(one, what, name) and self._limiter.test(everybody, what, "everybody")
        )
