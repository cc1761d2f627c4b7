"""Parses the times of actions, and corrects those that are in the future; pure.

An app's clock may be wrong, but the interval between two of its actions is right all the same.
A time that was not sent, or that we corrected, is evidence of nothing else
(docs/decisions/0042).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# The clock of a time: the app's own, the app's moved back (a little, or by far), or ours.
OWN, AHEAD, FAR, OURS = range(4)
DAY = 24 * 3600  # seconds: more than any time zone, so that a clock beyond is not set at all
MILLISECONDS = 10**11  # a time in seconds is below it until the year 5138
LONGEST = 64  # characters of a time


class Time(NamedTuple):
    """The time of an action in seconds since 1970, never in the future, and its clock."""

    at: int
    clock: int


def parse(value: object) -> int | None:
    """Parse a time in any usual notation to seconds since 1970; None if it is not a time.

    Numbers may be seconds, milliseconds and so on. A time without a zone is UTC.
    """
    if isinstance(value, str) and not _is_number(value):
        return _date(value.strip()[: LONGEST + 1])
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(number) or number <= 0:
        return None
    while number >= MILLISECONDS:
        number /= 1000
    return int(number)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _date(value: str) -> int | None:
    """Parse a date in ISO 8601 or RFC 822 (as HTTP and RSS use it)."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return int(seconds) if seconds > 0 else None
    return None


def settle(times: Sequence[int | None], now: int) -> list[Time]:
    """Return the corrected times of one device's upload: a newest time in the future becomes now.

    All times move by the same amount, so the intervals stay. If some are more than a day ahead,
    those and the others count as two clocks.
    """
    near, far = (
        max((each - now for each in times if each is not None and (each > now + DAY) == is_far),
            default=0)
        for is_far in (False, True)
    )  # fmt: skip
    return [_settled(each, now, max(near, 0), far) for each in times]


def _settled(time: int | None, now: int, near: int, far: int) -> Time:
    if time is None:
        return Time(now, OURS)
    if time > now + DAY:
        return Time(time - far, FAR) if time > far else Time(now, OURS)
    if time <= near:
        return Time(now, OURS)
    return Time(time - near, AHEAD if near else OWN)
