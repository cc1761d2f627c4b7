"""Parses the messages of a player, checks whether they can be true, and what is heard to the end.

Pure.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from web.listening import coverage
from web.listening.coverage import TENTHS, Coverage

MOST_RUNS = 200  # in one message: 15 seconds of a player hold a handful
LARGEST = 64_000  # bytes of a message: what a browser sends as it closes
SITTING = 16  # bytes of the random name of one opening of a page
FASTEST = 2.5  # media seconds in a second: the player's 2 and a quarter for clocks
SLACK = 60  # seconds that a message may be early
LEEWAY = 15 * 60  # seconds by which the clock may have gone back since a start of the program
END = 2  # seconds before the end of a recording that count as heard to the end
HOURS = 6  # for which a page may keep sending
FEWEST = SLACK * TENTHS + 1  # tenths heard before a month counts somebody: never the slack alone


class Sitting(NamedTuple):
    """One opening of a page, as its write-only token says: whose, what, since when (seconds).

    `start` and `started` are the same by a stopwatch: its name, and what it showed.
    """

    listener: int
    media: int
    name: bytes
    since: int
    start: str = ""
    started: float = 0

    def dump(self) -> bytes:
        """Return it as the bytes that are sealed into a token."""
        return json.dumps([*self[:2], self.name.hex(), *self[3:]]).encode()

    @classmethod
    def load(cls, data: bytes) -> Sitting:
        """Read what `dump` wrote, also an earlier one."""
        listener, media, name, *rest = json.loads(data)
        return cls(listener, media, bytes.fromhex(name), *rest)


def open_for(sitting: Sitting, now: float, start: str, seconds: float) -> float:
    """Return for how many seconds a page has been open.

    The stopwatch knows, unless this program has restarted since. Then only the clock is left; it
    may have been set back, and the page must not lose its listening.
    """
    if start and sitting.start == start:
        return seconds - sitting.started
    return max(now - sitting.since, 0) + LEEWAY


class Message(NamedTuple):
    """A page's report of what it played; `place` is its position, None if it does not know.

    `token` holds the listener, the recording and the opening of the page, see `Sitting`.
    """

    token: str
    sequence: int
    runs: Coverage
    place: int | None
    ended: bool


def parse(data: bytes) -> Message | None:
    """Parse a message; return None if it is not one. Impossible runs are left out."""
    try:
        document: Any = json.loads(data) if len(data) <= LARGEST else None
        token = str(document["token"])
        sequence, given = document["sequence"], document["runs"]
        runs = [coverage.run(*_pair(each)) for each in given[:MOST_RUNS]]
        position = document.get("place")
        at = None if position is None else coverage.run(max(_finite(position), 0), 0)[0]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    if type(sequence) is not int or not 0 <= sequence < 2**31:
        return None
    return Message(token, sequence, coverage.union(runs), at, document.get("ended") is True)


def _pair(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    return _finite(value[0]), _finite(value[1])


def _finite(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > 1e6:  # type: ignore[arg-type]
        raise ValueError
    return float(value)  # type: ignore[arg-type]


def is_end(position: int, length: int) -> bool:
    """Return whether somebody who was at this position, in tenths, heard a recording to the end."""
    return position >= length - END * TENTHS


def fits(reported: float, already: float, open_for: float) -> bool:
    """Return whether a page that has been open for so many seconds can have played that much."""
    return reported + already <= open_for * FASTEST + SLACK
