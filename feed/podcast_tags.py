"""Writes the `podcast:` tags, and Podlove's chapters.

Parents, counts, attributes and limits are those of podcastindex.org/namespace/1.0; `psc:chapters`
follow podlove.org/simple-chapters.
"""

from __future__ import annotations

import base64
import re
from email.utils import format_datetime
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.chapters.write import sort_chapters
from episodes.text.timecodes import format_clock
from episodes.translations import text as _
from feed.feedgen_extension import Tag
from feed.show_notes import SPDX, licence_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.people import Person
    from episodes.frontmatter.podcast_namespace import Location, Rhythm, Thread, Txt
    from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
    from episodes.model import Art, Episode, Show, SmallFile

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
TITLE = 128  # characters after which aggregators cut
PRIVATE = Tag("podcast:socialInteract", None, {"protocol": "disabled"})
RULES = {
    "day": "FREQ=DAILY",
    "week": "FREQ=WEEKLY",
    "two weeks": "FREQ=WEEKLY;INTERVAL=2",
    "month": "FREQ=MONTHLY",
    "two months": "FREQ=MONTHLY;INTERVAL=2",
    "three months": "FREQ=MONTHLY;INTERVAL=3",
    "year": "FREQ=YEARLY",
}


def show_tags(show: Show) -> list[Tag]:
    """Return the channel's tags. What the source does not know is left out."""
    facts = show.facts
    tags = [
        *_identity(facts),
        *_licence(facts.licence, facts.licence_link),
        *(Tag("podcast:funding", each.text, {"url": each.link}) for each in facts.funding),
        *map(_place, facts.places),
        *_trailers(show),
        *_rhythm(facts.rhythm, complete=facts.complete),
        *(Tag("podcast:block", "yes", {"id": each}) for each in facts.keep_out_of),
        *_pictures(show, show.art),
        *map(_txt, facts.txt),
        *_comments(facts.comments),
    ]
    if facts.recommends:
        rows = (
            Tag(
                "podcast:remoteItem",
                None,
                {"feedGuid": each.guid, "feedUrl": each.feed, "title": each.title},
            )
            for each in facts.recommends
        )
        tags.append(Tag("podcast:podroll", None, children=tuple(rows)))
    return tags


def episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's tags. Its places and comments stand for those of the channel.

    Where neither has comments, apps are asked not to show any: a frightened listener finds what
    strangers say about a hard subject beside it otherwise.
    """
    facts = episode.facts
    tags = [
        *_files(show, episode),
        *_licence(facts.licence, facts.licence_link),
        *_inline_chapters(show, episode),
        *_soundbites(episode),
        *(Tag("podcast:contentLink", each.text, {"href": each.link}) for each in facts.elsewhere),
        *map(_place, facts.places),
        *_pictures(show, episode.art),
        *map(_txt, facts.txt),
        *_comments(facts.comments),
    ]
    if episode.media and episode.media.small:
        tags.append(_smaller(show, episode, episode.media.small))
    return tags if facts.comments or show.facts.comments else [*tags, PRIVATE]


def owner_tags(facts: ShowFacts) -> list[Tag]:
    """Return the channel's tags on who may import the show, its medium and its people."""
    owner = None if facts.unlisted or not facts.owner else facts.owner.email
    locked = "yes" if facts.locked or facts.unlisted else "no"
    return [
        Tag("podcast:locked", locked, {"owner": owner}),
        Tag("podcast:medium", facts.medium),
        *person_tags(facts.contributors),
    ]


def season_tags(show: Show, facts: EpisodeFacts) -> Iterator[Tag]:
    """Yield an item's season, with its name if the show gives it one."""
    if facts.season:
        name = show.facts.seasons.get(facts.season)
        yield Tag("podcast:season", str(facts.season), {"name": name})


def number_tags(facts: EpisodeFacts) -> Iterator[Tag]:
    """Yield an item's number, and how apps display it."""
    if facts.number:
        yield Tag("podcast:episode", str(facts.number), {"display": facts.display})


def person_tags(people: Iterable[Person]) -> Iterator[Tag]:
    """Yield people with their roles. People of an item replace those of the channel."""
    for person in people:
        role, group = ROLES[person.role]
        attributes = {"role": role, "group": group, "href": person.link}
        yield Tag("podcast:person", person.credit, attributes)


def comment_tags(show: Show) -> Iterator[Tag]:
    """Yield the tag that turns comments off, where neither the show nor an episode has any."""
    if not (show.facts.comments or any(each.facts.comments for each in show.episodes)):
        yield PRIVATE


def _identity(facts: ShowFacts) -> Iterator[Tag]:
    if facts.unlisted:
        yield Tag("podcast:block", "yes")
    if facts.guid:
        yield Tag("podcast:guid", facts.guid)


def _files(show: Show, episode: Episode) -> list[Tag]:
    tags = []
    for name in episode.transcripts:
        kind = site_layout.media_type(name)  # a charset would hide it from AntennaPod
        attributes = {
            "url": show.address + name,
            "type": kind,
            "language": episode.facts.language,
            "rel": None if kind == "text/html" else "captions",
        }
        tags.append(Tag("podcast:transcript", None, attributes))
    if episode.chapters:
        attributes = {"url": show.address + episode.chapters, "type": site_layout.CHAPTERS_TYPE}
        tags.append(Tag("podcast:chapters", None, attributes))
    return tags


def _licence(licence: str | None, link: str | None) -> Iterator[Tag]:
    """Yield a licence that SPDX knows by its identifier, one of your own by its address.

    One of your own that can be read nowhere is left to the notes: the tag must have an address.
    """
    known = re.fullmatch(SPDX, licence or "")
    address = licence_link(licence, link)
    if licence and (known or address):
        name = licence.lower() if known else licence[:128]
        yield Tag("podcast:license", name, {"url": address})


def _inline_chapters(show: Show, episode: Episode) -> Iterator[Tag]:
    if not episode.facts.chapters:
        return
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
    yield Tag("psc:chapters", None, {"version": "1.2"}, rows)


def _place(place: Location) -> Tag:
    said = {
        "rel": "subject" if place.what == "about" else "creator",
        "geo": f"geo:{place.point}" if place.point else None,
        "osm": place.osm,
        "country": place.country,
    }
    return Tag("podcast:location", place.name, said)


def _trailers(show: Show) -> Iterator[Tag]:
    """Yield the trailers among the episodes, each for its season where it has one."""
    for episode in show.episodes:
        media, season = episode.media, episode.facts.season
        if episode.facts.type == "trailer" and media:
            said = {
                "pubdate": format_datetime(episode.published),
                "url": media.at(show.address),
                "length": str(media.length),
                "type": media.type,
                "season": str(season) if season else None,
            }
            yield Tag("podcast:trailer", _short(episode.facts.title), said)


def _short(title: str) -> str:
    return title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…"


def _rhythm(rhythm: Rhythm | None, *, complete: bool) -> Iterator[Tag]:
    if not rhythm and not complete:
        return
    rule = RULES.get(rhythm.every or "", "") if rhythm else ""
    if rhythm and rule:
        days = ",".join(day[:2].upper() for day in rhythm.on)
        rule += f";BYDAY={days}" if days else ""
        rule += f";COUNT={rhythm.times}" if rhythm.times else ""
    said = {
        "complete": "true" if complete else None,
        "dtstart": rhythm.starting.isoformat() if rhythm and rhythm.starting else None,
        "rrule": rule or None,
    }
    yield Tag("podcast:updateFrequency", rhythm.text if rhythm else _("Complete"), said)


def _pictures(show: Show, art: Art | None) -> Iterator[Tag]:
    """Yield both sizes of a picture: a square, in words too where the lead wrote them."""
    for file, width in ((art.file, art.width), (art.small, art.small_width)) if art else ():
        said = {
            "href": show.address + file,
            "alt": (art.alt if art else "") or None,
            "aspect-ratio": "1/1",
            "width": str(width),
            "height": str(width),
            "type": site_layout.media_type(file),
            "purpose": "artwork",
        }
        yield Tag("podcast:image", None, said)


def _txt(txt: Txt) -> Tag:
    return Tag("podcast:txt", txt.text, {"purpose": txt.purpose})


def _comments(threads: Iterable[Thread]) -> Iterator[Tag]:
    """Yield the threads, the first first."""
    for priority, thread in enumerate(threads, 1):
        said = {
            "priority": str(priority),
            "protocol": thread.where,
            "uri": thread.link,
            "accountId": thread.account,
            "accountUrl": thread.account_link,
        }
        yield Tag("podcast:socialInteract", None, said)


def _soundbites(episode: Episode) -> Iterator[Tag]:
    for bite in episode.facts.soundbites:
        said = {"startTime": _plain(bite.start), "duration": _plain(bite.end - bite.start)}
        yield Tag("podcast:soundbite", bite.title, said)


def _plain(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _smaller(show: Show, episode: Episode, small: SmallFile) -> Tag:
    """Tell the small file. Its type is that of its container (RFC 7845), the codec beside it."""
    said = {
        "type": small.type,
        "codecs": "opus",
        "length": str(small.length),
        "bitrate": str(round(small.length * 8 / small.seconds)),
        "lang": episode.facts.language,
        "title": _("Smaller file"),
    }
    digest = base64.b64encode(bytes.fromhex(small.sha256)).decode()
    inside = (
        Tag("podcast:source", None, {"uri": show.address + small.file}),
        Tag("podcast:integrity", None, {"type": "sri", "value": f"sha256-{digest}"}),
    )
    return Tag("podcast:alternateEnclosure", None, said, inside)
