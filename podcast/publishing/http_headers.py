"""What each published file is: its kind, its turn, and the headers that every host should send."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

FEED = "feed.xml"
CATALOGUE = "catalogue.json"
RECORDS = ".published/"  # what Earmark keeps at the target: releases, the lock, earlier pages

TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/x-m4a",
    ".opus": "audio/ogg",  # RFC 7845
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
CHAPTERS = "application/json+chapters"

# What lets pages and players elsewhere read what is public, in the words of S3.
CORS: dict[str, Any] = {
    "CORSRules": [
        {
            "AllowedMethods": ["GET", "HEAD"],
            "AllowedOrigins": ["*"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Length", "Content-Range", "Accept-Ranges", "ETag"],
            "MaxAgeSeconds": 86400,
        }
    ]
}

# Named after their bytes: what such a name has said once it says for ever.
MEDIA = "media/"  # published audio
IMMUTABLE = (MEDIA, "art/", "transcripts/", "chapters/")
KINDS = (*IMMUTABLE, "static/", "episodes/")
_WORDS = {
    "media/": ("recording", "recordings"),
    "art/": ("picture", "pictures"),
    "transcripts/": ("transcript", "transcripts"),
    "chapters/": ("file of chapters", "files of chapters"),
    "static/": ("style or script", "styles and scripts"),
    "episodes/": ("page", "pages"),
}
_OURS = re.compile(
    rf"(?:{'|'.join(KINDS)})[^/\\\0.][^/\\\0]*|index\.html|{re.escape(CATALOGUE)}|{re.escape(FEED)}"
)
_FOR_EVER = "public, max-age=31536000, immutable"
FEED_AGE = 300  # seconds
_BRIEFLY = dict.fromkeys((FEED, CATALOGUE), f"public, max-age={FEED_AGE}")
_PAGES = "public, max-age=600"


class Headers(NamedTuple):
    """What a host sends with a file."""

    content_type: str
    cache_control: str


def of(name: str) -> Headers:
    """Return the headers of a published file, by its name."""
    suffix = name[name.rfind(".") :] if "." in name else ""
    kind = CHAPTERS if name.startswith("chapters/") else TYPES.get(suffix)
    if name.startswith(RECORDS):
        return Headers(kind or "application/octet-stream", "no-store")
    cache = _FOR_EVER if immutable(name) else _BRIEFLY.get(name, _PAGES)
    return Headers(kind or "application/octet-stream", cache)


def immutable(name: str) -> bool:
    """Say whether a file is named after its bytes."""
    return name.startswith(IMMUTABLE)


def turn(name: str) -> int:
    """Return when a file's turn comes: what others speak of goes first, the feed last."""
    if name == FEED:
        return len(KINDS) + 2
    if name == CATALOGUE:
        return len(KINDS) + 1
    return next((at for at, kind in enumerate(KINDS) if name.startswith(kind)), len(KINDS))


def ours(name: object) -> bool:
    """Say whether a name can be that of a file which a build makes."""
    return isinstance(name, str) and name.isprintable() and _OURS.fullmatch(name) is not None


def stage(name: str) -> int:
    """Return which files may move at once: nothing of a stage speaks of another in it."""
    if immutable(name):
        return 0
    return {CATALOGUE: 2, FEED: 3}.get(name, 1)


def count(names: list[str]) -> str:
    """Say how many files of each kind there are: `2 recordings, 1 page and feed.xml`."""
    by_turn: dict[int, list[str]] = {}
    for name in names:
        by_turn.setdefault(turn(name), []).append(name)
    said = []
    for at, alike in sorted(by_turn.items()):
        if at < len(KINDS):
            one, many = _WORDS[KINDS[at]]
            said.append(f"{len(alike):,} {one if len(alike) == 1 else many}")
        else:
            said += sorted(alike)
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))
