"""Writes the `podcast:` tags: money, places, rhythm, trailers, pictures, smaller files.

Parents, counts, attributes and limits are those of podcastindex.org/namespace/1.0.
"""

from __future__ import annotations

import base64
from email.utils import format_datetime
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.translations import text as _
from feed.feedgen_extension import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.podcast_namespace import Location, Rhythm, Thread, Txt
    from episodes.model import Art, Episode, Show, SmallFile

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
    if facts.complete:
        tags.append(Tag("itunes:complete", "Yes"))
    talked = facts.comments or any(each.facts.comments for each in show.episodes)
    return tags if talked else [*tags, PRIVATE]


def episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's tags. Its places and comments stand for those of the channel.

    Where neither has comments, apps are asked not to show any: a frightened listener finds what
    strangers say about a hard subject beside it otherwise.
    """
    facts = episode.facts
    tags = [
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
