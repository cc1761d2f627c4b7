"""Downloads from other people's servers: http and https, public addresses, bounded in all ways.

A feed is written by strangers, and so is every address in it. Addresses of this computer and of its
network are refused unless the lead allows them; every redirect is checked again.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import urllib3

from episodes.deadline import Deadline
from episodes.errors import EarmarkError
from episodes.text import charset
from episodes.text.quantities import quantity
from podcast.doctor.answers import Trouble, host, joined, plain, web
from podcast.network import public_addresses
from podcast.network.decompression import PackedError, unpack
from podcast.network.fetch import CHUNK, CONNECT, MOVED, RAISED, trouble
from podcast.network.http_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

REDIRECTS = 5
PATIENCE = 20.0  # seconds for a byte
ALTOGETHER = 120.0  # seconds for a feed, a picture, a transcript; for each part of a recording
SLOWEST = 4_000  # bytes a second, on average, below which a recording is given up for now
PRIVATE = "is an address of this computer or its network; add --private if you mean that"


class GateError(EarmarkError):
    """What was asked for did not come; the text says why, for a person."""


class Response(NamedTuple):
    """An answer that is still to be read: `chunks` are its bytes as they were sent."""

    status: int
    headers: dict[str, str]
    address: str
    chunks: Iterator[bytes]

    @property
    def size(self) -> int | None:
        """How many bytes it says are to come."""
        said = self.headers.get("content-length", "")
        return int(said) if re.fullmatch(r"[0-9]{1,15}", said) else None


class File(NamedTuple):
    """What lay at an address: its bytes, and the charset that the server names, or ""."""

    data: bytes
    charset: str = ""

    def text(self) -> tuple[str, str]:
        """Return the text, and what of it was lost: the end of a sentence, or ""."""
        head = self.data[:1024].decode("latin-1")
        page = charset.charset_named_in(head) if head.lstrip().startswith("<") else ""
        return charset.drop_unprintable(charset.decode(self.data, self.charset, page).text)


class Gate:
    """Fetches; `close` it afterwards. `private` lets it into this computer's own network.

    `home` is an address of which the server may be asked wherever it is.
    """

    def __init__(
        self, *, private: bool = False, patience: float = PATIENCE, home: str = ""
    ) -> None:
        timeout = urllib3.Timeout(connect=min(CONNECT, patience), read=patience)
        self._altogether = ALTOGETHER * patience / PATIENCE
        self._private, self._home = private, host(home)
        self._outside = Client(timeout, private=False, parallel=2)
        self._anywhere = Client(timeout, private=True, parallel=2)

    def close(self) -> None:
        """Close every connection."""
        self._outside.close()
        self._anywhere.close()

    def get(self, address: str, limit: int) -> bytes:
        """Return what lies at an address, unpacked where it was packed. Raises GateError."""
        return self.file(address, limit).data

    def file(self, address: str, limit: int) -> File:
        """Return what lies at an address, and its charset. Raises GateError."""
        until = time.monotonic() + self._altogether
        with self.open(address) as response:
            if response.status not in {200, 203}:  # 203: a proxy has changed it
                raise GateError(answered(response))
            data = _bounded(response, limit, until)
        said = response.headers
        try:
            data = unpack(data, said.get("content-encoding", ""), limit)
        except PackedError as error:
            raise GateError(str(error)) from None
        return File(data, charset.charset_named_in(said.get("content-type", "")))

    @contextmanager
    def open(self, address: str, headers: dict[str, str] | None = None) -> Iterator[Response]:
        """Ask, follow redirects, and give what came, to be read. Raises GateError."""
        with Deadline(self._altogether) as deadline:
            raw, at = self._ask(plain(address), headers or {}, deadline)
            said = {name.lower(): value for name, value in raw.headers.items()}
            try:
                yield Response(raw.status, said, at, self._chunks(raw, deadline))
            finally:
                raw.close()

    def _ask(self, address: str, headers: dict[str, str], deadline: Deadline) -> tuple[Any, str]:
        asked = {"User-Agent": "Earmark", "Accept-Encoding": "identity", "Connection": "close"}
        asked |= headers
        seen: list[str] = []
        while True:
            if not web(address):
                raise GateError("leads to something that is not http or https")
            if address in seen or len(seen) > REDIRECTS:
                raise GateError(f"leads nowhere: more than {REDIRECTS} redirects, or a circle")
            seen.append(address)
            raw = self._once(address, asked, deadline)
            to = joined(address, raw.headers.get("location", ""))
            if raw.status not in MOVED or not raw.headers.get("location"):
                return raw, address
            raw.close()
            address = to

    def _once(self, address: str, headers: dict[str, str], deadline: Deadline) -> Any:
        anywhere = self._private or (self._home and host(address) == self._home)
        client = self._anywhere if anywhere else self._outside
        try:
            raw = client.request("GET", address, headers)
        except public_addresses.PrivateError:
            raise GateError(PRIVATE) from None
        except RAISED as error:
            raise _lost(error, deadline) from None
        if deadline.passed:  # a head that was cut off looks like one with fewer headers
            raw.close()
            raise GateError(str(Trouble.SLOW))
        return raw

    def _chunks(self, raw: Any, deadline: Deadline) -> Iterator[bytes]:
        try:
            while chunk := raw.read1(CHUNK):
                deadline.extend(self._altogether)
                yield chunk
        except RAISED as error:
            raise _lost(error, deadline) from None
        if deadline.passed:  # without a length, a connection that was cut ends like any other
            raise GateError(str(Trouble.SLOW))


def _lost(error: BaseException, deadline: Deadline) -> GateError:
    return GateError(str(Trouble.SLOW if deadline.passed else trouble(error)))


def answered(response: Response) -> str:
    """Say what an answer means that has nothing in it."""
    status, after = response.status, response.headers.get("retry-after", "").strip()
    known = {206: "sends only part of itself", 401: "asks for a password",
             403: "is not public", 404: "is not there",
             407: "is behind a proxy that asks for a password", 410: "has been deleted",
             429: "gets too many requests",
             511: "is behind the sign-in page of your network"}  # fmt: skip
    said = known.get(
        status, "has a problem at the moment" if status >= 500 else "refuses to send it"
    )
    said = f"{said} (HTTP {status})"
    if status != 429 and (status < 500 or status == 511):
        return said
    minutes = -(-int(after) // 60) if re.fullmatch("[0-9]{1,6}", after) else 0
    later = f"in {quantity(minutes, 'minute')}" if minutes else "later"
    return f"{said}; try again {later}"


def _bounded(response: Response, limit: int, until: float) -> bytes:
    parts, size = [], 0
    for chunk in response.chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise GateError(f"is larger than {limit / 1e6:g} MB")
        if time.monotonic() > until:  # a byte now and then is no answer
            raise GateError("does not answer in time")
    return b"".join(parts)
