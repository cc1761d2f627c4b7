"""Defines the loudness of published recordings, and parses the loudness ffmpeg measured.

Loudness is EBU R128 with the targets that Apple and Spotify give: -16 LUFS in stereo, -19 in mono,
true peak at most -1 dBTP.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

TARGETS = {"mono": -19.0, "stereo": -16.0}  # LUFS
PEAK = -1.0  # dBTP that a published file may reach
CLOSE = 1.0  # LU around the target within which a finished recording is left alone
EXACT = 0.3  # LU around the target that an encoding must reach
SILENT = -69.0  # LUFS below which nothing was recorded
LAME_LOSS = 0.45  # dB that LAME takes off at these rates: encodes are this much quieter (measured)
OPPOSITE = 9.0  # LU by which stereo is louder than its mix to mono if the sides cancel each other
_AUDIBLE = -55.0  # LUFS below which it does not matter what the sides do
_LOPSIDED = 30.0  # dB by which one side is quieter than the other if nothing was recorded on it
_SUMMARY = re.compile(r"\[ebur128@(mono|stereo) @ \w+\] Summary:(.*?)(?=\n\[|\Z)", re.DOTALL)
_NUMBER = r"\s+(-?[\d.]+|-?inf|nan) "
_SIDE = re.compile(r"\[astats@sides @ \w+\] RMS level dB:\s+(-?[\d.]+|-?inf|nan)")


class Loudness(NamedTuple):
    """The measured loudness of a recording.

    `integrated` is in LUFS, `peak` in dBTP; `seconds` were decoded. `parts` is one more than the
    number of format changes. `gap` is by how many LU stereo is louder than its mix to mono, 0 if it
    was not measured. `empty` is the silent side of a stereo recording. `tracks` is the number of
    audio tracks.
    """

    integrated: float
    peak: float
    seconds: float
    parts: int = 1
    gap: float = 0.0
    empty: str = ""
    tracks: int = 1

    def __str__(self) -> str:
        return f"{self.integrated:.1f} LUFS, peak {self.peak:.1f} dBTP"

    @property
    def opposite(self) -> bool:
        """Whether left and right cancel each other out."""
        return self.gap > OPPOSITE


def parse_loudness(log: str, channels: str, seconds: float) -> Loudness | None:
    """Parse the log of `ebur128` and `astats`; None without values for these channels."""
    rows = {"mono": list[tuple[float, float]](), "stereo": list[tuple[float, float]]()}
    head, _, body = log.partition("Stream mapping:")
    for name, text in _SUMMARY.findall(body):
        integrated = re.search(rf"I:{_NUMBER}LUFS", text)
        peak = re.search(rf"Peak:{_NUMBER}dBFS", text)
        if integrated:
            rows[name].append((_number(integrated[1]), _number(peak[1]) if peak else -99.0))
    if not rows[channels]:
        return None
    pairs = zip(rows["mono"], rows["stereo"], strict=False)
    gaps = [stereo - mono for (mono, _), (stereo, _) in pairs if stereo > _AUDIBLE]
    left, right = ([_number(each) for each in _SIDE.findall(body)] + [0.0, 0.0])[:2]
    empty = "left" if left < right - _LOPSIDED else "right" if right < left - _LOPSIDED else ""
    return Loudness(
        *rows[channels][-1],
        seconds=seconds,
        parts=len(rows[channels]),
        gap=max(gaps, default=0.0),
        empty=empty,
        tracks=max(1, sum(_is_track(line) for line in head.splitlines())),
    )


def _is_track(line: str) -> bool:
    return line.lstrip().startswith("Stream #0:") and ": Audio: " in line


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else -99.0


def can_be_kept(loudness: Loudness, channels: int) -> bool:
    """Return whether a finished recording can stay as it is, without encoding it again."""
    target = TARGETS["mono" if channels == 1 else "stereo"]
    close = abs(loudness.integrated - target) <= CLOSE and loudness.peak <= 0.0
    return close and not loudness.opposite
