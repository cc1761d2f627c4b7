"""Feeds in pages, dates in zones, and what must not take for ever."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from feed.reader import dates
from feed.reader import read as reading
from feed.reader.result import NotAFeedError
from tests.kit.foreign_feeds import feed, item

if TYPE_CHECKING:
    from feed.reader.result import ParsedFeed

ADDRESS = "https://example.org/shows/feed.xml"


def read(data: bytes) -> ParsedFeed:
    return reading.read(data, ADDRESS)


@pytest.mark.parametrize(
    ("zone", "hour"), [("BST", 9), ("CEST", 8), ("JST", 1), ("EDT", 14), ("GMT", 10), ("-0000", 10)]
)
def test_the_name_of_a_time_zone_is_read(zone: str, hour: int) -> None:
    found = dates.parse(f"Mon, 03 Jul 2023 10:00:00 {zone}")
    assert found is not None
    assert (found.day, found.hour) == (3, hour)


def test_a_time_zone_that_can_be_several_is_said() -> None:
    said = item(1).replace("06:00:00 +0000", "06:00:00 IST")
    losses = [each.why for each in read(feed(said)).losses]
    assert "has the time zone IST, which can mean several; it was read as UTC" in losses
    assert dates.zone("Mon, 03 Jul 2023 10:00 PM") == ""


def paged(number: int, following: str = "") -> bytes:
    more = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="{following}"/>'
    return feed(item(number), head=f"<title>A show</title>{more if following else ''}")


def test_every_page_of_a_feed_is_read() -> None:
    pages = {f"{ADDRESS}?page={n}": paged(n, f"?page={n + 1}" if n < 4 else "") for n in (2, 3, 4)}
    taken = reading.read(paged(1, "?page=2"), ADDRESS, pages.__getitem__)
    assert {each.guid for each in taken.episodes} == {"guid-1", "guid-2", "guid-3", "guid-4"}
    assert not [each for each in taken.losses if "page" in each.what]


def test_pages_that_lead_in_a_circle_or_on_without_end_do_come_to_one() -> None:
    asked: list[str] = []

    def circle(address: str) -> bytes:
        asked.append(address)
        return paged(2, ADDRESS)

    assert len(reading.read(paged(1, "?page=2"), ADDRESS, circle).episodes) == 2
    assert asked == [f"{ADDRESS}?page=2"]
    endless = (paged(n, f"?page={n}") for n in range(1, 10_000))
    taken = reading.read(next(endless), ADDRESS, lambda _: next(endless))
    assert len(taken.episodes) == reading.PAGES
    assert any("only 200 pages" in each.why for each in taken.losses)


def test_a_page_that_does_not_come_is_said_and_the_others_are_kept() -> None:
    def gone(_: str) -> bytes:
        raise EarmarkError("is gone (HTTP 410)")

    for fetch, why in (
        (gone, "its older episodes were not imported"),
        (None, "give the web address"),
    ):
        taken = reading.read(paged(1, "?page=2"), ADDRESS, fetch)
        assert len(taken.episodes) == 1
        assert any(why in each.why for each in taken.losses)


@pytest.mark.parametrize(
    "text", ["<!--x-->" * 2_000, "<!DOCTYPE x [" * 50_000, "<rss>" + "<![CDATA[" * 50_000]
)
def test_what_is_begun_again_and_again_is_read_in_a_moment(text: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(NotAFeedError):
        read(text.encode())
    assert time.monotonic() - began < 5
