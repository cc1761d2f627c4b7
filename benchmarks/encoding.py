"""Measures P6: levelling and encoding, against the ffmpeg program on one file after another."""

from __future__ import annotations

import re
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING

import recordings
import shows
from table import Row, compare
from timing import Run, command, exponent, remove, rounds
from workspace import EARMARK

from episodes.audio.ffmpeg import program
from episodes.audio.loudness import EXACT, LAME_LOSS, PEAK, TARGETS

if TYPE_CHECKING:
    from pathlib import Path

    from workspace import Workspace

FILES = 8
MINUTES = 10.0
_SHAPE = "aformat=sample_rates=44100:channel_layouts=mono"


def encode(space: Workspace) -> list[Row]:
    """Measure P6: eight recordings of 10 minutes of speech, and eight of one minute."""
    minutes = MINUTES / 10 if space.quick else MINUTES
    short, long = (_make(space, length) for length in (minutes / 10, minutes))
    target = space.folder / "encoded.mp3"
    [less] = rounds(_build(short), times=min(3, space.times))
    took, alone = rounds(_build(long), Run(partial(_all, long, target)), times=space.times)
    remove(short, long, target)
    size, against = f"{FILES} x {minutes:g} min WAV", "ffmpeg, in turn"
    growth = exponent(less, took)
    return [compare("P6", "level and encode", size, against, (took, alone), 0.6, 0.52, growth)]


def _make(space: Workspace, minutes: float) -> Path:
    folder = space.folder / f"speech-{minutes}"
    speech = partial(recordings.speech, space.folder, minutes=minutes)
    return shows.make(folder, FILES, speech, suffix=".wav", seconds=minutes * 60)


def _build(show: Path) -> Run:
    made = (show / "public", show / ".earmark", show / "earmark.lock")
    return Run(command(EARMARK, "build", show), partial(remove, *made))


def _all(show: Path, target: Path) -> float:
    began = time.perf_counter()
    for path in sorted(show.glob("episodes/*/recording.wav")):
        _alone(path, target)
    return time.perf_counter() - began


def _alone(path: Path, target: Path) -> None:
    """Measure, encode and measure, as Earmark does; repeat if the loudness is off."""
    integrated, peak = _measure(path)
    gain = TARGETS["mono"] - integrated + LAME_LOSS
    for _ in range(2):
        chain = [_SHAPE, f"volume={gain:.2f}dB:precision=float"]
        if peak + gain > PEAK - 1:
            chain += ["aresample=176400", "alimiter=limit=0.7943:level=false", "aresample=44100"]
        levelled: list[str | Path] = ["-i", path, "-af", ",".join(chain)]
        _ffmpeg("-y", *levelled, "-c:a", "libmp3lame", "-b:a", "96k", target)
        miss = TARGETS["mono"] - _measure(target)[0]
        if abs(miss) <= EXACT:
            break
        gain += miss


def _measure(path: Path) -> tuple[float, float]:
    scan = f"{_SHAPE},ebur128=peak=true:framelog=verbose"
    said = _ffmpeg("-i", path, "-af", scan, "-f", "null", "-")
    summary = said[said.rfind("Summary:") :]
    found = [re.search(rf"{key}:\s+(-?[\d.]+)", summary) for key in ("I", "Peak")]
    integrated, peak = (float(each[1]) if each else -99.0 for each in found)
    return integrated, peak


def _ffmpeg(*arguments: str | Path) -> str:
    call = [program(), "-hide_banner", "-nostdin", "-nostats", *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=True).stderr
