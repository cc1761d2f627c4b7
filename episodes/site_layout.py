"""Names every file of a built show, with its kind and media type.

`podcast/publishing/upload_order.py` has the order in which they are uploaded.

Recordings, pictures, transcripts and chapter files are named after their bytes, so that a cached
feed never leads to other bytes (docs/decisions/0006). No other module spells these names, except
`feed/validator/`, which must know nothing of how a feed was made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.audio import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

PUBLIC = "public"  # the folder in a show folder in which a show is built
FEED = "feed.xml"
CATALOGUE = "catalogue.json"
INDEX = "index.html"
NOT_FOUND = "404.html"  # the name that free hosts look for
RECORDS = ".published/"  # Earmark's own files at a target: releases, the lock, earlier pages

MEDIA = "media/"  # published recordings
ART = "art/"
TRANSCRIPTS = "transcripts/"
CHAPTERS = "chapters/"
STATIC = "static/"
PAGES = "episodes/"
IMMUTABLE = (MEDIA, ART, TRANSCRIPTS, CHAPTERS)  # files in them are named after their bytes
KINDS = (*IMMUTABLE, STATIC, PAGES)

MEDIA_TYPES = {
    ".xml": "application/rss+xml",
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    ".json": "application/json",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    **{ending: formats.MEDIA_TYPES[ending] for ending in (".mp3", ".m4a", ".opus")},
}
CHAPTERS_TYPE = "application/json+chapters"

_DIGEST, _TEXT_DIGEST = 12, 8  # characters of a SHA-256 in the names of media and pictures, texts
# Of a file that the lock file lists, as pydantic checks it.
RECORDING_PATTERN = rf"^{MEDIA}[^/\\]+\.(mp3|m4a)$"
SMALL_PATTERN = rf"^{MEDIA}[^/\\]+\.opus$"
_RECORDING = re.compile(rf"{MEDIA}.+-[0-9a-f]{{{_DIGEST}}}\.(?:mp3|m4a)")
_PICTURE = re.compile(rf"{ART}.+-[0-9a-f]{{{_DIGEST}}}(?:-small)?\.(?:jpg|png)")
_PUBLISHED = re.compile(
    rf"(?:{'|'.join(KINDS)})[^/\\\0.][^/\\\0]*"
    rf"|{'|'.join(map(re.escape, (INDEX, NOT_FOUND, CATALOGUE, FEED)))}"
)


def page_name(slug: str) -> str:
    """Return the name of an episode's page."""
    return f"{PAGES}{slug}.html"


def static_name(file: str) -> str:
    """Return the name of a style sheet, script or font."""
    return STATIC + file


def recording_name(slug: str, digest: str, ending: str) -> str:
    """Return the name of a published recording or its small file; `ending` is `.mp3` or similar."""
    return f"{MEDIA}{slug}-{digest[:_DIGEST]}{ending}"


def picture_name(slug: str, digest: str, ending: str) -> str:
    """Return the name of a picture, or of its small copy if the ending is `-small.jpg`."""
    return f"{ART}{slug}-{digest[:_DIGEST]}{ending}"


def text_name(folder: str, slug: str, digest: str, ending: str) -> str:
    """Return the name of a file in TRANSCRIPTS or CHAPTERS; `ending` is `vtt` or similar."""
    return f"{folder}{slug}-{digest[:_TEXT_DIGEST]}.{ending}"


def slug_of(recording: str) -> str:
    """Return the slug in the name of a published recording."""
    return recording.removeprefix(MEDIA).rpartition("-")[0]


def pattern_of_slugs(slugs: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches every name that a file of an episode with these slugs can have.

    It includes the names that earlier versions gave, with digests of up to 64 characters.
    """
    stem = f"(?:{'|'.join(map(re.escape, slugs))})"
    folders = "|".join(IMMUTABLE)
    return re.compile(
        rf"{PAGES}{stem}\.html"
        rf"|(?:{folders}){stem}(?:-chapter)?-[0-9a-f]{{8,64}}(?:-small)?\.[a-z0-9]{{2,4}}"
    )


def is_recording(name: str) -> bool:
    """Return whether this is the name of a published MP3 or M4A."""
    return _RECORDING.fullmatch(name) is not None


def is_picture(name: str) -> bool:
    """Return whether this is the name of a published picture, of either size."""
    return _PICTURE.fullmatch(name) is not None


def is_published_name(name: object) -> bool:
    """Return whether a build can make a file of this name; it never leads out of the folder."""
    return isinstance(name, str) and name.isprintable() and _PUBLISHED.fullmatch(name) is not None


def is_immutable(name: str) -> bool:
    """Return whether a file is named after its bytes."""
    return name.startswith(IMMUTABLE)


def media_type(name: str) -> str:
    """Return the media type of a file without its charset, "" if Earmark makes no such file."""
    if name.startswith(CHAPTERS):
        return CHAPTERS_TYPE
    return MEDIA_TYPES.get(name[name.rfind(".") :], "") if "." in name else ""
