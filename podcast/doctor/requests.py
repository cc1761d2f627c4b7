"""Chooses the next request for a resource, from the responses so far, as the main apps would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.doctor.resources import Kind, Resource
from podcast.network.messages import Exchange, Request

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_FEED = 64_000_000  # bytes; ten thousand episodes have less
LARGEST_TEXT = 20_000_000
PART = 256  # bytes of each part that is requested of a recording
SIGNATURE = 16  # bytes by which a picture is known
PLAYER = "https://player.example"  # a player on somebody else's page
_GZIP = ("Accept-Encoding", "gzip")

RequestLog = tuple[Exchange, ...]


def next_request(resource: Resource, log: RequestLog) -> Request | None:
    """Return the request that follows these; None if enough is known."""
    if log and log[-1].response.failure:
        return None
    return _NEXT.get(resource.kind, _once)(resource, log)


def _feed(resource: Resource, log: RequestLog) -> Request | None:
    """Request the feed as it is, then compressed, then compressed if it has changed."""
    request = Request(resource.address, limit=LARGEST_FEED)
    if len(log) in {0, 1}:
        needed = not log or (log[0].response.fine and not log[0].response.cut)
        return request._replace(headers=(_GZIP,) * len(log)) if needed else None
    response = log[1].response
    known = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    conditions = tuple((name, response.header(of)) for name, of in known if response.header(of))
    if len(log) == 2 and conditions:
        return request._replace(headers=(_GZIP, *conditions), limit=0)  # 304 has no body
    return None


def _recording(resource: Resource, log: RequestLog) -> Request | None:
    """Request the headers, then two parts that overlap by half."""
    request = Request(resource.address, limit=4 * PART)
    if not log:
        return request._replace(method="HEAD")
    size = (log[0].response.size if log[0].response.fine else None) or PART * 2
    if len(log) == 1:
        return request._replace(headers=(_part(0, size),))
    if len(log) == 2 and log[1].response.status == 206 and size > PART // 2 + 1:
        return request._replace(headers=(_part(PART // 2, size),))
    return None


def _part(start: int, size: int) -> tuple[str, str]:
    return "Range", f"bytes={start}-{max(min(start + PART, size) - 1, 0)}"


def _picture(resource: Resource, log: RequestLog) -> Request | None:
    request = Request(resource.address, limit=SIGNATURE)
    if not log:
        return request._replace(method="HEAD")
    return request if len(log) == 1 else None


def _text(resource: Resource, log: RequestLog) -> Request | None:
    """Request a file as a player on another site would."""
    request = Request(resource.address, "GET", (("Origin", PLAYER),), LARGEST_TEXT)
    return None if log else request


def _link(resource: Resource, log: RequestLog) -> Request | None:
    """Request the headers; the page if the server refuses HEAD."""
    if not log:
        return Request(resource.address, "HEAD", limit=0)
    refused = len(log) == 1 and not 200 <= log[0].response.status < 300
    return Request(resource.address, limit=0) if refused else None


def _once(resource: Resource, log: RequestLog) -> Request | None:
    return None if log else Request(resource.address, limit=LARGEST_TEXT)


_NEXT: dict[Kind, Callable[[Resource, RequestLog], Request | None]] = {
    Kind.FEED: _feed,
    Kind.RECORDING: _recording,
    Kind.PICTURE: _picture,
    Kind.TRANSCRIPT: _text,
    Kind.CHAPTERS: _text,
    Kind.LINK: _link,
    Kind.WITHDRAWN: _link,
}
