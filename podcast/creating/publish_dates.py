"""Chooses the publish date of a new episode, and writes it as front matter does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from episodes.show_folder import inherit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from episodes.model import Episode

MINUTE = timedelta(minutes=1)


def next_publish_date(older: list[Episode], zone: ZoneInfo, now: datetime) -> datetime:
    """Return the publish date of a new episode, in UTC: the first free minute.

    It is 00:01 today, or the minute after the newest numbered or published episode, so that several
    can be added in a row and dates are in the order of numbers. It lies in the future only if that
    episode is scheduled, or was published within this very minute.
    """
    local = now.astimezone(zone)
    today = local.replace(hour=0, minute=1, second=0, microsecond=0).astimezone(UTC)
    this_minute = now.astimezone(UTC).replace(second=0, microsecond=0)  # before 00:01, and at DST
    before = [each.published for each in older if each.facts.number or each.published <= now]
    after = [(each + MINUTE).replace(second=0, microsecond=0) for each in before]
    earliest = max([min(today, this_minute), *after])
    return first_free_minute(earliest, {each.published for each in older})


def first_free_minute(date: datetime, published: set[datetime]) -> datetime:
    """Return a date, or the first minute after it at which no other episode is published."""
    while date.astimezone(UTC) in published:
        date += MINUTE
    return date


def format_date(date: datetime, zone: ZoneInfo) -> str:
    """Return a date for front matter: local, with an offset if clocks show that time twice."""
    local = date.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M}"
    is_clear = inherit.utc_moment(datetime.fromisoformat(text), zone.key) == date
    return text if is_clear else local.isoformat(" ", "minutes")
