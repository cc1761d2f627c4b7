"""Writes a show as RSS 2.0 bytes. The only door to feedgen.

Rules: Apple "A Podcaster's Guide to RSS", PSP-1 "The Podcast RSS Standard", Podcasting 2.0.
feedgen formats the channel's date under a process-wide locale: never call this from threads.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from feedgen.version import version_full_str
from lxml import etree

from episodes import site_layout, translations
from episodes.translations import text as _
from feed import feedgen_extension, itunes_tags, podcast_tags, show_notes
from feed.feedgen_extension import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.model import Episode, Show

GENERATOR = "Earmark"
STYLE = (
    f'<?xml-stylesheet type="text/css" href="{site_layout.static_name("feed.css")}"?>\n'.encode()
)
END = b"  </channel>\n</rss>\n"
LIBRARIES = f"feedgen {version_full_str} lxml {etree.__version__}"  # what makes an item's bytes


def render(show: Show) -> bytes:
    """Return the feed, newest episode first: the same bytes for the same show."""
    return b"".join(chunks(show))


def chunks(show: Show) -> Iterator[bytes]:
    """Yield the feed in parts, so that 10,000 items are never in memory at the same time.

    feedgen makes the channel and each item; this joins them.
    """
    yield from head(show)
    for episode in show.episodes:
        yield item(show, episode)
    yield END


def head(show: Show) -> Iterator[bytes]:
    """Yield everything before the first item."""
    generator = FeedGenerator()
    generator.load_extension("podcast", atom=False)
    generator.register_extension(
        feedgen_extension.NAME,
        feedgen_extension.ShowExtension,
        feedgen_extension.EpisodeExtension,
        atom=False,
    )
    with translations.using(show.facts.language):
        _channel(generator, show)
    declaration, _, channel = generator.rss_str(pretty=True).partition(b"\n")
    yield from (declaration, b"\n", STYLE, _greeting(show), channel.removesuffix(END))


def item(show: Show, episode: Episode) -> bytes:
    """Return an item without namespace declarations: the channel has them.

    It depends on nothing but the episode and the show without its episodes.
    """
    with translations.using(show.facts.language):
        entry = _entry(show, episode)
    return feedgen_extension.serialise(entry.rss_entry())


def _greeting(show: Show) -> bytes:
    """Return a comment for a person who opens the feed in a browser."""
    page = show.address
    with translations.using(show.facts.language):
        line = _(
            "This is a podcast feed. Paste its web address into a podcast app, or open %(page)s",
            page=page,
        )
    line = line.replace("--", "-%2D")
    return f"<!-- {line} -->\n".encode()


def _channel(generator: FeedGenerator, show: Show) -> None:
    facts = show.facts
    generator.title(facts.title)
    generator.link(href=show.feed, rel="self", type="application/rss+xml")
    generator.link(href=show.address, rel="alternate")  # last: feedgen makes it the <link>
    generator.description(facts.summary)
    generator.language(facts.language)
    generator.copyright(facts.copyright)
    generator.generator(GENERATOR)
    generator.docs("https://www.rssboard.org/rss-specification")
    if show.updated:
        generator.lastBuildDate(show.updated)
    if show.art:
        generator.image(show.address + show.art.small, facts.title, show.address)
    generator.podcast.itunes_author(facts.author)
    generator.podcast.itunes_type(facts.type)
    generator.podcast.itunes_summary(facts.summary)
    generator.podcast.itunes_category([_category(name) for name in facts.categories])
    if facts.owner and not facts.unlisted:
        generator.podcast.itunes_owner(facts.owner.name, facts.owner.email)
    getattr(generator, feedgen_extension.NAME).tags = _show_tags(show)


def _show_tags(show: Show) -> list[Tag]:
    """Return the channel's tags in a fixed order, so that an upgrade changes no feed."""
    return [
        *itunes_tags.image_tags(show, show.art),
        itunes_tags.explicit_tag(show.facts),
        *podcast_tags.owner_tags(show.facts),
        *itunes_tags.block_tags(show.facts),
        *podcast_tags.show_tags(show),
        *itunes_tags.complete_tags(show.facts),
        *podcast_tags.comment_tags(show),
    ]


def _category(name: str) -> dict[str, str]:
    top, _, sub = name.partition(" > ")
    return {"cat": top, "sub": sub} if sub else {"cat": top}


def _entry(show: Show, episode: Episode) -> FeedEntry:
    facts, media = episode.facts, episode.media
    entry = FeedEntry()
    entry.register_extension(feedgen_extension.NAME, feedgen_extension.EpisodeExtension, atom=False)
    entry.title(facts.title)
    entry.guid(episode.guid, permalink=False)
    # No itunes:summary beside it: feedparser would show that instead, without the content note.
    entry.description(show_notes.describe(show, episode))
    entry.content(show_notes.render(show, episode), type="CDATA")
    if media:
        entry.enclosure(media.at(show.address), str(media.length), media.type)
    getattr(entry, feedgen_extension.NAME).tags = _episode_tags(show, episode)
    return entry


def _episode_tags(show: Show, episode: Episode) -> list[Tag]:
    """Return an item's tags in a fixed order."""
    return [
        Tag("link", show.address + episode.page),
        Tag("pubDate", format_datetime(episode.published)),  # feedgen would switch locales for it
        *itunes_tags.episode_tags(show, episode),
        *itunes_tags.season_tags(episode.facts),
        *podcast_tags.season_tags(show, episode.facts),
        *itunes_tags.number_tags(episode.facts),
        *podcast_tags.number_tags(episode.facts),
        *podcast_tags.person_tags(episode.people),
        *itunes_tags.image_tags(show, episode.art),
        *podcast_tags.episode_tags(show, episode),
    ]
