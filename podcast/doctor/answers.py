"""Defines requests and answers, and shortens addresses for messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

LONGEST, LONGEST_ADDRESS = 200, 2000  # signs of what a server said that are worth showing


class Trouble(StrEnum):
    """Why there is no answer at all: what was seen."""

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
    LOST = "was not tested: the server had stopped responding"


class Question(NamedTuple):
    """One request: of the body, `limit` bytes at most are read."""

    address: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    limit: int = 2_000_000

    def header(self, name: str) -> str:
        """Return what was sent under a name, or nothing."""
        return dict(self.headers).get(name, "")


class Answer(NamedTuple):
    """What came back after all redirects; `hops` are the addresses that they led through.

    The names of headers are small letters. `cut` says that there was more than the limit.
    """

    status: int = 0
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    hops: tuple[str, ...] = ()
    trouble: Trouble | None = None
    cut: bool = False

    @property
    def fine(self) -> bool:
        """Say whether the thing asked for came."""
        return self.status in {200, 206}

    def header(self, name: str) -> str:
        """Return a header, or nothing."""
        return self.headers.get(name, "").strip()

    @property
    def kind(self) -> str:
        """Return the media type without what follows it, in small letters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def size(self) -> int | None:
        """Return the bytes of the whole file, where the server says them."""
        said = self.header("content-length")
        if self.status == 206:
            said = self.header("content-range").rpartition("/")[2]
        return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


class Exchange(NamedTuple):
    """A question and its answer."""

    question: Question
    answer: Answer


def web(address: str) -> bool:
    """Say whether an address is one of the web that somebody can be asked at."""
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def secret(address: str) -> bool:
    """Say whether an address carries a name or a password."""
    try:
        return "@" in urlsplit(address).netloc
    except ValueError:
        return False


def plain(address: str) -> str:
    """Return an address without name, password and fragment: so it is asked for, and told."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return re.sub(r"//[^/]*@", "//", address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def without_query(address: str) -> str:
    """Return an address that another server named: what it may be signed with is not told."""
    return plain(address).partition("?")[0]


def joined(address: str, to: str) -> str:
    """Return where a link on a page or a redirect leads; nothing where that cannot be read."""
    try:
        return plain(urljoin(address, to.strip()))
    except ValueError:
        return ""


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return what a server said as a person may see it: printable, on one line, not too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def host(address: str) -> str:
    """Return the scheme, name and port of an address."""
    try:
        parts = urlsplit(plain(address))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def here(address: str) -> bool:
    """Say whether an address is on this very computer, where nobody listens in between."""
    try:
        name = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return name in {"localhost", "::1"} or name.startswith("127.")
