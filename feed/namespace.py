"""What feedgen cannot say: Podcasting 2.0, Podlove chapters, and the iTunes tags it says wrongly.

A feedgen extension. Rules: podcastindex.org/namespace/1.0, podlove.org/simple-chapters, Apple's
"A Podcaster's Guide to RSS".
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem
from lxml import etree  # after feedgen, which needs to be first

from episodes.chapters import stamp
from feed.notes import licence_link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from episodes.facts import Person
    from episodes.model import Episode, Show

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PSC = "http://podlove.org/simple-chapters"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ATOM = "http://www.w3.org/2005/Atom"
SPACES = {"itunes": ITUNES, "podcast": PODCAST, "psc": PSC}
DECLARED = SPACES | {"atom": ATOM, "content": CONTENT}
NAME = "earmark"  # the attribute on feedgen's objects; `podcast` is taken by its own extension

# Group and role in the words of podcasttaxonomy.com.
_ROLES = {
    "host": ("host", "cast"),
    "guest": ("guest", "cast"),
    "narrator": ("narrator", "cast"),
    "author": ("author", "writing"),
    "editor": ("editor", "writing"),
    "researcher": ("researcher", "writing"),
    "reviewer": ("fact checker", "writing"),
    "producer": ("producer", "creative direction"),
    "consultant": ("consultant", "misc."),
}


for _prefix, _address in DECLARED.items():
    etree.register_namespace(_prefix, _address)  # some readers match the prefix, letter for letter


class Tag(NamedTuple):
    """One element: `name` is prefix:local; attributes that are None are left out."""

    name: str
    text: str | None = None
    attributes: Mapping[str, str | None] = MappingProxyType({})
    children: tuple[Tag, ...] = ()


class ShowExtension(BaseExtension):  # type: ignore[misc] # feedgen publishes no types
    """Adds `tags` to the channel."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces, prefixes letter for letter: some readers match the prefix."""
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
        """Add the tags to `<item>`."""
        for tag in self.tags:
            _append(entry, tag)
        return entry


def _append(parent: Any, tag: Tag) -> None:
    prefix, _, local = tag.name.partition(":")
    said = {key: value for key, value in tag.attributes.items() if value is not None}
    element = xml_elem(f"{{{SPACES[prefix]}}}{local}", parent)
    for key, value in said.items():
        element.set(key, value)
    element.text = tag.text
    for child in tag.children:
        _append(element, child)


def root() -> Any:
    """Return an element in which every prefix is declared: items are written inside it."""
    return etree.Element("rss", nsmap=DECLARED)


def declarations() -> bytes:
    """Return what lxml writes into an item's start tag for what `root` declares."""
    inner = etree.SubElement(root(), "item")
    return etree.tostring(inner).removeprefix(b"<item").removesuffix(b"/>")


def serialise(item: Any) -> bytes:
    """Return an item as UTF-8, a line for each element."""
    return etree.tostring(item, encoding="UTF-8", pretty_print=True)


def show_tags(show: Show) -> list[Tag]:
    """Return the channel's tags. What the source does not know is left out."""
    facts = show.facts
    owner = {"owner": facts.owner.email if facts.owner else None}
    tags = [
        Tag("itunes:explicit", str(facts.explicit).lower()),
        Tag("podcast:locked", "yes" if facts.locked else "no", owner),
        Tag("podcast:medium", facts.medium),
        *map(_person, facts.contributors),
    ]
    if facts.guid:
        tags.append(Tag("podcast:guid", facts.guid))
    if show.art:
        tags.insert(0, Tag("itunes:image", None, {"href": show.address + show.art.file}))
    if facts.licence:
        tags.append(_licence(facts.licence, facts.licence_link))
    return tags


def episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's tags. People of an item replace those of the channel."""
    facts = episode.facts
    tags = [
        Tag("itunes:explicit", str(bool(facts.explicit)).lower()),
        *_numbers(show, episode),
        *map(_person, episode.people),
        *_files(show, episode),
    ]
    if facts.licence:
        tags.append(_licence(facts.licence, facts.licence_link))
    if facts.chapters:
        tags.append(_inline_chapters(episode))
    return tags


def _numbers(show: Show, episode: Episode) -> list[Tag]:
    facts = episode.facts
    tags = []
    if facts.season:
        name = show.facts.seasons.get(facts.season)
        tags.append(Tag("podcast:season", str(facts.season), {"name": name}))
    if facts.number:
        tags.append(Tag("podcast:episode", str(facts.number), {"display": facts.display}))
    return tags


def _files(show: Show, episode: Episode) -> list[Tag]:
    tags = []
    if episode.art:
        tags.append(Tag("itunes:image", None, {"href": show.address + episode.art.file}))
    if episode.transcript:
        timed = "captions" if episode.transcript_type == "text/vtt" else None
        said = {
            "url": show.address + episode.transcript,
            "type": episode.transcript_type,
            "language": episode.facts.language,
            "rel": timed,
        }
        tags.append(Tag("podcast:transcript", None, said))
    if episode.chapters:
        said = {"url": show.address + episode.chapters, "type": "application/json+chapters"}
        tags.append(Tag("podcast:chapters", None, said))
    return tags


def _person(person: Person) -> Tag:
    role, group = _ROLES[person.role]
    return Tag("podcast:person", person.credit, {"role": role, "group": group, "href": person.link})


def _licence(licence: str, link: str | None) -> Tag:
    """Say a licence that SPDX knows by its identifier, one of your own by its address."""
    known = re.fullmatch(r"[A-Za-z0-9.+-]+", licence)
    return Tag(
        "podcast:license",
        licence.lower() if known else licence[:128],
        {"url": licence_link(licence, link)},
    )


def _inline_chapters(episode: Episode) -> Tag:
    marks = sorted(episode.facts.chapters, key=lambda chapter: chapter.start)
    rows = tuple(
        Tag(
            "psc:chapter",
            None,
            {
                "start": f"{stamp(each.start)}.{round(each.start % 1 * 1000):03}",
                "title": each.title,
                "href": each.link,
            },
        )
        for each in marks
    )
    return Tag("psc:chapters", None, {"version": "1.2"}, rows)
