"""Checks each value of a built feed, of the show or of an episode."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feed.feedgen_extension import ITUNES, PODCAST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from feed.validator.document import FeedElement

DESCRIPTION_BYTES = 4000
LONGEST = 255  # characters of a value
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE = re.compile(
    r"(\w{3}), \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)"
)
_MANY = {  # elements that may be repeated
    "category", "item", f"{{{ITUNES}}}category",
    "{http://www.w3.org/2005/Atom}link",
    *(f"{{{PODCAST}}}{name}" for name in (
        "alternateEnclosure", "block", "contentLink", "funding", "image", "images", "license",
        "liveItem", "location", "person", "podping", "remoteItem", "socialInteract", "soundbite",
        "trailer", "transcript", "txt", "value", "valueTimeSplit",
    )),
}  # fmt: skip
_CHOICES = {
    "itunes:explicit": ("true", "false"),
    "itunes:type": ("episodic", "serial"),
    "itunes:episodeType": ("full", "trailer", "bonus"),
    "itunes:block": ("Yes",),
    "itunes:complete": ("Yes",),
    "podcast:locked": ("yes", "no"),
    "podcast:block": ("yes", "no"),
}
_LIMITS = (
    ("podcast:person", None, 128),
    ("podcast:funding", None, 128),
    ("podcast:season", "name", 128),
    ("podcast:episode", "display", 32),
    ("podcast:txt", None, 4000),
    ("podcast:license", None, 128),
    ("podcast:location", None, 128),
    ("podcast:soundbite", None, 128),
    ("podcast:trailer", None, 128),
    ("podcast:updateFrequency", None, 128),
)
TRANSCRIPTS = ("text/vtt", "application/x-subrip", "application/srt", "application/json",
               "text/html", "text/plain")  # fmt: skip
PICTURES = (".jpg", ".jpeg", ".png")


def once(element: FeedElement) -> Iterator[Finding]:
    """Find elements that are repeated but may not be."""
    counts = Counter(each.tag for each in element.xml if isinstance(each.tag, str))
    for tag, number in counts.items():
        if number > 1 and tag not in _MANY:
            name = tag.rpartition("}")[2]
            second = [each for each in element.xml if each.tag == tag][1]
            yield element.finding("feed-once", name, f"is there {number} times", second)


def texts(element: FeedElement) -> Iterator[Finding]:
    """Find values with spaces around them, and values that are too long for apps."""
    for each in element.xml:
        if not isinstance(each.tag, str) or not each.text or len(each):
            continue
        name = each.tag.rpartition("}")[2]
        long = name in {"description", "encoded", "summary", "txt"}
        if each.text != each.text.strip() and not long:
            yield element.finding("feed-text", name, "has spaces around its value", each)
        if not long and len(each.text) > LONGEST:
            yield element.finding("feed-text", name, f"is over {LONGEST} characters", each)
        size = len(each.text.encode())
        if name in {"description", "summary"} and size > DESCRIPTION_BYTES:
            yield element.finding("feed-description", name, f"has {size:,} bytes", each)


def words(element: FeedElement) -> Iterator[Finding]:
    """Find values that are not one of the allowed words, or exceed their own limit."""
    for name, choices in _CHOICES.items():
        for each in element.all(name):
            if each.text not in choices:
                message = f'is "{each.text or ""}", not {" or ".join(choices)}'
                yield element.finding("feed-choice", name, message, each)
    for name, attribute, longest in _LIMITS:
        for each in element.all(name):
            value = (each.get(attribute) if attribute else each.text) or ""
            if len(value) > longest:
                message = f"has {len(value)} characters; the most is {longest}"
                yield element.finding("feed-limit", name, message, each)


def dates(element: FeedElement) -> Iterator[Finding]:
    """Find dates that are not RFC 2822 with the right weekday, or in the future."""
    for name in ("pubDate", "lastBuildDate"):
        for each in element.all(name):
            moment = date(each.text or "")
            if moment is None:
                message = f'"{each.text}" is not a date like Sun, 03 May 2026 07:00:00 +0000'
                yield element.finding("feed-date", name, message, each)
            elif moment > element.built.now:
                yield element.finding("feed-future", name, "is in the future", each)


def date(text: str) -> datetime | None:
    """Parse a date of a feed; None if it is invalid or its weekday is wrong."""
    form = _DATE.fullmatch(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if not form or form[1] != _DAYS[moment.weekday()]:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def files(element: FeedElement) -> Iterator[Finding]:
    """Find URLs that are malformed, or name files that are not in the built folder."""
    for name, attribute in (
        ("enclosure", "url"),
        ("itunes:image", "href"),
        ("podcast:transcript", "url"),
        ("podcast:chapters", "url"),
        ("podcast:alternateEnclosure/podcast:source", "uri"),
        ("podcast:trailer", "url"),
        ("podcast:image", "href"),
        ("psc:chapters/psc:chapter[@href]", "href"),
        ("psc:chapters/psc:chapter[@image]", "image"),
        ("image/url", None),
    ):
        for each in element.all(name):
            address = (each.get(attribute) if attribute else each.text) or ""
            if not _plain(address):
                yield element.finding(
                    "feed-address", name, f'"{address}" is not a plain web address', each
                )
            elif (file := element.built.file(address)) and file not in element.built.sizes:
                yield element.finding(
                    "feed-file", name, f"names {file}, which does not exist", each
                )
            if name == "itunes:image" and not address.endswith(PICTURES):
                yield element.finding("feed-picture", name, f'"{address}" has another ending', each)


def _plain(address: str) -> bool:
    parts = urlsplit(address)
    whole = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return whole and address.isascii() and not re.search(r"\s", address)


def transcripts(element: FeedElement) -> Iterator[Finding]:
    """Find transcripts whose type is not exact: AntennaPod ignores one with a charset."""
    for each in element.all("podcast:transcript"):
        kind = each.get("type") or ""
        if kind not in TRANSCRIPTS:
            message = f'has the type "{kind}", not one of {", ".join(TRANSCRIPTS[:3])}'
            yield element.finding("feed-transcript", "podcast:transcript", message, each)
    for each in element.all("podcast:chapters"):
        if each.get("type") != "application/json+chapters":
            message = f'has the type "{each.get("type")}", not application/json+chapters'
            yield element.finding("feed-chapters", "podcast:chapters", message, each)


RULES = (once, texts, words, dates, files, transcripts)
