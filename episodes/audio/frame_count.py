"""Counts the frames of MP3 and raw AAC, and so the seconds that play."""

from __future__ import annotations

import os
from collections import Counter
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEAR = 1 << 20  # bytes within which the first frame has to begin
_STEP = 1 << 20
_MPEG_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s
_MPEG_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_LAYER_2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_HERTZ = (44_100, 48_000, 32_000)
_ADTS_HERTZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000,
               11_025, 8_000, 7_350)  # fmt: skip


class Frame(NamedTuple):
    """The header of an MP3 frame: `size` in bytes, `rate` in Hz, `bitrate` in bit/s."""

    layer: int
    rate: int
    channels: int
    bitrate: int
    size: int
    samples: int

    @property
    def format(self) -> tuple[int, int, int]:
        """The part that is the same in all frames of a recording."""
        return self.layer, self.rate, self.channels


class Info(NamedTuple):
    """What the first frame says of the others: their number and bytes; 0 if unknown.

    `constant` is whether all have the same bit rate.
    """

    frames: int
    size: int
    constant: bool


class Count(NamedTuple):
    """The result of counting frames.

    `whole` is False if there is other data between frames, or their format changes.
    """

    seconds: float
    frames: int
    whole: bool
    constant: bool


@lru_cache(maxsize=4096)  # a recording has few that differ
def parse_frame(head: bytes) -> Frame | None:
    """Parse the first four bytes of a frame of layer 2 or 3; None if it is not one."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    index, hertz = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer in {1, 4} or hertz == 3 or index in {0, 15}:
        return None
    rate = _HERTZ[hertz] >> (0, 0, 1, 0)[version] >> (2 if version == 0 else 0)
    table = _MPEG_2 if version != 3 else _MPEG_1 if layer == 3 else _LAYER_2
    bitrate = 1000 * table[index]
    samples = 576 if layer == 3 and version != 3 else 1152
    size = samples // 8 * bitrate // rate + (head[2] >> 1 & 1)
    return Frame(layer, rate, 1 if head[3] >> 6 == 3 else 2, bitrate, size, samples)


def first_frame(file: IO[bytes], at: int) -> Frame | None:
    """Return the first frame followed by another of its format; None if there is none near."""
    file.seek(at)
    data = file.read(_NEAR)
    start = data.find(b"\xff")
    while start >= 0:
        one = parse_frame(data[start : start + 4])
        two = parse_frame(data[start + one.size : start + one.size + 4]) if one else None
        if one and two and one.format[:2] == two.format[:2]:
            return one
        start = data.find(b"\xff", start + 1)
    return None


def read_info(file: IO[bytes], at: int) -> Info | None:
    """Read the Xing, Info or VBRI header of the frame at `at`; None if it has none."""
    file.seek(at)
    data = file.read(200)
    if data[36:40] == b"VBRI":
        return Info(int.from_bytes(data[50:54], "big"), int.from_bytes(data[46:50], "big"), False)
    for where in (36, 21, 13):
        name = data[where : where + 4]
        if name in {b"Xing", b"Info"}:
            flags = int.from_bytes(data[where + 4 : where + 8], "big")
            words = [int.from_bytes(data[i : i + 4], "big") for i in (where + 8, where + 12)]
            number = words.pop(0) if flags & 1 else 0
            return Info(number, words[0] if flags & 2 else 0, name == b"Info")
    return None


def second_frame(file: IO[bytes], at: int) -> Frame | None:
    """Return the frame after the one at `at`, which holds a header and no sound."""
    file.seek(at)
    first = parse_frame(file.read(4))
    file.seek(at + (first.size if first else 0))
    return parse_frame(file.read(4)) if first else None


def count_frames(file: IO[bytes], start: int, end: int) -> Count:
    """Count the MP3 frames from `start` to `end`, up to the first other data."""
    heads = Counter(_heads(file, start, end))
    every = [(one, number) for head, number in heads.items() if (one := parse_frame(head))]
    strange = any(any(head) for head in heads if not parse_frame(head))
    return Count(
        seconds=sum(number * one.samples / one.rate for one, number in every),
        frames=sum(number for _, number in every),
        whole=not strange and len({one.format for one, _ in every}) <= 1,
        constant=len({one.bitrate for one, _ in every}) <= 1,
    )


def end_of_frames(file: IO[bytes], start: int, end: int) -> int:
    """Return where the frames that begin at `start` end: at `end`, or at other data."""
    at = start
    for head in _heads(file, start, end):
        one = parse_frame(head)
        if one is None:
            return at
        at += one.size
    return end


def _heads(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """Yield the four bytes at each frame, and those of the first other data."""
    at, data, base = start, b"", start
    while at + 4 <= end:
        if at + 4 > base + len(data):
            base = at
            file.seek(at)
            data = file.read(min(_STEP, end - at))
            if len(data) < 4:
                return
        head = data[at - base : at - base + 4]
        yield head
        one = parse_frame(head)
        if one is None:
            return
        at += one.size


def parse_adts(head: bytes) -> tuple[int, int, int] | None:
    """Parse the header of a raw AAC frame: (bytes, samples, Hz); None if it is not one."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    hertz = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if hertz >= len(_ADTS_HERTZ) or size < 7:
        return None
    return size, 1024 * ((head[6] & 3) + 1), _ADTS_HERTZ[hertz]


def count_adts(file: IO[bytes], start: int) -> Count:
    """Count the frames of raw AAC from `start`, up to the first other data."""
    end = file.seek(0, os.SEEK_END)
    at, seconds, number = start, 0.0, 0
    file.seek(start)
    while at + 7 <= end:
        header = parse_adts(file.read(7))
        if header is None:
            return Count(seconds, number, whole=False, constant=False)
        at += header[0]
        file.seek(header[0] - 7, os.SEEK_CUR)
        seconds += header[1] / header[2]
        number += 1
    return Count(seconds, number, whole=True, constant=False)
