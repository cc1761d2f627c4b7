"""Reads the headers of WAV, RF64, W64 and AIFF: the format and the number of samples.

Files written to a pipe, or by a recorder that lost power, have a length of zero, of all ones, or of
more than there is; then the size of the file counts.
"""

from __future__ import annotations

import os
import struct
from typing import IO, TYPE_CHECKING, NamedTuple

from episodes.audio import containers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNKNOWN = 0x7FFF_0000  # sizes from here on come from programs that did not know
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_STEADY = {_PCM, _FLOAT, 6, 7}  # codecs whose bytes tell the time: PCM, float, A-law and mu-law
_FAR = 1 << 42  # where no recording reaches, and every file system still does
_MOST = 10_000  # chunks that are read at most


class Samples(NamedTuple):
    """What a header says of the samples, compared with the size of the file.

    `seconds` is 0 if it must be decoded. `declared` is the length in the header of a file that was
    cut short, else 0. `wrong` is whether the sizes in the header cannot be used. `raw` is the
    ffmpeg name of the sample format, "" if ffmpeg must read the header.
    """

    channels: int
    rate: int
    seconds: float
    declared: float
    wrong: bool
    raw: str
    start: int


class _Chunk(NamedTuple):
    name: bytes
    start: int
    size: int


def read(path: Path, kind: str) -> Samples | None:
    """Read the header of a file of this kind; None if it has none. Raises OSError."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        readers = {"wav": _wave, "w64": _w64, "aiff": _aiff}
        try:
            return readers[kind](file, end) if kind in readers else None
        except struct.error:
            return None  # it ends within its header


def _wave(file: IO[bytes], end: int) -> Samples | None:
    at = max(_find(file, b"RIFF"), _find(file, b"RF64"), _find(file, b"BW64"))
    long, form = None, b""
    for chunk in _chunks(file, at + 12, end, "<"):
        if chunk.name == b"ds64":
            long = struct.unpack("<Q", _bytes(file, chunk.start + 8, 8))[0]
        elif chunk.name == b"fmt ":
            form = _bytes(file, chunk.start, min(chunk.size, 40))
        elif chunk.name == b"data" and len(form) >= 16:
            size = long if long is not None and chunk.size == 0xFFFF_FFFF else chunk.size
            data = _Chunk(b"data", chunk.start, size)
            return _counted(form, data, end, follows=_follows(file, data, end))
    return None


def _w64(file: IO[bytes], end: int) -> Samples | None:
    at, form = 40, b""
    for _ in range(_MOST):
        head = _bytes(file, at, 24)
        if len(head) < 24:
            return None
        size = struct.unpack("<Q", head[16:])[0] - 24
        if head[:4] == b"fmt ":
            form = _bytes(file, at + 24, min(max(size, 0), 40))
        if head[:4] == b"data" and len(form) >= 16:
            data = _Chunk(b"data", at + 24, max(size, 0))
            return _counted(form, data, end, follows=True)
        if size < 0:
            return None
        at += (size + 24 + 7) // 8 * 8
    return None


def _counted(form: bytes, data: _Chunk, end: int, *, follows: bool) -> Samples:
    codec, channels, rate, speed, block, bits = struct.unpack("<HHIIHH", form[:16])
    if codec == _EXTENSIBLE and len(form) >= 26:
        codec = struct.unpack("<H", form[24:26])[0]
    if codec in {_PCM, _FLOAT}:
        speed = rate * block
    sound = "f" if codec == _FLOAT else "u" if bits == 8 else "s"
    raw = f"{sound}{bits}{'' if bits == 8 else 'le'}" if codec in {_PCM, _FLOAT} else ""
    speed = speed if codec in _STEADY else 0
    return _against(channels, rate, speed, data, end, raw, follows=follows)


def _against(  # noqa: PLR0913 - what stands in a head
    channels: int, rate: int, speed: int, data: _Chunk, end: int, raw: str, *, follows: bool
) -> Samples:
    there = max(0, end - data.start)
    more = there - data.size > max(speed, 1) and not follows  # a second or more: no tag is so long
    unknown = not data.size or more or _UNKNOWN <= data.size > there
    wrong = data.size > there or (unknown and data.size != there)
    size = there if wrong else data.size
    declared = data.size if data.size > there and not unknown else 0
    speed = max(speed, 0)
    return Samples(
        channels=channels,
        rate=rate,
        seconds=size / speed if speed else 0.0,
        declared=declared / speed if speed else 0.0,
        wrong=wrong,
        raw=raw,
        start=data.start,
    )


def _follows(file: IO[bytes], data: _Chunk, end: int) -> bool:
    """Return whether the data after the samples can be a chunk, and not more samples."""
    behind = data.start + data.size + data.size % 2
    if end - behind < 8:
        return True
    head = _bytes(file, behind, 8)
    size = struct.unpack("<I", head[4:])[0]
    return all(32 <= each < 127 for each in head[:4]) and behind + 8 + size <= end + 1


def _aiff(file: IO[bytes], end: int) -> Samples | None:
    at, form = _find(file, b"FORM"), b""
    for chunk in _chunks(file, at + 12, end, ">"):
        if chunk.name == b"COMM":
            form = _bytes(file, chunk.start, min(chunk.size, 22))
        elif chunk.name == b"SSND" and len(form) >= 18:
            skip = struct.unpack(">I", (_bytes(file, chunk.start, 4) + bytes(4))[:4])[0]
            start = chunk.start + 8 + (skip if skip < end else 0)
            size = max(0, chunk.size - 8)
            return _aiff_samples(form, _Chunk(b"SSND", start, size), end)
    return None


def _aiff_samples(form: bytes, data: _Chunk, end: int) -> Samples:
    channels, _, bits = struct.unpack(">HIH", form[:8])
    rate = _extended(form[8:18])
    codec = form[18:22] or b"NONE"
    width = (bits + 7) // 8
    raws = {b"NONE": f"s{8 * width}be", b"twos": f"s{8 * width}be", b"sowt": f"s{8 * width}le",
            b"fl32": "f32be", b"FL32": "f32be", b"fl64": "f64be", b"FL64": "f64be",
            b"alaw": "alaw", b"ulaw": "mulaw", b"ALAW": "alaw", b"ULAW": "mulaw"}  # fmt: skip
    raw = raws.get(codec, "")
    width = {"f32be": 4, "f64be": 8, "alaw": 1, "mulaw": 1}.get(raw, width)
    raw = "s8" if raw in {"s8be", "s8le"} else raw
    speed = rate * channels * width if raw else 0
    return _against(channels, rate, speed, data, end, raw, follows=True)


def _extended(data: bytes) -> int:
    """Parse a sample rate in 80-bit floating point."""
    exponent = struct.unpack(">H", data[:2])[0] & 0x7FFF
    mantissa = int.from_bytes(data[2:10], "big")
    shift = 16383 + 63 - exponent
    return mantissa >> shift if 0 <= shift < 64 else 0


def _chunks(file: IO[bytes], at: int, end: int, order: str) -> Iterator[_Chunk]:
    for _ in range(_MOST):
        head = _bytes(file, at, 8)
        if len(head) < 8 or at > end:
            return
        size = struct.unpack(f"{order}I", head[4:])[0]
        yield _Chunk(head[:4], at + 8, size)
        at += 8 + size + size % 2


def _find(file: IO[bytes], name: bytes) -> int:
    """Return where a form begins, after any ID3 tag."""
    at = containers.audio_start(file)
    return at if _bytes(file, at, 4) == name else -1


def _bytes(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(min(at, _FAR))
    return file.read(length)
