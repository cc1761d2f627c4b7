"""Writes the tags for an episode's other files: transcripts, chapters, pictures, the small file.

`podcast:` tags follow podcastindex.org/namespace/1.0, `psc:chapters` podlove.org/simple-chapters.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.chapters.write import sort_chapters
from episodes.text.timecodes import format_clock
from episodes.translations import text as _
from feed.feedgen_extension import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.model import Art, Episode, Show, SmallFile


def linked_files(show: Show, episode: Episode) -> list[Tag]:
    """Return the tags of an item's transcripts and of its file of chapters."""
    tags = []
    for name in episode.transcripts:
        # A charset would hide it from AntennaPod.
        media_type = site_layout.media_type(name)
        attributes = {
            "url": show.address + name,
            "type": media_type,
            "language": episode.facts.language,
            "rel": None if media_type == "text/html" else "captions",
        }
        tags.append(Tag("podcast:transcript", None, attributes))
    if episode.chapters:
        attributes = {"url": show.address + episode.chapters, "type": site_layout.CHAPTERS_TYPE}
        tags.append(Tag("podcast:chapters", None, attributes))
    return tags


def picture_tags(show: Show, art: Art | None) -> Iterator[Tag]:
    """Yield both sizes of a picture, which is a square, with its alt text if it has one."""
    for file, width in ((art.file, art.width), (art.small, art.small_width)) if art else ():
        attributes = {
            "href": show.address + file,
            "alt": (art.alt if art else "") or None,
            "aspect-ratio": "1/1",
            "width": str(width),
            "height": str(width),
            "type": site_layout.media_type(file),
            "purpose": "artwork",
        }
        yield Tag("podcast:image", None, attributes)


def inline_chapters(show: Show, episode: Episode) -> Iterator[Tag]:
    """Yield an item's chapters as Podlove writes them, if there are any."""
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


def small_file(show: Show, episode: Episode, small: SmallFile) -> Tag:
    """Return the small file's tag: the type of its container (RFC 7845), and its codec."""
    attributes = {
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
    return Tag("podcast:alternateEnclosure", None, attributes, inside)
