"""What feedgen cannot say: Podcasting 2.0, Podlove chapters, and the iTunes tags it says wrongly.

A feedgen extension. Rules: podcastindex.org/namespace/1.0, podlove.org/simple-chapters, Apple's
"A Podcaster's Guide to RSS".
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from episodes import site_layout
from episodes.chapters.write import sort_chapters
from episodes.text.timecodes import format_clock
from feed.show_notes import SPDX, licence_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from episodes.frontmatter.people import Person
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
ROLES = {
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
        """Add the tags to `<item>`, which is put where every prefix is declared already."""
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
    """Return an item as it stands inside the channel, which declares the prefixes."""
    raw: bytes = etree.tostring(item, encoding="UTF-8", pretty_print=True)
    _ROOT.remove(item)
    return b"    <item" + raw.removeprefix(_DECLARATIONS)


_ROOT = etree.Element("rss", nsmap=DECLARED)
_DECLARATIONS = etree.tostring(etree.SubElement(_ROOT, "item")).removesuffix(b"/>")
_ROOT.clear()


def show_tags(show: Show) -> list[Tag]:
    """Return the channel's tags. What the source does not know is left out."""
    facts = show.facts
    owner = None if facts.unlisted or not facts.owner else facts.owner.email
    tags = [
        Tag("itunes:explicit", str(facts.explicit).lower()),
        Tag("podcast:locked", "yes" if facts.locked or facts.unlisted else "no", {"owner": owner}),
        Tag("podcast:medium", facts.medium),
        *map(_person, facts.contributors),
    ]
    if facts.unlisted:
        tags += [Tag("itunes:block", "Yes"), Tag("podcast:block", "yes")]
    if facts.guid:
        tags.append(Tag("podcast:guid", facts.guid))
    if show.art:
        tags.insert(0, Tag("itunes:image", None, {"href": show.address + show.art.file}))
    return [*tags, *_licence(facts.licence, facts.licence_link)]


def episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's tags. People of an item replace those of the channel."""
    facts = episode.facts
    tags = [
        Tag("link", show.address + episode.page),
        Tag("pubDate", format_datetime(episode.published)),  # feedgen would switch locales for it
        Tag("itunes:title", facts.title),
        Tag("itunes:author", show.facts.author),
        Tag("itunes:episodeType", facts.type),
        Tag("itunes:explicit", str(bool(facts.explicit)).lower()),
        *_numbers(show, episode),
        *map(_person, episode.people),
        *_files(show, episode),
    ]
    tags += _licence(facts.licence, facts.licence_link)
    if facts.chapters:
        tags.append(_inline_chapters(show, episode))
    return tags


def _numbers(show: Show, episode: Episode) -> list[Tag]:
    facts = episode.facts
    tags = []
    if episode.media:
        tags.append(Tag("itunes:duration", str(round(episode.media.seconds))))
    if facts.season:
        tags.append(Tag("itunes:season", str(facts.season)))
        name = show.facts.seasons.get(facts.season)
        tags.append(Tag("podcast:season", str(facts.season), {"name": name}))
    if facts.number:
        tags.append(Tag("itunes:episode", str(facts.number)))
        tags.append(Tag("podcast:episode", str(facts.number), {"display": facts.display}))
    return tags


def _files(show: Show, episode: Episode) -> list[Tag]:
    tags = []
    if episode.art:
        tags.append(Tag("itunes:image", None, {"href": show.address + episode.art.file}))
    for name in episode.transcripts:
        kind = site_layout.media_type(name)  # a charset would hide it from AntennaPod
        said = {
            "url": show.address + name,
            "type": kind,
            "language": episode.facts.language,
            "rel": None if kind == "text/html" else "captions",
        }
        tags.append(Tag("podcast:transcript", None, said))
    if episode.chapters:
        said = {"url": show.address + episode.chapters, "type": site_layout.CHAPTERS_TYPE}
        tags.append(Tag("podcast:chapters", None, said))
    return tags


def _person(person: Person) -> Tag:
    role, group = ROLES[person.role]
    return Tag("podcast:person", person.credit, {"role": role, "group": group, "href": person.link})


def _licence(licence: str | None, link: str | None) -> Iterator[Tag]:
    """Yield a licence that SPDX knows by its identifier, one of your own by its address.

    One of your own that can be read nowhere is left to the notes: the tag must have an address.
    """
    known = re.fullmatch(SPDX, licence or "")
    address = licence_link(licence, link)
    if licence and (known or address):
        name = licence.lower() if known else licence[:128]
        yield Tag("podcast:license", name, {"url": address})


def _inline_chapters(show: Show, episode: Episode) -> Tag:
    pictures = {name: show.address + art.file for name, art in episode.pictures.items()}
    rows = tuple(
        Tag(
            "psc:chapter",
            None,
            {
                "start": format_clock(each.start),
                "title": each.title,
                "href": each.link,
                "image": pictures.get(each.picture or ""),
            },
        )
        for each in sort_chapters(episode.facts.chapters)
    )
    return Tag("psc:chapters", None, {"version": "1.2"}, rows)
