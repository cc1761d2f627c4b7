"""Numbers uploads, so that apps can request what is newer than the last one; pure.

Times come from an app's own clock, so they can order only that app's actions. What others have
not seen yet is decided by a number that grows with every upload; see `following`.
"""

from __future__ import annotations

from web.sync import action_times

TOP = 2**31 - 1  # the largest number that apps can read


def following(last: int, now: int) -> int:
    """Return the number of an upload: the time in seconds, at least two more than the last.

    Kasts requests since one more than the number it was sent, so the next upload must not have it.
    """
    return max(now, last + 2)


def may_ask_since(before: int, mine: int, seen: int) -> int:
    """Return the number to answer an upload with: its own, if the app has seen all earlier ones."""
    return mine if before <= seen else seen


def since(text: str | None) -> int:
    """Parse the number that an app sent, 0 if it is not one; milliseconds become seconds."""
    try:
        number = int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
    number = number // 1000 if number >= action_times.MILLISECONDS else number
    return max(0, min(number, TOP))
