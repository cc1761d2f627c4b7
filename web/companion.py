"""Holds what every view needs: settings, database, the show, rate limits and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from web.database.engine import Database
    from web.database.optional_read import Glance
    from web.limits.rate_limits import Limits
    from web.listening.report_batches import ReportQueue
    from web.published_show import Shows
    from web.session_ends import Exits
    from web.sessions import Session
    from web.settings import Settings

NAME = "earmark"


class Stopwatch(NamedTuple):
    """Seconds since an arbitrary start, whatever the clock does; `name` identifies the start."""

    name: str
    seconds: Callable[[], float]


class Companion(NamedTuple):
    """One companion; `clock` gives the present moment as the organisation's own clocks do."""

    settings: Settings
    database: Database
    shows: Shows
    limits: Limits
    clock: Callable[[], datetime]
    reports: ReportQueue
    exits: Exits
    stopwatch: Stopwatch
    glance: Glance[Session | None]

    def now(self) -> datetime:
        """Return the present moment; its `date()` is the day that people there have now.

        Count with `timestamp()` only: two such moments may lie an hour apart that no clock shows.
        """
        return self.clock()


def current_companion() -> Companion:
    """Return the companion that answers this request."""
    return cast("Companion", current_app.extensions[NAME])
