"""Compares this computer's clock with past builds: a wrong clock must not empty a feed.

The clock decides which episodes are out. A slow clock removes episodes from the feed; a fast clock
published some too early. Both show as soon as a release is later than now.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError, SourceError
from episodes.lockfile import SLACK, release_time
from episodes.rules import finding
from podcast.cache.store import LOCK

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.findings import Finding


def behind(now: datetime, show: Path, built: float | None = None) -> Finding | None:
    """Return what is wrong with the clock, from the releases in the lock file and the last build.

    `built` is the time of the last build, in seconds since 1970.
    """
    from podcast.show_folder import lockfile

    try:
        releases = list(lockfile.read(show).published.values())
    except SourceError:
        releases = []  # said by what needs it
    latest = max(
        (each for each in (*map(release_time, releases), _built(built)) if each), default=None
    )
    if latest is None or latest <= now + SLACK:
        return None
    message = f"this computer's clock says {_shown(now)}, but the show was built or published on "
    return finding("clock-behind", LOCK, "", f"{message}{_shown(latest)}")


def refuse(now: datetime, show: Path, built: float | None = None) -> None:
    """Raise SourceError if this computer's clock cannot be right."""
    wrong = behind(now, show, built)
    if wrong:
        raise SourceError(wrong)


def compare(now: datetime, last: datetime, words: str) -> None:
    """Raise EarmarkError if a release is later than now; `words` is where it was published."""
    if last > now + SLACK:
        raise EarmarkError(
            f"this computer's clock says {_shown(now)}, but {words} was published on "
            f"{_shown(last)}; set the clock, then publish again. If the clock is right now and "
            f"was wrong then, add --take-over"
        )


def against(now: datetime, theirs: datetime | None, words: str) -> None:
    """Raise EarmarkError if the storage's clock disagrees."""
    if theirs and abs(theirs - now) > SLACK:
        raise EarmarkError(
            f"this computer's clock says {_shown(now)}, but that of {words} says {_shown(theirs)}; "
            "set the clock, then publish again"
        )


def _built(seconds: float | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def _shown(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
