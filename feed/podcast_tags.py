"""Writes the `podcast:` tags, with those of `feed/file_tags.py` among them.

Parents, counts, attributes and limits are those of podcastindex.org/namespace/1.0.
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import TYPE_CHECKING

from episodes.translations import text as _
from feed import file_tags
from feed.feedgen_extension import Tag
from feed.show_notes import SPDX, licence_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.people import Person
    from episodes.frontmatter.podcast_namespace import Location, Rhythm, Thread, Txt
    from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
    from episodes.model import Episode, Show

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
    """Return the channel's tags, without those that have no value."""
    facts = show.facts
    tags = [
        *_identity(facts),
        *_licence(facts.licence, facts.licence_link),
        *(Tag("podcast:funding", each.text, {"url": each.link}) for each in facts.funding),
        *map(_location, facts.places),
        *_trailers(show),
        *_rhythm(facts.rhythm, complete=facts.complete),
        *(Tag("podcast:block", "yes", {"id": each}) for each in facts.keep_out_of),
        *file_tags.picture_tags(show, show.art),
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
    """Return an item's tags. Its places and comments replace those of the channel.

    If neither has comments, this asks apps to show none: otherwise a frightened listener would
    see what strangers say about a hard subject.
    """
    facts = episode.facts
    tags = [
        *file_tags.linked_files(show, episode),
        *_own_licence(show.facts, facts),
        *file_tags.inline_chapters(show, episode),
        *_soundbites(episode),
        *(Tag("podcast:contentLink", each.text, {"href": each.link}) for each in facts.elsewhere),
        *map(_location, facts.places),
        *file_tags.picture_tags(show, episode.art),
        *map(_txt, facts.txt),
        *_comments(facts.comments),
    ]
    if episode.media and episode.media.small:
        tags.append(file_tags.small_file(show, episode, episode.media.small))
    return tags if facts.comments or show.facts.comments else [*tags, PRIVATE]


def owner_tags(facts: ShowFacts) -> list[Tag]:
    """Return the channel's tags for who may import the show, its medium and its people."""
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
    """Yield the tag that turns comments off, if neither the show nor an episode has any."""
    if not (show.facts.comments or any(each.facts.comments for each in show.episodes)):
        yield PRIVATE


def _identity(facts: ShowFacts) -> Iterator[Tag]:
    if facts.unlisted:
        yield Tag("podcast:block", "yes")
    if facts.guid:
        yield Tag("podcast:guid", facts.guid)


def _own_licence(show: ShowFacts, facts: EpisodeFacts) -> Iterator[Tag]:
    """Yield an item's licence if it is not the channel's, which holds for every other item."""
    if (facts.licence, facts.licence_link) != (show.licence, show.licence_link):
        yield from _licence(facts.licence, facts.licence_link)


def _licence(licence: str | None, link: str | None) -> Iterator[Tag]:
    """Yield a licence by its SPDX identifier, or the lead's own by its URL.

    Without a URL, the lead's own licence is only in the show notes: the tag must have one.
    """
    known = re.fullmatch(SPDX, licence or "")
    address = licence_link(licence, link)
    if licence and (known or address):
        name = licence.lower() if known else licence[:128]
        yield Tag("podcast:license", name, {"url": address})


def _location(location: Location) -> Tag:
    attributes = {
        "rel": "subject" if location.what == "about" else "creator",
        "geo": f"geo:{location.point}" if location.point else None,
        "osm": location.osm,
        "country": location.country,
    }
    return Tag("podcast:location", location.name, attributes)


def _trailers(show: Show) -> Iterator[Tag]:
    """Yield the trailers among the episodes, each with its season if it has one."""
    for episode in show.episodes:
        media, season = episode.media, episode.facts.season
        if episode.facts.type == "trailer" and media:
            attributes = {
                "pubdate": format_datetime(episode.published),
                "url": media.at(show.address),
                "length": str(media.length),
                "type": media.type,
                "season": str(season) if season else None,
            }
            yield Tag("podcast:trailer", _short(episode.facts.title), attributes)


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
    attributes = {
        "complete": "true" if complete else None,
        "dtstart": rhythm.starting.isoformat() if rhythm and rhythm.starting else None,
        "rrule": rule or None,
    }
    yield Tag("podcast:updateFrequency", rhythm.text if rhythm else _("Complete"), attributes)


def _txt(txt: Txt) -> Tag:
    return Tag("podcast:txt", txt.text, {"purpose": txt.purpose})


def _comments(threads: Iterable[Thread]) -> Iterator[Tag]:
    """Yield the comment threads, in the order of their priority."""
    for priority, thread in enumerate(threads, 1):
        attributes = {
            "priority": str(priority),
            "protocol": thread.where,
            "uri": thread.link,
            "accountId": thread.account,
            "accountUrl": thread.account_link,
        }
        yield Tag("podcast:socialInteract", None, attributes)


def _soundbites(episode: Episode) -> Iterator[Tag]:
    for bite in episode.facts.soundbites:
        attributes = {"startTime": _plain(bite.start), "duration": _plain(bite.end - bite.start)}
        yield Tag("podcast:soundbite", bite.title, attributes)


def _plain(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")
