"""Defines the resources of a show: kind, address, and what the feed says about each."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from podcast.network.urls import clean_url, join_url

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 200  # styles and scripts of one page
_PARTS = {"link": "href", "script": "src", "img": "src", "source": "src"}
_PARTLY = {"stylesheet", "icon"}  # the kinds of <link> that a page needs


class Kind(StrEnum):
    """The kind of a resource, in words."""

    FEED = "feed"
    RECORDING = "recording"
    PICTURE = "picture"
    TRANSCRIPT = "transcript"
    CHAPTERS = "file of chapters"
    PAGE = "page"
    CATALOGUE = "catalogue"
    PART = "style or script"
    WITHDRAWN = "withdrawn recording"
    LINK = "link"

    def many(self, number: int) -> str:
        """Return a number of them, in words."""
        words = {
            Kind.CHAPTERS: "files of chapters",
            Kind.CATALOGUE: "catalogue",
            Kind.PART: "styles and scripts",
        }
        return f"{number:,} {self if number == 1 else words.get(self, f'{self}s')}"


class Resource(NamedTuple):
    """A URL to examine; `type` and `length` are those in the feed.

    `of` is the title of the first episode that names it, and `more` do so too.
    """

    kind: Kind
    address: str
    type: str = ""
    length: str = ""
    of: str = ""
    more: int = 0


def _read(html: str) -> Iterator[tuple[str, str]]:
    """Yield (tag, URL) of all links, styles, scripts and pictures of a page."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(html.encode(errors="replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:  # an empty page has no root, whatever lxml's types say
        return
    for element in root.iter("a", *_PARTS):
        tag = str(element.tag)
        if tag != "link" or _PARTLY & set((element.get("rel") or "").lower().split()):
            yield tag, (element.get(_PARTS.get(tag, "href")) or "").strip()


def links_in_html(html: str) -> list[str]:
    """Return the URLs of links in their order, without those within the page."""
    urls = dict.fromkeys(to for tag, to in _read(html) if tag == "a")
    return [to for to in urls if to and not to.startswith("#")]


def withdrawn_recordings(catalogue: bytes, show: str) -> list[Resource]:
    """Return the withdrawn recordings in a catalogue, which must not be there."""
    try:
        entries = json.loads(catalogue)["withdrawn"]
        rows = [(str(each["title"]), name) for each in entries for name in each["media"]["former"]]
    except (ValueError, KeyError, TypeError):
        return []
    every = dict.fromkeys((title, join_url(show, str(name))) for title, name in rows)
    ours = ((title, address) for title, address in every if address.startswith(show))
    return [Resource(Kind.WITHDRAWN, clean_url(address), of=title) for title, address in ours][
        :MOST
    ]


def parts_of_page(page: str, html: str, below: str) -> list[Resource]:
    """Return the styles, scripts and pictures of a page that are below the show's URL."""
    urls = dict.fromkeys(join_url(page, to) for tag, to in _read(html) if tag != "a" and to)
    return [Resource(Kind.PART, clean_url(each)) for each in urls if each.startswith(below)][:MOST]
