"""Computes coverage, the part of one recording that was heard, which only ever grows; pure.

A set of tenths of a second, as sorted runs that neither touch nor overlap. Union in any order and
any number of times gives the same set, so delay, doubles and devices cannot lose progress. Gaps of
at most `SEAM` are closed: a player that goes from one piece to the next leaves them, a listener
does not hear them. Closing them early or late gives the same (it is a closure: extensive, monotone,
idempotent).

Packed, a run is two numbers of seven bits a byte, each the distance from the one before, and two
bytes at the end notice damage. Measured against a bitmap of seconds, also compressed
(benchmarks/coverage_size.py): 6 bytes against 13 for a recording heard whole, 73 against 90 for one
heard in twenty pieces; only beyond fifty pieces is the bitmap smaller.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TENTHS = 10  # in a second
MINUTE = 60 * TENTHS
SEAM = 3  # tenths that count as heard between two pieces
LONGEST = 24 * 3600 * TENTHS  # no recording is longer than a day

Run = tuple[int, int]
Coverage = tuple[Run, ...]

NOTHING: Coverage = ()


class DamagedError(EarmarkError):
    """Packed coverage that was not written by `pack`; `earmark web rebuild` derives it again."""


def union(*parts: Iterable[Run]) -> Coverage:
    """Return all that is in any of the parts; runs that are empty or impossible are left out."""
    runs = sorted(run for part in parts for run in part if 0 <= run[0] < run[1] <= LONGEST)
    merged: list[Run] = []
    for start, end in runs:
        if merged and start - merged[-1][1] <= SEAM:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def run(start: float, end: float) -> Run:
    """Return seconds as a run of tenths."""
    return round(start * TENTHS), round(end * TENTHS)


def within(coverage: Coverage, seconds: float) -> Coverage:
    """Return the part that lies within a recording of so many seconds."""
    last = round(seconds * TENTHS)
    return tuple((start, min(end, last)) for start, end in coverage if start < last)


def tenths(coverage: Coverage) -> int:
    """Return the length of the coverage in tenths of a second."""
    return sum(end - start for start, end in coverage)


def seconds(coverage: Coverage) -> float:
    """Return the length of the coverage in seconds."""
    return tenths(coverage) / TENTHS


def pack(coverage: Coverage) -> bytes:
    """Return coverage as the bytes that are stored."""
    packed, last = bytearray(), 0
    for start, end in coverage:
        packed += _number(start - last) + _number(end - start)
        last = end
    return bytes(packed + _check(packed))


def unpack(data: bytes) -> Coverage:
    """Read what `pack` wrote. Raises DamagedError."""
    # A damaged row may hold anything.
    packed, check = (data[:-2], data[-2:]) if isinstance(data, bytes) else (b"", b"")
    if not check or check != _check(packed):
        raise DamagedError("this coverage is damaged; run `earmark web rebuild`")
    numbers, at, runs = _numbers(packed), 0, []
    for gap in numbers:
        start = at + gap
        at = start + next(numbers)
        runs.append((start, at))
    return tuple(runs)


def readable(data: bytes) -> Coverage:
    """Return coverage, empty if it is damaged."""
    try:
        return unpack(data)
    except DamagedError:
        return NOTHING


def _check(packed: bytes | bytearray) -> bytes:
    return binascii.crc_hqx(bytes(packed), 0xEA12).to_bytes(2, "big")


def _number(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _numbers(packed: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield value
            value = shift = 0
