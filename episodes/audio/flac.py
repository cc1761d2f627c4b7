"""Counts the samples of a FLAC file, because its header may be wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TAIL = 1 << 18  # bytes within which the last frame begins
_SIZES = {1: 192, **{code: 576 << (code - 2) for code in range(2, 6)},
          **{code: 256 << (code - 8) for code in range(8, 16)}}  # fmt: skip


def last_sample(path: Path) -> int:
    """Return the number of samples up to the last frame; 0 if none is found."""
    with path.open("rb") as file:
        data = file.read(64 + 4096)
        at = data.find(b"fLaC")
        smallest = int.from_bytes(data[at + 8 : at + 10], "big") if at >= 0 else 0
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - _TAIL))
        tail = file.read()
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if samples := _end(tail[at : at + 16], smallest):
            return samples
    return 0


def _end(head: bytes, smallest: int) -> int:
    """Return the number of the sample after the frame that begins with `head`, or 0."""
    if len(head) < 16 or head[1] & 0xFE != 0xF8 or head[3] & 1:
        return 0
    number, length = _number(head[4:])
    at, size, rate = 4 + length, head[2] >> 4, head[2] & 15
    block = _SIZES.get(size, 0)
    if size in {6, 7}:
        block = int.from_bytes(head[at : at + size - 5], "big") + 1
        at += size - 5
    at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if not length or not block or at >= 16 or _crc(head[:at]) != head[at]:
        return 0
    return (number if head[1] & 1 else number * smallest) + block


def _number(data: bytes) -> tuple[int, int]:
    """Parse a number in the coding of UTF-8: (number, its bytes, 0 if invalid)."""
    first = data[0]
    if first < 0x80:
        return first, 1
    ones = 8 - (first ^ 0xFF).bit_length()
    if not 2 <= ones <= 7:
        return 0, 0
    value = first & (0x7F >> ones)
    for each in data[1:ones]:
        if each & 0xC0 != 0x80:
            return 0, 0
        value = value << 6 | each & 0x3F
    return value, ones


def _crc(data: bytes) -> int:
    value = 0
    for each in data:
        value ^= each
        for _ in range(8):
            value = (value << 1 ^ 0x07 if value & 0x80 else value << 1) & 0xFF
    return value
