"""Parses a built feed: checks that it is RSS 2.0, and finds elements with their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from episodes.rules import finding
from feed.feedgen_extension import ATOM, CONTENT, ITUNES, PODCAST, PSC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from episodes.findings import Finding

SPACES = {"itunes": ITUNES, "content": CONTENT, "atom": ATOM, "podcast": PODCAST, "psc": PSC}


class Built(NamedTuple):
    """A built show: the path of its feed, the size of each file beside it, and its URL."""

    path: str
    sizes: Mapping[str, int]
    now: datetime
    address: str = ""

    def file(self, address: str) -> str | None:
        """Return the file name of a URL below the show's; None for another URL."""
        ours = self.address and address.startswith(self.address)
        return address.removeprefix(self.address) if ours else None


class FeedElement(NamedTuple):
    """A channel or an item, and its title for messages."""

    xml: Any
    built: Built
    title: str = ""

    def all(self, name: str) -> list[Any]:
        """Return its direct children of that name, written as `prefix:local`."""
        children: list[Any] = self.xml.findall(name, SPACES)
        return children

    def text(self, name: str) -> str:
        """Return the text of the first element of that name, or ""."""
        text: str = self.xml.findtext(name, "", SPACES) or ""
        return text

    def finding(self, rule: str, name: str, message: str, at: Any = None) -> Finding:
        """Return a finding at the line of an element."""
        line: int = (self.xml if at is None else at).sourceline or 0
        of = f' (of "{self.title}")' if self.title else ""
        return finding(rule, self.built.path, name, message + of, line=line)


def read(data: bytes, built: Built) -> tuple[FeedElement | None, list[Finding]]:
    """Return the channel of a feed (None if there is none) and what is wrong with the document.

    Entities are not resolved and nothing is fetched.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        return None, [finding("feed-xml", built.path, "", "is not well-formed XML", line=line)]
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return None, [finding("feed-xml", built.path, "", "is XML, but not RSS 2.0")]
    element = FeedElement(channel, built)
    for each in element.all("atom:link"):
        if each.get("rel") == "self":
            address = (each.get("href") or "").removesuffix("feed.xml")
            element = FeedElement(channel, built._replace(address=address))
    wrong = list(_document(data, root, built))
    return (None if wrong else element), wrong  # more would only follow from that


def _document(data: bytes, root: Any, built: Built) -> Iterator[Finding]:
    declared = (root.getroottree().docinfo.encoding or "").upper()
    if declared != "UTF-8" or not data.startswith(b"<?xml"):
        yield finding("feed-xml", built.path, "", "does not say that it is UTF-8", line=1)
    for prefix, address in SPACES.items():
        if prefix != "psc" and root.nsmap.get(prefix) != address:
            message = f"does not declare the namespace {address} as `{prefix}`"
            yield finding("feed-namespace", built.path, prefix, message, line=root.sourceline or 0)
