"""Lists the URLs in a feed: parsed without entities, network or a limit on length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from episodes.errors import EarmarkError
from feed.feedgen_extension import ATOM, CONTENT, ITUNES, PODCAST, PSC
from podcast.doctor.resources import Kind, Resource, links_in_html
from podcast.network.urls import clean_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK = 1 << 16
GENERATOR = "Earmark"
MANY = 3_000_000  # elements; ten thousand episodes have a fifth of that
_HTML = (b"<!doctype html", b"<html")
_SAID = (
    (Kind.RECORDING, "enclosure", "url"),
    (Kind.PICTURE, f"{{{ITUNES}}}image", "href"),
    (Kind.TRANSCRIPT, f"{{{PODCAST}}}transcript", "url"),
    (Kind.CHAPTERS, f"{{{PODCAST}}}chapters", "url"),
    (Kind.LINK, f"{{{PODCAST}}}person", "href"),
    (Kind.LINK, f"{{{PODCAST}}}funding", "url"),
    (Kind.LINK, f"{{{PODCAST}}}license", "url"),
    (Kind.LINK, f"{{{PSC}}}chapters/{{{PSC}}}chapter", "href"),
)
_NOTES = ("description", f"{{{CONTENT}}}encoded")


class UnreadableError(EarmarkError):
    """The response is not a feed; the text says what it is instead."""


class FeedContents(NamedTuple):
    """The contents of a feed: its own URL, its number of items, and each resource once."""

    itself: str
    items: int
    ours: bool  # made by Earmark, so that a catalogue lies beside it
    resources: tuple[Resource, ...]


def read_feed(data: bytes, address: str, show: str) -> FeedContents:
    """Read the feed from `address`, of the show at `show`. Raises UnreadableError."""
    if data.lstrip()[:200].lower().startswith(_HTML):
        raise UnreadableError("is a web page, not a feed")
    collector = _Collector(show)
    try:
        _walk(data, collector)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0)
        where = f" (line {line:,})" if line else ""
        raise UnreadableError(f"is not well-formed XML{where}") from None
    if collector.root != "rss":
        raise UnreadableError("is XML, but not an RSS feed")
    resources = (
        (Resource(Kind.PAGE, show), *collector.resources)
        if collector.ours
        else tuple(collector.resources)
    )
    return FeedContents(
        collector.itself, collector.items, collector.ours, tuple(_once(resources, address))
    )


def _once(resources: Iterable[Resource], itself: str) -> Iterator[Resource]:
    """Yield each URL but the feed's own once, with the number of episodes that name it."""
    alike: dict[tuple[Kind, str], list[Resource]] = {}
    for resource in resources:
        group = alike.setdefault((resource.kind, clean_url(resource.address)), [])
        if not group or group[-1].of != resource.of:
            group.append(resource)
    alike.pop((Kind.PAGE, itself), None)
    for group in alike.values():
        yield group[0]._replace(more=len(group) - 1)


def _walk(data: bytes, collector: _Collector) -> None:
    parser = etree.XMLPullParser(
        ("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for start in range(0, len(data), CHUNK):
        parser.feed(data[start : start + CHUNK])
        events: Iterable[tuple[str, Any]] = parser.read_events()  # its types allow for namespaces
        for event, element in events:
            if event == "start":
                collector.begin(str(element.tag))
            elif element.tag == "item":
                collector.item(element)
                element.clear()  # ten thousand items never stand in memory at once
            elif element.tag == "channel":
                collector.channel(element)
    parser.close()


class _Collector:
    """Collects resources while the feed is parsed."""

    def __init__(self, show: str) -> None:
        self.root, self.itself, self.items, self.ours = "", "", 0, False
        self.resources: list[Resource] = []
        self._show, self._elements = show, 0

    def begin(self, tag: str) -> None:
        """Remember the root, and stop if there are too many elements."""
        self.root = self.root or tag
        self._elements += 1
        if self._elements > MANY:
            raise UnreadableError(f"has more than {MANY:,} elements; no app reads that much")

    def item(self, item: etree._Element) -> None:
        """Collect the resources of one episode."""
        self.items += 1
        self._collect(item, item.findtext("title") or "")

    def channel(self, channel: etree._Element) -> None:
        """Collect the resources of the show itself."""
        self.ours = (channel.findtext("generator") or "").startswith(GENERATOR)
        for link in channel.findall(f"{{{ATOM}}}link"):
            if link.get("rel") == "self":
                self.itself = (link.get("href") or "").strip()
        self._collect(channel, "")
        small = (channel.findtext("image/url") or "").strip()
        if small:
            self.resources.append(Resource(Kind.PICTURE, small))

    def _collect(self, element: etree._Element, title: str) -> None:
        for kind, path, name in _SAID:
            for each in element.findall(path):
                address = (each.get(name) or "").strip()
                resource = Resource(
                    kind, address, each.get("type") or "", each.get("length") or "", title
                )
                if kind is Kind.LINK:
                    self._link(address, title)
                else:
                    self.resources.append(resource)
        for each in element.findall(f"{{{PODCAST}}}alternateEnclosure"):
            self._alternate(each, title)
        self._link((element.findtext("link") or "").strip(), title)
        for name in _NOTES:
            for address in links_in_html(element.findtext(name) or ""):
                self._link(address, title)

    def _alternate(self, element: etree._Element, title: str) -> None:
        """Add a smaller recording of the show; one on another site is a link."""
        kind, length = element.get("type") or "", element.get("length") or ""
        for source in element.findall(f"{{{PODCAST}}}source"):
            address = (source.get("uri") or "").strip()
            if clean_url(address).startswith(self._show):
                self.resources.append(Resource(Kind.RECORDING, address, kind, length, title))
            else:
                self._link(address, title)

    def _link(self, address: str, title: str) -> None:
        """Add a link: a page of the show itself, or a link to another site."""
        scheme = address.partition(":")[0].lower()
        if not address or (":" in address and scheme not in {"http", "https"}):
            return  # tel:, mailto:, sms: and the like are for telephones
        ours = clean_url(address).startswith(self._show)
        self.resources.append(Resource(Kind.PAGE if ours else Kind.LINK, address, of=title))
