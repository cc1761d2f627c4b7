"""Reads when apps did something, and moves what is ahead of us back; pure.

A clock of an app may be wrong. What it says of the distance between two actions is true even then,
as long as one clock says both. A time that was not sent, or that we moved, is no evidence of
anything else (docs/decisions/0042).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# Which clock a time is of: the app's as it is, the app's moved back (by a little, by far), or ours.
OWN, AHEAD, FAR, OURS = range(4)
DAY = 24 * 3600  # seconds: more than any time zone, so that a clock beyond is not set at all
MILLISECONDS = 10**11  # a time in seconds is below it until the year 5138
LONGEST = 64  # characters of a time


class Time(NamedTuple):
    """When something was done, in seconds since 1970, never ahead of us; and by which clock."""

    at: int
    clock: int


def parse(value: object) -> int | None:
    """Return seconds since 1970 of any usual way to write a time, None if it is none.

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
    """Read a date as ISO 8601 or RFC 822 (and so HTTP and RSS) have it."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return int(seconds) if seconds > 0 else None
    return None


def settle(times: Sequence[int | None], now: int) -> list[Time]:
    """Return the times of one device's upload as they count: the newest is now, if it is ahead.

    All move by as much, so that their distances stay. If some are more than a day ahead, those and
    the others are of two clocks.
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
