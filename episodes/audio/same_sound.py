"""Compares the sound of an encoding with the sound of its recording.

It compares the level and the zero crossings of each second: a constant gain and an encoder change
neither, and another talk has different ones.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from episodes.audio import ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

_SIDES = ("c0=.5*c0+.5*c1", "c0=c0")  # of sides that cancel each other, the left is published
_QUIET = 40.0  # dB below the loudest second: what is quieter may be noise of the encoder
_LOUDER = 3.0  # dB by which a second may be louder than the gain says
_HIGHER = 0.15  # of its crossings by which it may have more
_MOST = 0.75  # of the seconds that have to be the same: a limiter changes some
_LENGTH = 3  # seconds by which they may differ
Row = tuple[float, float]  # how loud a second is, in dB, and its crossings per sample


def has_same_sound(recording: Path, encoded_file: Path) -> bool:
    """Return whether `made` has the sound of a recording. Raises FfmpegError."""
    encoded = _rows(encoded_file, _SIDES[0])
    return any(_alike(_rows(recording, side), encoded) for side in _SIDES)


def _rows(path: Path, side: str) -> list[Row]:
    """Return the level and the zero crossings of each second."""
    chain = (
        f"aformat=channel_layouts=stereo,pan=mono|{side},aformat=sample_fmts=flt:sample_rates=8000"
    )
    feed = [
        "-threads",
        "1",
        *ffmpeg.input_arguments(path),
        "-map",
        "0:a:0",
        "-af",
        chain,
        "-f",
        "f32le",
    ]
    inlet = ["-f", "f32le", "-ar", "8000", "-ac", "1", *ffmpeg.open_arguments("pipe:0")]
    scan = (
        "highpass=f=100,asetnsamples=n=8000:p=0,"
        "astats=metadata=1:reset=1:measure_overall=none:"
        "measure_perchannel=RMS_level+Zero_crossings_rate,ametadata=mode=print:file=-"
    )
    output = ffmpeg.run(
        [*inlet, "-af", scan, "-f", "null", "-"], path.stat().st_size, None, [*feed, "pipe:1"]
    )
    levels: dict[str, list[float]] = {"RMS_level": [], "Zero_crossings_rate": []}
    for line in output.lines:
        name, _, number = line.strip().removeprefix("lavfi.astats.1.").partition("=")
        if name in levels:
            levels[name].append(float(number))
    return list(zip(*levels.values(), strict=True))


def _alike(one: list[Row], two: list[Row]) -> bool:
    """Return whether most seconds differ only by one gain; True for silence."""
    if abs(len(one) - len(two)) > _LENGTH:
        return False
    audible = max((loud for loud, _ in one), default=-_QUIET) - _QUIET
    pairs = [(a, b) for a, b in zip(one, two, strict=False) if a[0] > audible]
    if not pairs:
        return True
    gain = median(b[0] - a[0] for a, b in pairs)
    same = [
        abs(b[0] - a[0] - gain) < _LOUDER and abs(b[1] - a[1]) <= _HIGHER * max(a[1], b[1])
        for a, b in pairs
    ]
    return sum(same) >= _MOST * len(same)
