"""Reads a stream whole, up to a limit, whatever length it claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1 << 16


def read_bounded(read: Callable[[int], bytes], limit: int) -> bytes:
    """Return all bytes that `read` gives. Raises ValueError if they exceed `limit`."""
    data = bytearray()
    while chunk := read(CHUNK):
        data += chunk
        if len(data) > limit:
            raise ValueError(f"more than {limit} bytes")
    return bytes(data)
