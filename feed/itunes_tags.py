"""Writes the `itunes:` tags that feedgen writes wrongly or not at all.

Rules: Apple's "A Podcaster's Guide to RSS". `feed/rss.py` decides their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feed.feedgen_extension import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
    from episodes.model import Art, Episode, Show


def image_tags(show: Show, art: Art | None) -> Iterator[Tag]:
    """Yield the picture of a show or an episode, if there is one."""
    if art:
        yield Tag("itunes:image", None, {"href": show.address + art.file})


def explicit_tag(facts: ShowFacts | EpisodeFacts) -> Tag:
    """Return whether a show or an episode is explicit."""
    return Tag("itunes:explicit", str(bool(facts.explicit)).lower())


def block_tags(facts: ShowFacts) -> Iterator[Tag]:
    """Yield the tag that keeps an unlisted show out of Apple's directory."""
    if facts.unlisted:
        yield Tag("itunes:block", "Yes")


def complete_tags(facts: ShowFacts) -> Iterator[Tag]:
    """Yield the tag of a show that has ended."""
    if facts.complete:
        yield Tag("itunes:complete", "Yes")


def episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's title, author, type, rating and duration in whole seconds."""
    tags = [
        Tag("itunes:title", episode.facts.title),
        Tag("itunes:author", show.facts.author),
        Tag("itunes:episodeType", episode.facts.type),
        explicit_tag(episode.facts),
    ]
    if episode.media:
        tags.append(Tag("itunes:duration", str(round(episode.media.seconds))))
    return tags


def season_tags(facts: EpisodeFacts) -> Iterator[Tag]:
    """Yield an item's season, if it has one."""
    if facts.season:
        yield Tag("itunes:season", str(facts.season))


def number_tags(facts: EpisodeFacts) -> Iterator[Tag]:
    """Yield an item's number, if it has one."""
    if facts.number:
        yield Tag("itunes:episode", str(facts.number))
