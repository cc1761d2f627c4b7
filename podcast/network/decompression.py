"""Decompresses a response, requested so or not: gzip and deflate, bounded in size."""

from __future__ import annotations

import re
import zlib

from episodes.errors import EarmarkError

GZIP = b"\x1f\x8b"
_OTHERS = re.compile(r"\b(br|zstd|compress|x-compress)\b", re.IGNORECASE)


class PackedError(EarmarkError):
    """What came packed cannot be unpacked; the text says why, for a person."""


def unpack(data: bytes, said: str, limit: int) -> bytes:
    """Return data as it was before it was packed; `said` is its Content-Encoding.

    Raises PackedError where that cannot be, or would be more than `limit` bytes.
    """
    if "gzip" in said.lower() or data.startswith(GZIP):
        return _gzip(data, limit)
    if "deflate" in said.lower():
        return _deflate(data, limit)
    if other := _OTHERS.search(said):
        raise PackedError(f"is sent compressed ({other[1].lower()}), which was not requested")
    return data


def _gzip(data: bytes, limit: int) -> bytes:
    """Unpack gzip, which may have several parts (RFC 1952, 2.2), none of them cut short."""
    found = b""
    while data.strip(b"\0"):  # some pad the end
        part, data = _one(data, zlib.MAX_WBITS | 16, limit - len(found))
        found += part
    return found


def _deflate(data: bytes, limit: int) -> bytes:
    """Unpack deflate: in zlib's frame as RFC 9110 wants it, or without as some send it."""
    framed = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return _one(data, zlib.MAX_WBITS if framed else -zlib.MAX_WBITS, limit)[0]


def _one(data: bytes, form: int, limit: int) -> tuple[bytes, bytes]:
    """Return what one part unpacks to, and what stands behind it."""
    unpacking = zlib.decompressobj(form)
    try:
        found = unpacking.decompress(data, limit + 1)
    except zlib.error:
        raise PackedError("is compressed, and damaged") from None
    if len(found) > limit:
        raise PackedError(f"is larger than {limit / 1e6:g} MB once it is unpacked")
    if not unpacking.eof:
        raise PackedError("is compressed, and cut short")
    return found, unpacking.unused_data
