"""Each fault by itself is one finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.kit import marked_pictures as marked
from tests.kit.doctor_site import (
    ART,
    FEED,
    JSON,
    MEDIA,
    VTT,
    Fault,
    Site,
    body,
    from_the_beginning,
    header,
    look,
    media,
    packed_always,
    part,
    redirected,
    status,
)

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

EXPOSED = marked.jpeg([marked.Extra(0xE1, b"", b"Exif\0\0" + marked.exif())], size=600)


class Broken(NamedTuple):
    """A fault, and the finding that it makes: where (the beginning), level and rule."""

    fault: Fault
    where: str
    level: str
    key: str


BROKEN = {
    "the feed is plain text": Broken(
        header(FEED, "Content-Type", "text/plain"), "feed.xml", "error", "type"
    ),
    "the feed is any XML": Broken(
        header(FEED, "Content-Type", "text/xml"), "feed.xml", "warning", "type"
    ),
    "the feed has another encoding": Broken(
        header(FEED, "Content-Type", "application/rss+xml; charset=iso-8859-1"),
        "feed.xml", "error", "charset",
    ),
    "the feed has no ETag": Broken(
        header(FEED, "ETag", None), "feed.xml", "warning", "conditional"
    ),
    "the feed is sent again": Broken(
        status(FEED, 200), "feed.xml", "warning", "conditional"
    ),
    "the feed does not say how long": Broken(
        header(FEED, "Cache-Control", None), "feed.xml", "note", "cache"
    ),
    "the feed is kept for a year": Broken(
        header(FEED, "Cache-Control", "max-age=31536000, immutable"), "feed.xml", "warning", "cache"
    ),
    "the feed is never kept": Broken(
        header(FEED, "Cache-Control", "no-store"), "feed.xml", "warning", "cache"
    ),
    "the feed is packed for all": Broken(
        header(FEED, "Content-Encoding", "br"), "feed.xml", "error", "gzip"
    ),
    "the feed names another address": Broken(
        body(FEED, lambda data: data.replace(b'feed.xml" rel="self"', b'old.xml" rel="self"')),
        "feed.xml", "warning", "self",
    ),
    "the feed names no address": Broken(
        body(FEED, lambda data: data.replace(b'rel="self"', b'rel="hub"')),
        "feed.xml", "warning", "self",
    ),
    "the feed has no episodes": Broken(
        body(FEED, lambda data: data[: data.index(b"<item>")] + b"</channel></rss>"),
        "feed.xml", "warning", "empty",
    ),
    "a password is in an address": Broken(
        body(FEED, lambda data: re.sub(b'(re url="http://)', rb"\1me:secret@", data, count=1)),
        "media/02", "error", "private",
    ),
    "an address is not whole": Broken(
        body(FEED, lambda data: re.sub(b'(transcript url=")[^"]*/', rb"\1", data, count=1)),
        "02-talk", "error", "reach",
    ),
    "a recording is gone": Broken(status(f"{MEDIA}02", 404), "media/02", "error", "status"),
    "a recording is closed": Broken(status(f"{MEDIA}02", 403), "media/02", "error", "status"),
    "HEAD is refused": Broken(status(f"{MEDIA}02", 405, "HEAD"), "media/02", "error", "head"),
    "a recording is a download": Broken(
        header(f"{MEDIA}01", "Content-Type", "application/x-download"), "media/01", "error", "type"
    ),
    "a recording is other audio": Broken(
        header(f"{MEDIA}01", "Content-Type", "audio/mp4"), "media/01", "warning", "type"
    ),
    "the feed says another length": Broken(
        body(FEED, lambda data: re.sub(rb'length="\d+"', b'length="12"', data, count=1)),
        "media/02", "error", "length",
    ),
    "the length is not said": Broken(
        header(f"{MEDIA}01", "Content-Length", None, "HEAD"), "media/01", "error", "length"
    ),
    "parts are not announced": Broken(
        header(f"{MEDIA}01", "Accept-Ranges", None), "media/01", "warning", "ranges"
    ),
    "parts are refused": Broken(
        status(MEDIA, 416, "GET"), "media/02", "error", "ranges"
    ),
    "another part is announced": Broken(
        part("Content-Range", "bytes 0-99/100"), "media/02", "error", "ranges"
    ),
    "another part is sent": Broken(from_the_beginning, "media/02", "error", "ranges"),
    "the way is long": Broken(redirected(6), "media/02", "warning", "redirects"),
    "the way has no end": Broken(redirected(99), "media/02", "error", "reach"),
    "the way is a circle": Broken(redirected(99, "?step=1"), "media/02", "error", "reach"),
    "the way leads off the web": Broken(
        redirected(99, "file:///etc/passwd"), "media/02", "error", "reach"
    ),
    "a picture says where it was taken": Broken(
        body(ART, EXPOSED, "image/jpeg"), "art/cover", "warning", "metadata"
    ),
    "a picture is gone": Broken(status(f"{ART}cover", 404), "art/cover", "error", "status"),
    "a picture is a page": Broken(
        body(ART, b"<html>", "image/jpeg"), "art/cover", "error", "content"
    ),
    "a picture is sent as another": Broken(
        header(ART, "Content-Type", "image/png"), "art/cover", "error", "type"
    ),
    "HEAD on pictures is refused": Broken(
        status(ART, 501, "HEAD"), "art/cover", "error", "head"
    ),
    "a picture is huge": Broken(
        header(ART, "Content-Length", "9000000", "HEAD"), "art/cover", "warning", "size"
    ),
    "a transcript is plain text": Broken(
        header(f"{VTT}02-talk-", "Content-Type", "text/plain", ending=".vtt"),
        "transcripts/02", "warning", "type",
    ),
    "a transcript is a page": Broken(
        body(VTT, b"<!doctype html><p>Sorry"), "transcripts/02", "error", "content"
    ),
    "a transcript has no CORS": Broken(
        header(VTT, "Access-Control-Allow-Origin", None), "transcripts/02", "warning", "cors"
    ),
    "a transcript is for one site": Broken(
        header(VTT, "Access-Control-Allow-Origin", "https://example.org"),
        "transcripts/02", "warning", "cors",
    ),
    "chapters are JSON only": Broken(
        header(JSON, "Content-Type", "application/json"), "chapters/02", "warning", "type"
    ),
    "chapters are not JSON": Broken(
        body(JSON, b"[" * 100_000), "chapters/02", "error", "content"
    ),
    "a page is gone": Broken(
        status("/episodes/01", 410), "episodes/01-talk.html", "error", "status"
    ),
    "a page is a download": Broken(
        header("/episodes/01", "Content-Type", "text/plain"), "episodes/01", "error", "type"
    ),
    "a style is gone": Broken(
        status("/static/site.css", 404), "static/site.css", "error", "status"
    ),
    "a style is plain text": Broken(
        header("/static/site.css", "Content-Type", "text/plain"), "static/site", "error", "type"
    ),
    "a style is packed for all": Broken(packed_always, "static/site.css", "error", "gzip"),
    "the catalogue is gone": Broken(
        status("/catalogue.json", 404), "catalogue.json", "error", "status"
    ),
    "the catalogue is empty": Broken(
        body("/catalogue.json", b"{}"), "catalogue.json", "error", "content"
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_fault_is_one_finding(site: Site, broken: Broken) -> None:
    site.fault = broken.fault
    found = look(site.address, links=False)
    assert [each[1:] for each in found] == [(broken.level, broken.key)]
    assert found[0][0].startswith(broken.where) or broken.where in found[0][0]


def test_recordings_that_cannot_be_had_in_parts_are_found(site: Site) -> None:
    def whole(environ: WSGIEnvironment) -> None:
        if environ["PATH_INFO"].startswith(MEDIA):
            environ.pop("HTTP_RANGE", None)

    site.before = whole
    assert look(site.address, links=False) == [(media(site, 2), "error", "ranges")]
