"""Defines requests, responses and the reasons why a response is missing; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from episodes.text.quantities import quantity


class Failure(StrEnum):
    """Why there is no response, in words that follow the name of what was requested."""

    ADDRESS = "is not a complete web address"
    NAME = "cannot be found: DNS does not know the name"
    REFUSED = "cannot be reached: nothing answers there"
    PROXY = "cannot be reached: the proxy that http_proxy or https_proxy names does not connect"
    SLOW = "does not answer in time"
    BROKEN = "cannot be read: the connection broke, or the answer is not HTTP"
    SHORT = "is cut short: fewer bytes arrived than the server promised"
    LOOP = "leads nowhere: its redirects never end, or go in a circle"
    ASTRAY = "is redirected to something that is not on the web"
    EXPIRED = "has a certificate that has expired"
    STRANGER = "has a certificate for another name"
    UNKNOWN = "has a certificate from no known authority"
    TLS = "cannot be read: no secure connection could be made"
    PRIVATE = "is an address of this computer or its network; add --private if you mean that"
    LOST = "was not tested: the server had stopped responding"


class Request(NamedTuple):
    """One request; at most `limit` bytes of the body are read."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    limit: int = 2_000_000

    def header(self, name: str) -> str:
        """Return the header as it was sent, or ""."""
        return dict(self.headers).get(name, "")


class Hop(NamedTuple):
    """One redirect: where it leads, and its status."""

    url: str
    status: int


class Response(NamedTuple):
    """The response after all redirects; `hops` are the URLs that they led through.

    The names of headers are in small letters. `cut` means that the body was over the limit.
    """

    status: int = 0
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    hops: tuple[str, ...] = ()
    failure: Failure | None = None
    cut: bool = False

    @property
    def fine(self) -> bool:
        """Whether what was requested came."""
        return self.status in {200, 206}

    def header(self, name: str) -> str:
        """Return a header, or ""."""
        return self.headers.get(name, "").strip()

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in small letters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def size(self) -> int | None:
        """The bytes of the whole file, if the server gives them."""
        length = self.header("content-length")
        if self.status == 206:
            length = self.header("content-range").rpartition("/")[2]
        return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None


class Exchange(NamedTuple):
    """A request and its response."""

    request: Request
    response: Response


_STATUS = {206: "sends only part of itself", 401: "asks for a password",
           403: "is not public", 404: "is not there",
           407: "is behind a proxy that asks for a password", 410: "has been deleted",
           429: "gets too many requests",
           511: "is behind the sign-in page of your network"}  # fmt: skip


def describe_status(status: int, retry_after: str) -> str:
    """Return the meaning of a status without a usable body, and when to try again."""
    general = "has a problem at the moment" if status >= 500 else "refuses to send it"
    reason = f"{_STATUS.get(status, general)} (HTTP {status})"
    if status != 429 and (status < 500 or status == 511):
        return reason
    minutes = -(-int(retry_after) // 60) if re.fullmatch("[0-9]{1,6}", retry_after) else 0
    later = f"in {quantity(minutes, 'minute')}" if minutes else "later"
    return f"{reason}; try again {later}"
