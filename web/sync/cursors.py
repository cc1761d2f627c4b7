"""Numbers uploads, so that apps can ask for what is newer than the last; pure.

An app's clock is its own: times order what one app did, and never what others may see. For that
there is a number that grows with every upload; see `following`.
"""

from __future__ import annotations

from web.sync import action_times

TOP = 2**31 - 1  # what apps read as a number


def following(last: int, now: int) -> int:
    """Return the number of an upload: the time in seconds, and at least two more than the last.

    Kasts asks since one more than the number it was sent: the next upload must not have that one.
    """
    return max(now, last + 2)


def may_ask_since(before: int, mine: int, seen: int) -> int:
    """Return the number to answer an upload with: its own, if this app has seen all before it."""
    return mine if before <= seen else seen


def since(text: str | None) -> int:
    """Return the number that an app sent, 0 if it is none; milliseconds become seconds."""
    try:
        found = int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
    found = found // 1000 if found >= action_times.MILLISECONDS else found
    return max(0, min(found, TOP))
