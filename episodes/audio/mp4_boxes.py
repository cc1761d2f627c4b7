"""Reads the boxes of an MP4: the length of its sound, and what an edit list hides.

Phones trim a recording with an edit list, and leave the removed parts in the file.
"""

from __future__ import annotations

import os
import struct
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIMING = 0.15  # seconds that an encoder puts in front or behind, and an edit list takes away
_MOST = 50_000  # boxes that are looked at
_FAR = 1 << 42  # where no recording reaches, and every file system still does
_LARGEST = 1 << 26  # bytes of one table that are read


class Movie(NamedTuple):
    """What the boxes say of the first audio track.

    `seconds` is 0 if it must be decoded; `hides` is whether an edit list removes a part or adds a
    gap; `tracks` is the number of audio tracks.
    """

    seconds: float
    hides: bool
    tracks: int


class _Box(NamedTuple):
    name: bytes
    start: int
    end: int


class _Track(NamedTuple):
    seconds: float
    edits: list[tuple[float, float]]  # (start, length) in seconds; a start below 0 is a gap


def read(path: Path) -> Movie:
    """Read the boxes of a file; boxes that cannot be parsed are ignored. Raises OSError."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        try:
            return _movie(file, end)
        except (struct.error, ZeroDivisionError, LookupError, StopIteration):
            return Movie(0.0, hides=True, tracks=1)


def _movie(file: IO[bytes], end: int) -> Movie:
    boxes = list(_boxes(file, 0, end))
    movie = next((box for box in boxes if box.name == b"moov"), None)
    if movie is None:
        return Movie(0.0, hides=True, tracks=1)
    inner = list(_boxes(file, movie.start, movie.end))
    scale = _scale(file, next(box for box in inner if box.name == b"mvhd"))
    traks = [box for box in inner if box.name == b"trak"]
    tracks = [track for box in traks if (track := _track(file, box, scale))]
    fragmented = any(box.name == b"mvex" for box in inner) or any(b.name == b"moof" for b in boxes)
    if not tracks:
        return Movie(0.0, hides=True, tracks=0)
    first = tracks[0]
    hides = bool(first.edits) and not _harmless(first, fragmented=fragmented)
    seconds = 0.0 if hides or fragmented else first.seconds
    return Movie(seconds, hides, len(tracks))


def _harmless(track: _Track, *, fragmented: bool) -> bool:
    if len(track.edits) > 1:
        return False
    start, length = track.edits[0]
    whole = fragmented or length == 0 or start + length >= track.seconds - PRIMING
    return 0 <= start <= PRIMING and whole


def _track(file: IO[bytes], trak: _Box, scale: int) -> _Track | None:
    inner = {box.name: box for box in _boxes(file, trak.start, trak.end)}
    media = {box.name: box for box in _boxes(file, *inner[b"mdia"][1:])} if b"mdia" in inner else {}
    if b"hdlr" not in media or _bytes(file, media[b"hdlr"].start + 8, 4) != b"soun":
        return None
    ticks = _scale(file, media[b"mdhd"])
    edits: list[tuple[float, float]] = []
    if b"edts" in inner:
        lists = [box for box in _boxes(file, *inner[b"edts"][1:]) if box.name == b"elst"]
        edits = [each for box in lists for each in _edits(file, box, scale, ticks)]
    return _Track(_samples(file, media[b"minf"]) / ticks, edits)


def _samples(file: IO[bytes], minf: _Box) -> int:
    """Return the length of all samples in ticks; the header may differ."""
    tables = next(box for box in _boxes(file, minf.start, minf.end) if box.name == b"stbl")
    times = next(box for box in _boxes(file, tables.start, tables.end) if box.name == b"stts")
    data = _bytes(file, times.start, min(times.end - times.start, _LARGEST))
    number = min(struct.unpack(">I", data[4:8])[0], (len(data) - 8) // 8)
    rows = struct.iter_unpack(">II", data[8 : 8 + 8 * number])
    return sum(count * length for count, length in rows)


def _edits(file: IO[bytes], box: _Box, scale: int, ticks: int) -> Iterator[tuple[float, float]]:
    data = _bytes(file, box.start, min(box.end - box.start, _LARGEST))
    form = ">Qq4x" if data[0] == 1 else ">Ii4x"
    number, size = struct.unpack(">I", data[4:8])[0], struct.calcsize(form)
    number = min(number, (len(data) - 8) // size, 1_000)
    for length, start in struct.iter_unpack(form, data[8 : 8 + number * size]):
        yield start / ticks if start >= 0 else -1.0, length / scale


def _scale(file: IO[bytes], box: _Box) -> int:
    data = _bytes(file, box.start, 32)
    at = 20 if data[0] == 1 else 12
    return int(struct.unpack(">I", data[at : at + 4])[0])


def _boxes(file: IO[bytes], at: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST):
        head = _bytes(file, at, 16)
        if at + 8 > end or len(head) < 8:
            return
        size, begin = struct.unpack(">I", head[:4])[0], at + 8
        if size == 1 and len(head) == 16:
            size, begin = struct.unpack(">Q", head[8:])[0], at + 16
        stop = end if size == 0 else at + size
        if stop < begin or stop > end:
            stop = end
        yield _Box(head[4:8], begin, stop)
        at = stop


def _bytes(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(min(at, _FAR))
    return file.read(length)
