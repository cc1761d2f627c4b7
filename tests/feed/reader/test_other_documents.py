"""What is no feed, or comes packed or not at all, is said in words that lead further."""

from __future__ import annotations

import zlib

import pytest

from feed.reader import document, read
from feed.reader.result import NotAFeedError
from podcast.network.client import Client
from podcast.network.failures import FetchError
from tests.kit.foreign_feeds import serving

PAGES = (
    "<script>location='/sign-in'</script>",
    "  <head><meta http-equiv=refresh content='0;url=/'></head><body>Guest</body>",
    "\ufeff<p>Guest network</p>",
    '<?xml version="1.0"?><!DOCTYPE html SYSTEM "x"><html xmlns="urn:xhtml"><head/></html>',
    "<!-- x --><html>",
)


@pytest.mark.parametrize("text", PAGES)
def test_a_sign_in_page_is_a_web_page(text: str) -> None:
    with pytest.raises(NotAFeedError, match="is a web page, not a feed"):
        read.read(text.encode(), "https://example.org/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "is JSON, not RSS"),
        ('{"error": "<b>no</b>"}', "is JSON, not RSS"),
        ('<opml version="2.0"><body/></opml>', "is a list of podcasts"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "is a site map"),
        ("words", "is not XML"),
        ("", "is empty"),
    ],
)
def test_other_documents_are_named(text: str, said: str) -> None:
    with pytest.raises(NotAFeedError, match=said):
        read.read(text.encode(), "https://example.org/")


def test_a_feed_with_a_page_in_it_is_a_feed() -> None:
    text = "<rss><channel><title>A</title><item><description><html/></description></item></channel>"
    assert document.read(f"{text}</rss>".encode(), "")[0].name == "rss"


def _raw(data: bytes) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize("pack", [zlib.compress, _raw])
def test_deflate_in_both_forms_is_unpacked(pack: object) -> None:
    assert callable(pack)
    packed = pack(b"<rss/>" * 99)
    with serving(lambda _: (200, {"Content-Encoding": "deflate"}, packed)) as server:
        client = Client(private=True, patience=2)
        assert client.get(server.address, 1000) == b"<rss/>" * 99
        with pytest.raises(FetchError, match="once it is unpacked"):
            client.get(server.address, 500)
        client.close()


@pytest.mark.parametrize("name", ["br", "zstd", "BR"])
def test_packing_that_nobody_asked_for_is_named(name: str) -> None:
    said = {"Content-Encoding": name}
    with serving(lambda _: (200, said, b"\x1b\0\0")) as server:
        client = Client(private=True, patience=2)
        with pytest.raises(FetchError, match=r"is sent compressed \((br|zstd)\)"):
            client.get(server.address, 1000)
        client.close()


@pytest.mark.parametrize(
    ("status", "after", "said"),
    [
        (429, "90", r"gets too many requests \(HTTP 429\); try again in 2 minutes"),
        (503, "60", r"has a problem at the moment \(HTTP 503\); try again in 1 minute$"),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", r"try again later"),
        (500, "9" * 400, r"try again later"),
        (511, "", r"sign-in page of your network \(HTTP 511\)$"),
        (206, "", r"sends only part"),
        (404, "60", r"is not there \(HTTP 404\)$"),
    ],
)
def test_an_answer_without_a_feed_says_what_to_do(status: int, after: str, said: str) -> None:
    with serving(lambda _: (status, {"Retry-After": after}, b"")) as server:
        client = Client(private=True, patience=2)
        with pytest.raises(FetchError, match=said):
            client.get(server.address, 1000)
        client.close()
