"""Checks a built feed as a whole: its required elements, and its items compared."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from episodes.frontmatter import language_codes
from episodes.frontmatter.apple_categories import NAMES
from feed.validator import document, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from feed.validator.document import Built, FeedElement

_NEEDED = ("title", "description", "link", "language", "itunes:image", "itunes:category",
           "itunes:explicit")  # fmt: skip
_WISHED = ("itunes:author", "podcast:locked", "podcast:guid")
_ITEM_NEEDED = ("title", "enclosure", "guid")
_ITEM_WISHED = ("pubDate", "description", "itunes:duration", "link", "itunes:explicit")
_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a"}
_NOTE, _SUPPORT = "Before you listen:", "<ul>"
_NEWER = "<p><strong>There is a newer version:"


def check(data: bytes, built: Built) -> list[Finding]:
    """Return the findings about a built feed, each with its line."""
    channel, findings = document.read(data, built)
    if channel is None:
        return findings
    items = [
        document.FeedElement(each, channel.built, each.findtext("title") or "?")
        for each in channel.all("item")
    ]
    findings += _channel(channel, items)
    serial = channel.text("itunes:type") == "serial"
    for item in items:
        findings += _item(item, serial=serial)
    findings += _beside(items)
    for element in (channel, *items):
        findings += [finding for rule in values.RULES for finding in rule(element)]
    return findings


def _channel(channel: FeedElement, items: list[FeedElement]) -> Iterator[Finding]:
    yield from _there(channel, _NEEDED, "feed-missing")
    yield from _there(channel, _WISHED, "feed-advised")
    itself = [each.get("href") for each in channel.all("atom:link") if each.get("rel") == "self"]
    if len(itself) != 1 or not (itself[0] or "").startswith(("https://", "http://")):
        yield channel.finding(
            "feed-self", "atom:link", "does not name one web address as the feed's own"
        )
    language = channel.text("language")
    if language and not language_codes.is_language(language.lower()):
        yield channel.finding("feed-language", "language", f'"{language}" is not a language code')
    for each in channel.all("itunes:category"):
        inner = each.find("itunes:category", document.SPACES)
        parts = [each.get("text") or "", *([inner.get("text") or ""] if inner is not None else [])]
        if (category := " > ".join(parts)) not in NAMES:
            yield channel.finding(
                "feed-category", "itunes:category", f'"{category}" is not in Apple\'s list', each
            )
    guid = channel.text("podcast:guid")
    if guid and not _uuid(guid):
        yield channel.finding("feed-guid", "podcast:guid", f'"{guid}" is not a UUID')
    if channel.all("itunes:new-feed-url"):
        yield channel.finding("feed-moved", "itunes:new-feed-url", "names a new address")
    if not items:
        yield channel.finding("feed-empty", "item", "the feed has no episode")


def _there(element: FeedElement, names: tuple[str, ...], rule: str) -> Iterator[Finding]:
    for name in names:
        if not element.all(name):
            yield element.finding(rule, name, "is missing")


def _uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _item(item: FeedElement, *, serial: bool) -> Iterator[Finding]:
    yield from _there(item, _ITEM_NEEDED, "feed-missing")
    yield from _there(item, _ITEM_WISHED, "feed-advised")
    for each in item.all("guid"):
        if each.get("isPermaLink") != "false" or not each.text or re.search(r"\s", each.text):
            yield item.finding(
                "feed-guid", "guid", "is not a single word with isPermaLink=false", each
            )
    for each in item.all("enclosure"):
        yield from _enclosure(item, each)
    yield from _smaller(item)
    for name in ("itunes:duration", "itunes:episode", "itunes:season"):
        for each in item.all(name):
            if not re.fullmatch(r"[1-9]\d*", each.text or ""):
                message = f'"{each.text or ""}" is not a whole number above 0'
                yield item.finding("feed-number", name, message, each)
    full = item.text("itunes:episodeType") in {"", "full"}
    if serial and full and not item.all("itunes:episode"):
        yield item.finding("feed-serial", "itunes:episode", "is missing")
    yield from _care(item)


def _enclosure(item: FeedElement, each: Any) -> Iterator[Finding]:
    address = each.get("url") or ""
    ending, kind = address[-4:], each.get("type") or ""
    elsewhere = item.built.file(address) is None and kind.startswith("audio/")
    if kind != _TYPES.get(ending) and not elsewhere:
        message = f'has the type "{each.get("type")}" for {ending or "its file"}'
        yield item.finding("feed-audio", "enclosure", message, each)
    yield from _length(item, each, "enclosure", address)


def _smaller(item: FeedElement) -> Iterator[Finding]:
    for each in item.all("podcast:alternateEnclosure"):
        source = each.find("podcast:source", document.SPACES)
        address = "" if source is None else source.get("uri") or ""
        yield from _length(item, each, "podcast:alternateEnclosure", address)


def _length(item: FeedElement, each: Any, name: str, address: str) -> Iterator[Finding]:
    length = each.get("length") or ""
    size = item.built.sizes.get(item.built.file(address) or "")
    if not length.isdecimal() or length == "0":
        yield item.finding("feed-length", name, f'gives the size as "{length}" bytes', each)
    elif size is not None and size != int(length):
        message = f"says {int(length):,} bytes, but the file has {size:,}"
        yield item.finding("feed-length", name, message, each)


def _care(item: FeedElement) -> Iterator[Finding]:
    """Check that the content note comes first and support last, in short and full notes.

    Only a link to a newer version may come before the content note.
    """
    short, full = item.text("description"), item.text("content:encoded")
    first = short.partition("</p>")[2] if short.startswith(_NEWER) else short
    if _NOTE in full and _NOTE not in first[:100]:
        yield item.finding("feed-care", "description", "does not begin with the content note")
    support = full[full.rfind(_SUPPORT) :] if _SUPPORT in full else ""
    if not support or not full.endswith(support) or not short.endswith(support):
        yield item.finding("feed-care", "description", "does not end with the sources of support")


def _beside(items: list[FeedElement]) -> Iterator[Finding]:
    """Check that guids and enclosures are unique, and that the newest item comes first."""
    for rule, name, attribute in (("feed-guid", "guid", ""), ("feed-twice", "enclosure", "url")):
        seen: dict[str, str] = {}
        for item in items:
            for each in item.all(name):
                value = (each.get(attribute) if attribute else each.text) or ""
                if value in seen:
                    yield item.finding(rule, name, f'is the same as that of "{seen[value]}"', each)
                seen.setdefault(value, item.title)
    for newer, older in pairwise(items):
        one, two = (values.date(each.text("pubDate")) for each in (newer, older))
        if one and two and one < two:
            yield older.finding("feed-newest", "pubDate", "is newer than the item above it")
