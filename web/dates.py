"""Writes days, months and times as people of the organisation read them; pure.

Every day that a person sees, on a page, in a file or on a poster, is one of the organisation's
own place (`timezone` in its settings), and is written here. Files for programs keep ISO 8601.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from episodes import translations

if TYPE_CHECKING:
    from datetime import tzinfo

UNKNOWN = date.min  # stands for a day that is damaged in the database
FIRST = date(2020, 1, 1)  # nobody joined before: an earlier day is damaged


def day(value: date) -> str:
    """Write a day: 26 November 2026."""
    if value == UNKNOWN:
        return translations.text("an unknown day")
    return translations.day(value)


def month(name: str) -> str:
    """Write a month that is called 2026-11: November 2026."""
    return translations.month(date.fromisoformat(f"{name}-01"))


def moment(seconds: float, zone: tzinfo) -> datetime:
    """Return a second since 1970 as the organisation's clocks and calendars have it."""
    return datetime.fromtimestamp(seconds, zone)


def stamp(seconds: int, zone: tzinfo) -> str:
    """Write a time for a program, with the zone's own hours: 2026-11-26T12:30:00+00:00."""
    return moment(seconds, zone).isoformat(timespec="seconds")
