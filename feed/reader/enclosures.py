"""Finds the recording of an item among its enclosures, links and media; never a picture."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from episodes.audio import formats
from feed.reader import plain_text
from feed.reader.result import Enclosure

if TYPE_CHECKING:
    from feed.reader.document import Node

_UNKNOWN = {"", "application/octet-stream", "binary/octet-stream"}  # types that say nothing
_TYPES = mimetypes.MimeTypes()  # the same on every computer


def find_recording(item: Node) -> tuple[list[Enclosure], str]:
    """Return the recordings of an item, and what it has instead."""
    rows = [(each, "url") for each in item.all("enclosure")]
    rows += [(each, "href") for each in item.all("atom:link", "link")
             if each.get("rel").lower() == "enclosure"]  # fmt: skip
    rows = rows or [(each, "url") for each in _media(item)]
    recordings = [_enclosure(each, each.link(each.get(name))) for each, name in rows]
    return [each for each in recordings if each.url and is_audio(each)], _missing(recordings)


def _media(item: Node) -> list[Node]:
    groups = [item, *item.all("media:group")]
    return [each for group in groups for each in group.all("media:content")]


def _enclosure(node: Node, url: str) -> Enclosure:
    length = plain_text.whole(node.get("length") or node.get("fileSize")) or 0
    kind = node.get("type").partition(";")[0].strip().lower()
    return Enclosure(url, length, _guessed(node, url) or kind if kind in _UNKNOWN else kind)


def _guessed(node: Node, url: str) -> str:
    """Return the media type of an enclosure without one: from its medium or its name, or ""."""
    if is_named(url):
        return ""
    if medium := node.get("medium").lower():
        return f"{medium}/*"
    kind = _TYPES.guess_type(urlsplit(url).path)[0] or ""
    if kind.startswith(("image/", "video/", "text/")) or kind == "application/pdf":
        return kind
    return "image/*" if node.name == "media:content" else ""  # plugins write such ones for pictures


def is_named(url: str) -> bool:
    """Return whether a URL ends like that of a recording."""
    return urlsplit(url).path.lower().endswith(formats.IN_FEEDS)


def is_audio(each: Enclosure) -> bool:
    """Return whether it is audio; many feeds declare `audio/mpeg` for anything, or no type."""
    return each.type.startswith("audio/") or is_named(each.url) or each.type in _UNKNOWN


def is_sure(each: Enclosure) -> bool:
    """Return whether the feed declares it as audio, rather than no type at all."""
    return each.type.startswith("audio/") or is_named(each.url)


def _missing(recordings: list[Enclosure]) -> str:
    """Describe what an item has instead of a recording; a picture counts as nothing."""
    other = [each for each in recordings if each.url and not each.type.startswith("image/")]
    if other:
        return f"has no audio but {plain_text.cut(other[0].type, 40) or 'something else'}"
    lost = recordings and not any(each.url for each in recordings)
    return "has a recording without a web address" if lost else "has no recording"
