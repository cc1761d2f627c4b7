"""A new episode's publish date: out at once, and later than every episode that is out already."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from episodes.frontmatter.schema import EpisodeFacts
from episodes.frontmatter.value_types import parse_moment
from episodes.model import Episode
from episodes.show_folder import inherit
from podcast.creating import publish_dates

LONDON, HAVANA, CAIRO = "Europe/London", "America/Havana", "Africa/Cairo"
ZONES = [
    LONDON,
    HAVANA,
    CAIRO,
    "UTC",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
]
NIGHTS = [  # an ordinary one, and those in which a clock goes forward or back
    "2026-11-27", "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-24",
    "2026-10-30", "2026-04-05", "2026-10-04",
]  # fmt: skip
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MIDNIGHTS = st.builds(
    lambda night, zone, seconds: read_back(night + " 00:00", zone) + timedelta(seconds=seconds),
    st.sampled_from(NIGHTS), st.sampled_from(ZONES),
    st.integers(0, 179) | st.integers(-3 * 3600, 5 * 3600) | st.integers(0, 86_400),
)  # fmt: skip
AGES = st.lists(st.integers(1, 200) | st.integers(1, 400_000), max_size=5)


def episode(published: datetime, number: int | None = 1) -> Episode:
    facts = EpisodeFacts.model_validate_json(
        json.dumps({"title": "Rota", "date": "2026-11-27", "summary": "-", "number": number})
    )
    return Episode(slug="", folder="", facts=facts, published=published, notes="", recording="")


def read_back(text: str, zone: str) -> datetime:
    return inherit.utc_moment(parse_moment(text), zone)


def new(older: list[Episode], zone: str, now: datetime) -> datetime:
    """Return a new episode's publish date, as a build reads it from what was written."""
    moment = publish_dates.next_publish_date(older, ZoneInfo(zone), now)
    found = read_back(publish_dates.format_date(moment, ZoneInfo(zone)), zone)
    assert found == moment
    return found


@given(MIDNIGHTS, st.sampled_from(ZONES), AGES)
@example(datetime(2026, 11, 27, 0, 0, 0, tzinfo=UTC), LONDON, [])
@example(datetime(2026, 11, 1, 5, 5, tzinfo=UTC), HAVANA, [301])  # the second 00:05 of the night
@example(datetime(2026, 4, 23, 22, 0, 30, tzinfo=UTC), CAIRO, [])  # no 00:01 that night
def test_a_new_episode_is_out_at_once_and_is_the_newest(
    now: datetime, zone: str, ages: list[int]
) -> None:
    out = [now - timedelta(seconds=each) for each in ages]
    found = new([episode(each) for each in out], zone, now)
    assert all(each < found for each in out)
    if not any(each >= now.replace(second=0) for each in out):
        assert found < now + SECOND


@given(MIDNIGHTS, st.sampled_from(ZONES), st.integers(1, 90_000))
def test_it_waits_for_a_scheduled_episode_only_if_that_has_a_number(
    now: datetime, zone: str, seconds: int
) -> None:
    scheduled = now + timedelta(seconds=seconds)
    assert scheduled < new([episode(scheduled, 2)], zone, now) <= scheduled + MINUTE
    assert new([episode(scheduled, None)], zone, now) < now + SECOND


def test_several_in_a_row_are_a_minute_apart() -> None:
    now = datetime(2026, 11, 27, 12, 30, 15, tzinfo=UTC)
    dates: list[datetime] = []
    for _ in range(3):
        dates.append(new([episode(each) for each in dates], LONDON, now))
    assert [f"{each:%H:%M}" for each in dates] == ["00:01", "00:02", "00:03"]


def test_a_second_one_within_a_minute_of_midnight_comes_a_minute_later() -> None:
    now = datetime(2026, 11, 27, 0, 0, 15, tzinfo=UTC)
    first = new([], LONDON, now)
    assert first == datetime(2026, 11, 27, tzinfo=UTC)
    assert new([episode(first)], LONDON, now) == first + MINUTE


def test_a_time_that_the_clock_shows_twice_has_its_offset() -> None:
    moment, zone = datetime(2026, 11, 1, 5, 5, tzinfo=UTC), ZoneInfo(HAVANA)
    assert publish_dates.format_date(moment, zone) == "2026-11-01 00:05-05:00"
    assert publish_dates.format_date(moment + timedelta(hours=3), zone) == "2026-11-01 03:05"
