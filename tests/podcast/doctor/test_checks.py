"""The rules of the doctor by themselves, without a server."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest

from podcast.doctor import check_http, checks, feed_contents, remedies, resources
from podcast.doctor.check_http import Examined
from podcast.doctor.resources import Kind, Resource
from podcast.network.messages import Exchange, Failure, Request, Response
from tests.kit.doctor_site import NOW, SHOW, rss


def case(look: Resource, *told: tuple[Request, Response]) -> Examined:
    return Examined(look, tuple(Exchange(*each) for each in told), SHOW)


def keys(look: Resource, answer: Response) -> list[str]:
    asked = case(look, (Request(look.address), answer))
    return [each.key for each in checks.examine(asked)]


PAGE = Response(200, {"content-type": "text/html"}, b"<p>")


def test_plain_http_is_a_warning_but_not_on_this_very_computer() -> None:
    assert keys(Resource(Kind.PAGE, "http://podcast.example.org/"), PAGE) == ["http"]
    assert keys(Resource(Kind.PAGE, "http://localhost:8000/"), PAGE) == []
    assert keys(Resource(Kind.PAGE, SHOW), PAGE) == []


def test_a_redirect_from_https_to_http_is_an_error() -> None:
    hops = PAGE._replace(hops=("http://podcast.example.org/a?signed=secret", f"{SHOW}b"))
    found = checks.examine(case(Resource(Kind.PAGE, SHOW), (Request(SHOW), hops)))
    assert [each.key for each in found] == ["downgrade"]
    assert "secret" not in found[0].seen


@pytest.mark.parametrize("days, number", [(-1, 1), (0, 1), (20, 1), (22, 0)])
def test_certificates_are_renewed_three_weeks_before_their_end(days: int, number: int) -> None:
    until = NOW + timedelta(days=days, hours=1)
    assert len(list(check_http.check_expiry("https://example.org", until, NOW))) == number


def test_every_trouble_has_a_remedy_and_every_kind_has_rules() -> None:
    assert all(remedies.for_failure(each) for each in Failure)
    assert set(checks.RULES) == set(Kind)


def test_entities_and_foreign_files_are_not_followed() -> None:
    bomb = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;'
    bomb += b"<link>&x;</link><item/></channel></rss>"
    told = feed_contents.read_feed(bomb, f"{SHOW}feed.xml", SHOW)
    assert (told.items, told.resources) == (1, ())


def test_a_feed_with_elements_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_contents, "MANY", 100)
    with pytest.raises(feed_contents.UnreadableError, match="more than 100 elements"):
        feed_contents.read_feed(rss("<a/>" * 200), f"{SHOW}feed.xml", SHOW)


def test_feeds_of_others_are_looked_at_without_a_catalogue() -> None:
    told = feed_contents.read_feed(rss("<generator>Other</generator>"), f"{SHOW}feed.xml", SHOW)
    assert not told.ours


@pytest.mark.parametrize(
    "notes, found",
    [
        ("", []),
        ("<![if]><a href='https://example.org/'>", ["https://example.org/"]),
        ("<a href=' https://a.example '>a<a href=https://a.example><a href=#b>", ["https://a.example"]),
        ("\x00<a href", []),
        ("<?xml version='1.0' encoding='latin-1'?><a href='https://b.example'/>", ["https://b.example"]),
    ],
)  # fmt: skip
def test_links_are_found_in_any_html(notes: str, found: list[str]) -> None:
    assert resources.links_in_html(notes) == found


def test_a_heavy_feed_is_a_note_unless_it_is_packed_for_those_who_ask() -> None:
    look = Resource(Kind.FEED, f"{SHOW}feed.xml")
    kind = {"content-type": "application/rss+xml", "cache-control": "no-cache", "etag": "1"}
    heavy = (Request(look.address), Response(200, kind, bytes(2_000_000)))
    gzip = Request(look.address, headers=(("Accept-Encoding", "gzip"),))
    same = (gzip, Response(304))
    packed = Response(200, kind | {"content-encoding": "gzip"}, zlib.compress(b"a", wbits=31))

    def found(answer: Response) -> list[tuple[str, str]]:
        seen = checks.examine(case(look, heavy, (gzip, answer), same))
        return [(each.level, each.key) for each in seen]

    assert found(heavy[1]) == [("note", "size")]
    assert found(packed) == []
    for body in (b"damaged", b"", packed.body[:-1]):
        assert found(packed._replace(body=body)) == [("error", "gzip")]
