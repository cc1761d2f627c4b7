"""Extends feedgen with the tags that it does not write itself, or writes wrongly.

Rules: podcastindex.org/namespace/1.0, podlove.org/simple-chapters, Apple's "A Podcaster's Guide to
RSS".
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping


ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PSC = "http://podlove.org/simple-chapters"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ATOM = "http://www.w3.org/2005/Atom"
SPACES = {"itunes": ITUNES, "podcast": PODCAST, "psc": PSC}
DECLARED = SPACES | {"atom": ATOM, "content": CONTENT}
NAME = "earmark"  # the attribute on feedgen's objects; `podcast` is taken by its own extension

for _prefix, _address in DECLARED.items():
    etree.register_namespace(_prefix, _address)  # some readers match the exact prefix


class Tag(NamedTuple):
    """One element: `name` is prefix:local or plain RSS; attributes that are None are left out."""

    name: str
    text: str | None = None
    attributes: Mapping[str, str | None] = MappingProxyType({})
    children: tuple[Tag, ...] = ()


class ShowExtension(BaseExtension):  # type: ignore[misc] # feedgen publishes no types
    """Adds `tags` to the channel."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces with exact prefixes: some readers match the prefix."""
        return SPACES

    def extend_rss(self, feed: Any) -> Any:
        """Add the tags to `<channel>`."""
        for tag in self.tags:
            _append(feed[0], tag)
        return feed


class EpisodeExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen publishes no types
    """Adds `tags` to an item."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def extend_rss(self, entry: Any) -> Any:
        """Add the tags to `<item>`, which goes where every prefix is already declared."""
        _ROOT.append(entry)
        for tag in self.tags:
            _append(entry, tag)
        return entry


@cache
def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{SPACES[prefix]}}}{local}" if prefix else local


def _append(parent: Any, tag: Tag) -> None:
    element = etree.SubElement(parent, _qualified(tag.name))
    for key, value in tag.attributes.items():
        if value is not None:
            element.set(key, value)
    element.text = tag.text
    for child in tag.children:
        _append(element, child)


def serialise(item: Any) -> bytes:
    """Return an item as written inside the channel, which declares the prefixes."""
    raw: bytes = etree.tostring(item, encoding="UTF-8", pretty_print=True)
    _ROOT.remove(item)
    return b"    <item" + raw.removeprefix(_DECLARATIONS)


_ROOT = etree.Element("rss", nsmap=DECLARED)
_DECLARATIONS = etree.tostring(etree.SubElement(_ROOT, "item")).removesuffix(b"/>")
_ROOT.clear()
