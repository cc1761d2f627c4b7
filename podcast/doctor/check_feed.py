"""Checks how the feed itself is served, which apps request again and again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.findings import Level
from podcast.doctor import remedies
from podcast.doctor.answers import plain, shorten
from podcast.doctor.feed_contents import unpacked
from podcast.doctor.requests import LARGEST_FEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podcast.doctor.check_http import Case
    from podcast.doctor.feed_contents import Told
    from podcast.doctor.symptoms import Symptom

RSS = "application/rss+xml"
_XML = {"application/xml", "text/xml"}
HEAVY = 1_000_000  # bytes; from there on it matters to those who pay for each
HEAVIEST = 10_000_000  # bytes that a phone still reads at once
DAY = 86_400  # seconds


def typed(case: Case) -> Iterator[Symptom]:
    """Find a feed that is not sent as one; most apps forgive other kinds of XML."""
    sent = case.answer.kind
    if sent != RSS:
        level = Level.WARNING if sent in _XML else Level.ERROR
        seen = f"is sent as {shorten(sent) or 'no type at all'} instead of {RSS}"
        said = remedies.feed(plain(case.look.address), case.answer)
        yield case.symptom("type", seen, said, level)


def heavy(case: Case) -> Iterator[Symptom]:
    """Find a feed that is large for what is fetched again and again."""
    size = len(case.answer.body)
    if case.answer.cut:
        seen = f"has more than {LARGEST_FEED // 1_000_000} MB"
        yield case.symptom("size", seen, "publish a feed of the show, and nothing else, there")
    elif size > HEAVIEST:
        seen = f"has {size / 1e6:,.1f} MB"
        what = "split the show, or shorten the notes: every app downloads it all, often by phone"
        yield case.symptom("size", seen, what, Level.WARNING)
    elif size > HEAVY and not _packed(case):
        seen = f"has {size / 1e6:,.1f} MB, and is not compressed for clients that ask for it"
        what = f"switch on gzip for {RSS}: it saves listeners nine bytes in ten"
        yield case.symptom("size", seen, what, Level.NOTE)


def _packed(case: Case) -> bool:
    return len(case.asked) > 1 and case.asked[1].answer.header("content-encoding") == "gzip"


def packed(case: Case) -> Iterator[Symptom]:
    """Find gzip that cannot be unpacked."""
    if _packed(case) and not case.asked[1].answer.cut:
        answer = case.asked[1].answer
        if unpacked(answer.body, LARGEST_FEED) is None:
            seen = "cannot be decompressed when it is requested with gzip"
            yield case.symptom("gzip", seen, remedies.packed(answer))


def conditional(case: Case) -> Iterator[Symptom]:
    """Find a feed that is sent again to those who have it."""
    if len(case.asked) < 2 or not case.asked[1].answer.fine:
        return
    answer = case.asked[1].answer
    if not (answer.header("etag") or answer.header("last-modified")):
        seen = "has neither an ETag nor a Last-Modified"
    elif len(case.asked) > 2 and case.asked[2].answer.status != 304:
        again = case.asked[2].answer
        seen = f"answers {again.trouble or again.status} instead of 304 to apps that have it"
    else:
        return
    seen += ": apps download all of it each time"
    yield case.symptom("conditional", seen, remedies.conditional(answer), Level.WARNING)


def kept(case: Case) -> Iterator[Symptom]:
    """Find a feed that may be kept for days, or never."""
    said = case.answer.header("cache-control").lower()
    found = re.search(r"(?:s-maxage|max-age)\s*=\s*\"?(\d{1,12})", said)
    what = remedies.cache(plain(case.look.address), case.answer)
    if not said:
        seen = "does not say how long it can be cached (Cache-Control), so caches guess"
        yield case.symptom("cache", seen, what, Level.NOTE)
    elif "no-store" in said:
        seen = "must not be cached at all (Cache-Control: no-store)"
        yield case.symptom("cache", seen, what, Level.WARNING)
    elif "no-cache" not in said and ("immutable" in said or (found and int(found[1]) > DAY)):
        age = f"can be cached for more than a day (Cache-Control: {shorten(said)})"
        seen = f"{age}, so new episodes arrive late"
        yield case.symptom("cache", seen, what, Level.WARNING)


def itself(case: Case, feed: Told) -> Iterator[Symptom]:
    """Find a feed that does not name the address it is given out under (PSP-1)."""
    asked = {plain(case.look.address), *case.answer.hops}
    if not feed.itself:
        seen = "does not name its own address (atom:link rel=self)"
        yield case.symptom("self", seen, "build and publish it again", Level.WARNING)
    elif plain(feed.itself) not in asked:
        seen = f"names another address as its own, {shorten(plain(feed.itself))}"
        what = "give out that address, or correct `address:` in show.md and publish again"
        yield case.symptom("self", seen, what, Level.WARNING)


def filled(case: Case, feed: Told) -> Iterator[Symptom]:
    """Find a feed without episodes."""
    if not feed.items:
        seen = "has no episodes"
        what = "publish one, or check whether all of them are dated in the future"
        yield case.symptom("empty", seen, what, Level.WARNING)
