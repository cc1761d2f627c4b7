"""Decompresses a response, whether compression was requested or not: gzip and deflate, bounded."""

from __future__ import annotations

import re
import zlib

from episodes.errors import EarmarkError

GZIP = b"\x1f\x8b"
_OTHERS = re.compile(r"\b(br|zstd|compress|x-compress)\b", re.IGNORECASE)


class PackedError(EarmarkError):
    """A response cannot be decompressed; the text says why."""


def unpack(data: bytes, encoding: str, limit: int) -> bytes:
    """Return data decompressed; `encoding` is its Content-Encoding.

    Raises PackedError if it is damaged, or would be more than `limit` bytes.
    """
    if "gzip" in encoding.lower() or data.startswith(GZIP):
        return _gzip(data, limit)
    if "deflate" in encoding.lower():
        return _deflate(data, limit)
    if other := _OTHERS.search(encoding):
        raise PackedError(f"is sent compressed ({other[1].lower()}), which was not requested")
    return data


def _gzip(data: bytes, limit: int) -> bytes:
    """Decompress gzip, which may have several parts (RFC 1952, 2.2), all of them complete."""
    plain = b""
    while data.strip(b"\0"):  # some servers pad the end
        part, data = _part(data, zlib.MAX_WBITS | 16, limit - len(plain))
        plain += part
    return plain


def _deflate(data: bytes, limit: int) -> bytes:
    """Decompress deflate: in zlib's frame as RFC 9110 requires, or without as some send it."""
    framed = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return _part(data, zlib.MAX_WBITS if framed else -zlib.MAX_WBITS, limit)[0]


def _part(data: bytes, form: int, limit: int) -> tuple[bytes, bytes]:
    """Return one part decompressed, and the bytes after it."""
    decompressor = zlib.decompressobj(form)
    try:
        plain = decompressor.decompress(data, limit + 1)
    except zlib.error:
        raise PackedError("is compressed, and damaged") from None
    if len(plain) > limit:
        raise PackedError(f"is larger than {limit / 1e6:g} MB once it is unpacked")
    if not decompressor.eof:
        raise PackedError("is compressed, and cut short")
    return plain, decompressor.unused_data
