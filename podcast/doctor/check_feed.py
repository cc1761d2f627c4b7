"""Checks how the feed itself is served, which apps request again and again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.findings import Level
from podcast.doctor import remedies
from podcast.doctor.requests import LARGEST_FEED
from podcast.doctor.symptoms import shorten
from podcast.network.decompression import PackedError, unpack
from podcast.network.urls import clean_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.doctor.check_http import Examined
    from podcast.doctor.feed_contents import FeedContents
    from podcast.doctor.symptoms import Symptom

RSS = "application/rss+xml"
_XML = {"application/xml", "text/xml"}
HEAVY = 1_000_000  # bytes; from there on it matters to those who pay for each
HEAVIEST = 10_000_000  # bytes that a phone still reads at once
DAY = 86_400  # seconds


def check_type(examined: Examined) -> Iterator[Symptom]:
    """Find a feed with the wrong media type; most apps accept other kinds of XML."""
    sent = examined.response.media_type
    if sent != RSS:
        level = Level.WARNING if sent in _XML else Level.ERROR
        seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {RSS}"
        remedy = remedies.for_feed(clean_url(examined.resource.address), examined.response)
        yield examined.symptom("type", seen, remedy, level)


def check_size(examined: Examined) -> Iterator[Symptom]:
    """Find a feed that is large for something that apps request again and again."""
    size = len(examined.response.body)
    if examined.response.cut:
        seen = f"has more than {LARGEST_FEED // 1_000_000} MB"
        yield examined.symptom("size", seen, "publish a feed of the show, and nothing else, there")
    elif size > HEAVIEST:
        seen = f"has {size / 1e6:,.1f} MB"
        what = "split the show, or shorten the notes: every app downloads it all, often by phone"
        yield examined.symptom("size", seen, what, Level.WARNING)
    elif size > HEAVY and not _packed(examined):
        seen = f"has {size / 1e6:,.1f} MB, and is not compressed for clients that ask for it"
        what = f"switch on gzip for {RSS}: it saves listeners nine bytes in ten"
        yield examined.symptom("size", seen, what, Level.NOTE)


def _packed(examined: Examined) -> bool:
    return len(examined.log) > 1 and examined.log[1].response.header("content-encoding") == "gzip"


def check_gzip(examined: Examined) -> Iterator[Symptom]:
    """Find gzip that cannot be decompressed."""
    if _packed(examined) and not any(row.response.cut for row in examined.log[:2]):
        response = examined.log[1].response
        if _is_damaged(response.body):
            seen = "cannot be decompressed when it is requested with gzip"
            yield examined.symptom("gzip", seen, remedies.for_compression(response))


def _is_damaged(gzip: bytes) -> bool:
    try:
        return not unpack(gzip, "gzip", LARGEST_FEED)
    except PackedError:
        return True


def check_conditional(examined: Examined) -> Iterator[Symptom]:
    """Find a feed that is sent again to apps that already have it."""
    if len(examined.log) < 2 or not examined.log[1].response.fine:
        return
    response = examined.log[1].response
    if not (response.header("etag") or response.header("last-modified")):
        seen = "has neither an ETag nor a Last-Modified"
    elif len(examined.log) > 2 and examined.log[2].response.status != 304:
        again = examined.log[2].response
        seen = f"answers {again.failure or again.status} instead of 304 to apps that have it"
    else:
        return
    seen += ": apps download all of it each time"
    yield examined.symptom("conditional", seen, remedies.for_conditional(response), Level.WARNING)


def check_caching(examined: Examined) -> Iterator[Symptom]:
    """Find a feed that may be cached for days, or never."""
    cache_control = examined.response.header("cache-control").lower()
    max_age = re.search(r"(?:s-maxage|max-age)\s*=\s*\"?(\d{1,12})", cache_control)
    what = remedies.for_caching(clean_url(examined.resource.address), examined.response)
    if not cache_control:
        seen = "does not say how long it can be cached (Cache-Control), so caches guess"
        yield examined.symptom("cache", seen, what, Level.NOTE)
    elif "no-store" in cache_control:
        seen = "must not be cached at all (Cache-Control: no-store)"
        yield examined.symptom("cache", seen, what, Level.WARNING)
    elif "no-cache" not in cache_control and (
        "immutable" in cache_control or (max_age and int(max_age[1]) > DAY)
    ):
        age = f"can be cached for more than a day (Cache-Control: {shorten(cache_control)})"
        seen = f"{age}, so new episodes arrive late"
        yield examined.symptom("cache", seen, what, Level.WARNING)


def check_own_url(examined: Examined, feed: FeedContents) -> Iterator[Symptom]:
    """Find a feed that does not contain the URL it was requested at (PSP-1)."""
    urls = {clean_url(examined.resource.address), *examined.response.hops}
    if not feed.itself:
        seen = "does not name its own address (atom:link rel=self)"
        yield examined.symptom("self", seen, "build and publish it again", Level.WARNING)
    elif clean_url(feed.itself) not in urls:
        seen = f"names another address as its own, {shorten(clean_url(feed.itself))}"
        what = "give out that address, or correct `address:` in show.md and publish again"
        yield examined.symptom("self", seen, what, Level.WARNING)


def check_items(examined: Examined, feed: FeedContents) -> Iterator[Symptom]:
    """Find a feed without episodes."""
    if not feed.items:
        seen = "has no episodes"
        what = "publish one, or check whether all of them are dated in the future"
        yield examined.symptom("empty", seen, what, Level.WARNING)
