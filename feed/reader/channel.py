"""Reads the channel of a feed as the front matter of a show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from episodes import translations
from episodes.frontmatter.apple_categories import NAMES
from feed.fixed_words import COVER
from feed.reader import earmark_notes, plain_text, podcast_tags
from feed.reader.result import Loss
from feed.show_notes import DESCRIPTION_BYTES

if TYPE_CHECKING:
    from feed.reader.document import Node

_WORD = r"[^@\s<>\"()]"
_MAIL = re.compile(rf"{_WORD}{{1,64}}@{_WORD}{{1,255}}\.{_WORD}{{1,63}}")


def is_ours(channel: Node) -> bool:
    """Return whether Earmark made the feed: then texts are plain, and the notes can be parsed."""
    return channel.text("generator") == earmark_notes.GENERATOR


def read(channel: Node, losses: list[Loss]) -> dict[str, Any]:
    """Return the values for `show.md` that the feed has."""
    plain = str.strip if is_ours(channel) else plain_text.plain
    title = plain(channel.text("title", "atom:title")) or plain_text.NONE
    author = channel.text("itunes:author", "dc:creator", "managingeditor")
    for each in channel.all("atom:author", "author"):
        author = author or each.text("atom:name", "name")
    values: dict[str, Any] = {
        "title": plain_text.cut(title, earmark_notes.LONGEST),
        "author": plain_text.cut(plain(author) or title, earmark_notes.LONGEST),
        "owner": _owner(channel),
        "summary": _summary(channel, plain) or title,
        "language": channel.text("language", "dc:language").replace("_", "-"),
        "categories": _categories(channel, losses),
        "type": _one_of(channel.text("itunes:type"), "serial", "episodic"),
        "medium": _medium(channel, losses),
        "explicit": plain_text.yes(channel.text("itunes:explicit")) or None,
        "copyright": plain_text.cut(
            plain(channel.text("copyright", "atom:rights", "dc:rights")), 255
        ),
        "guid": channel.text("podcast:guid"),
        "locked": False if channel.text("podcast:locked").lower() == "no" else None,
        "contributors": podcast_tags.people(channel, losses),
        "places": podcast_tags.places(channel),
        "funding": podcast_tags.funding(channel),
        "recommends": podcast_tags.recommends(channel),
        "comments": podcast_tags.comments(channel),
        "txt": podcast_tags.txt(channel),
        "cover_alt": _alt(channel, title),
        **podcast_tags.licence(channel),
        **podcast_tags.rhythm(channel),
        **podcast_tags.blocks(channel),
    }
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _one_of(value: str, *choices: str) -> str:
    return value.lower() if value.lower() in choices else ""


def _medium(channel: Node, losses: list[Loss]) -> str:
    """Return the medium; one that Earmark does not support becomes a podcast."""
    for each in channel.all("podcast:medium")[:1]:
        medium = each.text().lower()
        if medium not in {"podcast", "course"}:
            why = f'is "{plain_text.cut(medium, 30)}"; Earmark makes podcasts and courses'
            losses.append(Loss(each.line, "podcast:medium", why))
        return medium if medium in {"podcast", "course"} else ""
    return ""


def _owner(channel: Node) -> dict[str, str]:
    for each in channel.all("itunes:owner"):
        mail = _MAIL.search(each.text("itunes:email", "email"))
        name = each.text("itunes:name", "name") or channel.text("itunes:author")
        if mail:
            return {"name": plain_text.cut(name or mail[0], 128), "email": mail[0]}
    return {}


def _summary(channel: Node, plain: Any) -> str:
    """Return the description as plain text, cut to the bytes that apps accept."""
    names = ("description", "itunes:summary", "atom:subtitle", "subtitle", "itunes:subtitle")
    summary = str(plain(channel.text(*names)))
    while len(summary.encode()) > DESCRIPTION_BYTES:
        summary = plain_text.cut(summary, len(summary) * 9 // 10)
    return summary


def _categories(channel: Node, losses: list[Loss]) -> list[str]:
    """Return the categories as `Education > Courses`, not checked against Apple's list."""
    names = []
    for each in channel.all("itunes:category"):
        top = each.get("text")
        inner = [f"{top} > {one.get('text')}" for one in each.all("itunes:category")]
        known = [name for name in inner if name in NAMES]
        names += known or ([top] if top in NAMES else inner or [top])
    categories = list(dict.fromkeys(filter(None, names)))
    if not categories:
        why = "has none of Apple's categories; it is under Education > Courses until you choose"
        losses.append(Loss(channel.line, "the show", why))
    return categories


def _alt(channel: Node, title: str) -> str:
    words = podcast_tags.alt(channel)
    for language in translations.languages():
        with translations.using(language):
            if words == translations.text(COVER, title=title):
                return ""
    return words


def picture(channel: Node) -> str:
    """Return the URL of the cover."""
    for each in channel.all("itunes:image"):
        if link := each.link(each.get("href") or each.text()):
            return link
    for each in channel.all("image", "atom:logo", "logo"):
        if link := each.link(each.text("url") or ("" if each.all("url") else each.text())):
            return link
    return ""


def itself(channel: Node, address: str) -> str:
    """Return the feed's own URL: where it moved to, what it states, or where it came from."""
    moved = channel.text("itunes:new-feed-url")
    if moved.startswith(("http://", "https://")):
        return channel.link(moved)
    for each in channel.all("atom:link", "link"):
        href = each.link(each.get("href"))
        if each.get("rel").lower() == "self" and href.startswith(("http://", "https://")):
            return href
    return address
