"""Chooses the headers that every host should send with a published file."""

from __future__ import annotations

from typing import Any, NamedTuple

from episodes import site_layout

# Lets pages and players of other sites read the published files, in the words of S3.
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

_FOR_EVER = "public, max-age=31536000, immutable"
FEED_AGE = 300  # seconds
_BRIEFLY = dict.fromkeys((site_layout.FEED, site_layout.CATALOGUE), f"public, max-age={FEED_AGE}")
_PAGES = "public, max-age=600"
_TEXT = ("text/", "application/rss+xml")  # media types that need a charset


class Headers(NamedTuple):
    """The headers of one file."""

    content_type: str
    cache_control: str


def choose_headers(name: str) -> Headers:
    """Return the headers of a published file, by its name."""
    kind = content_type(site_layout.media_type(name)) or "application/octet-stream"
    if name.startswith(site_layout.RECORDS):
        return Headers(kind, "no-store")
    cache = _FOR_EVER if site_layout.is_immutable(name) else _BRIEFLY.get(name, _PAGES)
    return Headers(kind, cache)


def content_type(media_type: str) -> str:
    """Return a media type with its charset, if it is one of text."""
    return f"{media_type}; charset=utf-8" if media_type.startswith(_TEXT) else media_type
