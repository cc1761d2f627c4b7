"""Chooses the next request for a resource, from the answers so far, as the main apps would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.doctor.resources import Kind, Resource
from podcast.network.messages import Exchange, Request

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_FEED = 64_000_000  # bytes; ten thousand episodes have less
LARGEST_TEXT = 20_000_000
PART = 256  # bytes of each part that is asked of a recording
SIGNATURE = 16  # bytes by which a picture is known
PLAYER = "https://player.example"  # a player on somebody else's page
_GZIP = ("Accept-Encoding", "gzip")

RequestLog = tuple[Exchange, ...]


def following(resource: Resource, asked: RequestLog) -> Request | None:
    """Return what to ask after these answers; None when enough is known."""
    if asked and asked[-1].response.failure:
        return None
    return _NEXT.get(resource.kind, _once)(resource, asked)


def _feed(resource: Resource, asked: RequestLog) -> Request | None:
    """Ask for the feed as it is, packed, and packed again in case it changed."""
    request = Request(resource.address, limit=LARGEST_FEED)
    if len(asked) in {0, 1}:
        wished = not asked or (asked[0].response.fine and not asked[0].response.cut)
        return request._replace(headers=(_GZIP,) * len(asked)) if wished else None
    response = asked[1].response
    known = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    conditions = tuple((name, response.header(of)) for name, of in known if response.header(of))
    if len(asked) == 2 and conditions:
        return request._replace(headers=(_GZIP, *conditions), limit=0)  # 304 has no body
    return None


def _recording(resource: Resource, asked: RequestLog) -> Request | None:
    """Ask for the headers, then for two parts that overlap by half."""
    request = Request(resource.address, limit=4 * PART)
    if not asked:
        return request._replace(method="HEAD")
    size = (asked[0].response.size if asked[0].response.fine else None) or PART * 2
    if len(asked) == 1:
        return request._replace(headers=(_part(0, size),))
    if len(asked) == 2 and asked[1].response.status == 206 and size > PART // 2 + 1:
        return request._replace(headers=(_part(PART // 2, size),))
    return None


def _part(start: int, size: int) -> tuple[str, str]:
    return "Range", f"bytes={start}-{max(min(start + PART, size) - 1, 0)}"


def _picture(resource: Resource, asked: RequestLog) -> Request | None:
    request = Request(resource.address, limit=SIGNATURE)
    if not asked:
        return request._replace(method="HEAD")
    return request if len(asked) == 1 else None


def _text(resource: Resource, asked: RequestLog) -> Request | None:
    """Ask as a player on another site would."""
    request = Request(resource.address, "GET", (("Origin", PLAYER),), LARGEST_TEXT)
    return None if asked else request


def _link(resource: Resource, asked: RequestLog) -> Request | None:
    """Ask for the headers, and for the page where a server refuses to give only those."""
    if not asked:
        return Request(resource.address, "HEAD", limit=0)
    refused = len(asked) == 1 and not 200 <= asked[0].response.status < 300
    return Request(resource.address, limit=0) if refused else None


def _once(resource: Resource, asked: RequestLog) -> Request | None:
    return None if asked else Request(resource.address, limit=LARGEST_TEXT)


_NEXT: dict[Kind, Callable[[Resource, RequestLog], Request | None]] = {
    Kind.FEED: _feed,
    Kind.RECORDING: _recording,
    Kind.PICTURE: _picture,
    Kind.TRANSCRIPT: _text,
    Kind.CHAPTERS: _text,
    Kind.LINK: _link,
    Kind.WITHDRAWN: _link,
}
