"""Reads and decompresses uploads piece by piece, up to a limit that no real history reaches.

Gzip or deflate, whatever the header says; UTF-8, UTF-16 or Latin-1.

Only for apps that have authenticated: before that, nothing is decompressed.
"""

from __future__ import annotations

import codecs
import json
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 65_536  # bytes in memory at a time
# A real list compresses to a tenth or a thirtieth; anything that expands much more is not one.
RATIO, SPARE = 200, 1_000_000
PART = 4096  # characters parsed at a time: the rest after each row is copied
LONGEST = 262_144  # characters of one action: a real one has some hundreds
CODECS = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"}
ZLIB = {b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"}
VALUES = 600_000  # in a document: each takes memory, however few bytes it had


class TooLargeError(ValueError):
    """A body is too large, or decompresses to too much."""

    def __init__(self) -> None:
        super().__init__("too much data at once")


def unpacked(pieces: Iterable[bytes], most: int, coding: str = "") -> Iterator[bytes]:
    """Yield a body, decompressed if needed, up to a limit of bytes.

    `coding` is what its header says. Raises TooLargeError, and ValueError if decompression fails.
    """
    feed = iter(pieces)
    first = b""
    while len(first) < 2 and (piece := next(feed, b"")):
        first += piece
    window = _window(first, coding)
    chunks = _unzipped(first, feed, window) if window else _all(first, feed)
    total = 0
    for piece in chunks:
        total += len(piece)
        if total > most:
            raise TooLargeError
        yield piece


def _all(first: bytes, feed: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from feed


def _window(first: bytes, coding: str) -> int:
    """Return zlib's window bits for a body that begins so, 0 if it is not compressed."""
    if first[:2] == b"\x1f\x8b":
        return 31
    if first[:2] in ZLIB:
        return 15
    if coding != "deflate" or not first:
        return 0
    try:
        zlib.decompressobj(-15).decompress(first, PIECE)
    except zlib.error:
        return 0  # a proxy has decompressed it
    return -15


def _unzipped(first: bytes, feed: Iterator[bytes], window: int) -> Iterator[bytes]:
    unpacking, read, given = zlib.decompressobj(window), 0, 0
    for piece in _all(first, feed):
        read += len(piece)
        rest = piece
        while rest:
            try:
                unzipped = unpacking.decompress(rest, PIECE)
            except zlib.error as error:
                raise ValueError("the body is not compressed as its header says") from error
            given += len(unzipped)
            if given > SPARE + RATIO * read:
                raise TooLargeError
            yield unzipped
            rest = unpacking.unconsumed_tail
    if not unpacking.eof:
        raise ValueError("the body is not compressed as its header says")


def check_values(data: str | bytes) -> None:
    """Raise TooLargeError if a JSON document has more values than any app sends."""
    data = data.decode("latin-1") if isinstance(data, bytes) else data
    if data.count(",") + data.count("{") + data.count("[") > VALUES:
        raise TooLargeError


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Latin-1: some apps send old file names."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("earmark-latin-1", _as_latin)


def texts(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield a body as text, in whichever UTF it is encoded."""
    feed = iter(pieces)
    first = b""
    while len(first) < 4 and (piece := next(feed, b"")):
        first += piece
    name = json.detect_encoding(first)
    errors = "strict" if name in CODECS - {"utf-8-sig"} else "earmark-latin-1"
    decoder = codecs.getincrementaldecoder(name)(errors)
    for piece in _all(first, feed):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def rows(parts: Iterable[str]) -> Iterator[object]:
    """Yield the rows of a JSON list as they arrive; no rows for an empty text.

    Raises ValueError if it is not a list, and TooLargeError if a row is too long for an action.
    """
    feed = (part[at : at + PART] for part in parts for at in range(0, len(part), PART))
    buffer = _begun(feed)
    while buffer:
        buffer = _stripped(buffer[1:], feed)
        if buffer[0] != "]":
            row, buffer = _row(buffer, feed)
            yield row
            buffer = _stripped(buffer, feed)
        if buffer[0] == "]":
            if buffer[1:].strip() or any(part.strip() for part in feed):
                raise ValueError("there is data after the list")
            return
        if buffer[0] != ",":
            raise ValueError("the body is not a list")


def _begun(feed: Iterator[str]) -> str:
    """Return the beginning of a list, "" if there is only white space."""
    for part in feed:
        if beginning := part.lstrip():
            if beginning[0] != "[":
                raise ValueError("the body is not a list")
            return beginning
    return ""


def _stripped(buffer: str, feed: Iterator[str]) -> str:
    """Strip leading white space, reading on if there is nothing else."""
    while not (buffer := buffer.lstrip()):
        buffer = _more(feed)
    return buffer


def _more(feed: Iterator[str]) -> str:
    for part in feed:
        if part:
            return part
    raise ValueError("the list is cut short")


def _row(buffer: str, feed: Iterator[str]) -> tuple[object, str]:
    """Return the next value and the text after it, which is never empty."""
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer)
            if end < len(buffer):
                return value, buffer[end:]
        except json.JSONDecodeError:
            if len(buffer) > LONGEST:
                raise TooLargeError from None
        buffer += _more(feed)


_DECODER = json.JSONDecoder()
