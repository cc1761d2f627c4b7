"""Reads and writes times: 1:02, 00:01:02, 00:01:02.500, 00:01:02,500, with frames 00:01:02:12."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Five groups: hours, minutes, seconds, the sign before the fraction, the fraction or frames.
CLOCK = r"(?:(\d{1,4}):)?(\d{1,3}):([0-5]?\d)(?:([.,:;])(\d{1,9}))?(?![:.;]?\d)"
ClockGroups = Sequence[str | None]
_FRAMES = re.compile(r"(?<![\d:])\d{1,3}:\d\d:\d\d[:;](\d\d)(?![:.,;]?\d)")
_RATES = (25, 30, 50, 60)  # frames a second; 24 cannot be told from 25


def parse_groups(groups: ClockGroups, rate: int = 25) -> float | None:
    """Return the seconds of a match of CLOCK, to the millisecond; None if it is not a time.

    `rate` is in frames a second. A second of one digit, as in "odds of 2:1", needs hours and a
    fraction.
    """
    hours, minutes, second, sign, rest = groups
    whole, small = int(minutes or 0), int(second or 0)
    if hours is None and sign in {":", ";"}:
        return None
    if (hours and whole > 59) or (len(second or "") == 1 and not (hours and rest)):
        return None
    total = (int(hours or 0) * 60 + whole) * 60 + small
    if not rest:
        return float(total)
    if sign in {":", ";"}:
        return round(total + int(rest) / rate, 3) if int(rest) < rate else None
    return (total * 1000 + int(rest[:3].ljust(3, "0"))) / 1000


def frame_rate(text: str) -> int:
    """Return the lowest usual frame rate that fits all times in a text."""
    most = max((int(each) for each in _FRAMES.findall(text)), default=0)
    return next((rate for rate in _RATES if rate > most), _RATES[-1])


def format_seconds(seconds: float) -> str:
    """Return seconds as people read them: 0:07, 12:34, 1:02:03."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def format_full(seconds: float) -> str:
    """Return a time as Apple and Spotify find chapters in show notes: 00:12:34."""
    return _full(int(seconds))


def format_clock(seconds: float, point: str = ".") -> str:
    """Return a time to the millisecond, as VTT, Podlove and Vorbis comments have it: 00:12:34.500.

    SRT has a comma as its `point`.
    """
    milliseconds = round(seconds * 1000)
    return f"{_full(milliseconds // 1000)}{point}{milliseconds % 1000:03}"


@lru_cache(maxsize=20_000)  # many cues of a transcript begin in the second in which another ends
def _full(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}"
