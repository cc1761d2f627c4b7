"""Reads what an app uploads piece by piece, and unpacks no more than somebody can have listened to.

Only after an app showed its password: before that, nothing is unpacked.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 65_536  # bytes that are in memory at once
# A list of plays packs to a tenth or a thirtieth; what unpacks to much more is no list of plays.
RATIO, SPARE = 200, 1_000_000
VALUES = 600_000  # in a document: each takes memory, however little of the body it was


class TooLargeError(ValueError):
    """A body that is, or unpacks to, more than anybody listened to."""

    def __init__(self) -> None:
        super().__init__("that is too much at once")


def unpacked(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Yield a body that may have been packed with gzip; at most so many bytes.

    Raises TooLargeError, and ValueError for what is not packed as it says.
    """
    feed = iter(pieces)
    first = b""
    while len(first) < 2 and (piece := next(feed, b"")):
        first += piece
    found = _unzipped(first, feed) if first[:2] == b"\x1f\x8b" else _all(first, feed)
    total = 0
    for piece in found:
        total += len(piece)
        if total > most:
            raise TooLargeError
        yield piece


def _all(first: bytes, feed: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from feed


def _unzipped(first: bytes, feed: Iterator[bytes]) -> Iterator[bytes]:
    unpacking, read, given = zlib.decompressobj(31), 0, 0
    for piece in _all(first, feed):
        read += len(piece)
        rest = piece
        while rest:
            try:
                found = unpacking.decompress(rest, PIECE)
            except zlib.error as error:
                raise ValueError("this is not packed as it says") from error
            given += len(found)
            if given > SPARE + RATIO * read:
                raise TooLargeError
            yield found
            rest = unpacking.unconsumed_tail
    if not unpacking.eof:
        raise ValueError("this is not packed as it says")


def check_values(data: bytes) -> None:
    """Raise TooLargeError where a document of JSON has more values than any app sends."""
    if data.count(b",") + data.count(b"{") + data.count(b"[") > VALUES:
        raise TooLargeError
