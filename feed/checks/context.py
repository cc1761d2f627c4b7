"""Defines what checks read: a show as it will be published, with scheduled episodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from episodes.model import Episode, Show


@dataclass(frozen=True)
class Situation:
    """A show to look at, and when; `seconds` are the known lengths of recordings, by slug.

    `flips` are the last days on which the answers of `is_over` stay as they are.
    """

    show: Show
    seconds: dict[str, float]
    now: datetime
    flips: list[date] = field(default_factory=list)

    def of(self, show: Show) -> Situation:
        """Return the situation of another show, or of a part of this one."""
        return Situation(show, self.seconds, self.now)

    def is_over(self, day: date, after: timedelta = timedelta()) -> bool:
        """Return whether today (UTC) is later than a day, or than so long after it.

        Rules of one episode ask for today only here: their findings are kept until an answer flips.
        """
        if self.now.date() - after > day:
            return True
        try:
            self.flips.append(day + after)
        except OverflowError:
            self.flips.append(date.max)
        return False


def path(episode: Episode) -> str:
    """Return the file in which an episode is written."""
    return f"{episode.folder}/episode.md"
