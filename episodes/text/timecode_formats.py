"""Times as programs write them: 1:02, 00:01:02.500, 00:01:02,500, and with frames 00:01:02:12."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Five groups: hours, minutes, seconds, what stands before the rest, the rest.
CLOCK = r"(?:(\d{1,4}):)?(\d{1,3}):([0-5]?\d)(?:([.,:;])(\d{1,9}))?(?![:.;]?\d)"
Groups = Sequence[str | None]
_FRAMES = re.compile(r"(?<![\d:])\d{1,3}:\d\d:\d\d[:;](\d\d)(?![:.,;]?\d)")
_RATES = (25, 30, 50, 60)  # frames a second; 24 cannot be told from 25


def seconds(groups: Groups, rate: int = 25) -> float | None:
    """Return the seconds of what CLOCK found, to the millisecond; None where it is no time.

    `rate` is of frames. A second of one digit, as in "odds of 2:1", needs hours and a fraction.
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
    """Return the smallest usual number of frames a second that fits all times in a text."""
    most = max((int(each) for each in _FRAMES.findall(text)), default=0)
    return next((rate for rate in _RATES if rate > most), _RATES[-1])
