"""Makes test recordings: valid, all different, and made from one."""

from __future__ import annotations

import subprocess
from itertools import accumulate
from typing import TYPE_CHECKING

import shows
from shows import LENGTH, ROOT

from episodes.audio import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, MPEG 1
SPEECH = ROOT / "examples" / "starting-the-conversation" / "episodes"
SNIPPET = 12  # seconds
_BARE = ("-id3v2_version", "0", "-write_id3v1", "0")  # no tags


def _make(target: Path, *arguments: str) -> None:
    command = [ffmpeg.program(), "-v", "error", "-y", *arguments, str(target)]
    subprocess.run(command, check=True)


def _frames(data: bytes) -> list[bytes]:
    """Split an MP3 of 44.1 kHz without tags into its frames."""
    frames, at = [], 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        size = 144_000 * _RATES[data[at + 2] >> 4] // 44_100 + (data[at + 2] >> 1 & 1)
        frames.append(data[at : at + size])
        at += size
    return frames


def talks(cache: Path) -> Callable[[int], bytes]:
    """Return a function that makes an MP3 of 5 MB for a number: the same frames, rotated."""
    base = cache / "talk.mp3"
    if not base.is_file():
        noise = "anoisesrc=color=pink:duration=655:sample_rate=44100:seed=1,volume=0.3"
        options = ["-ac", "1", "-b:a", "64k", *_BARE]
        _make(base, "-f", "lavfi", "-i", noise, *options)
    head, *frames = _frames(base.read_bytes())  # the first one has their number
    body, starts = b"".join(frames), list(accumulate(map(len, frames), initial=0))

    def talk(number: int) -> bytes:
        turn = starts[number * 41 % len(frames)]
        return head + body[turn:] + body[:turn]

    return talk


def snippets(cache: Path) -> Callable[[int], bytes]:
    """Return a function that makes an MP3 of a few seconds for a number, at a constant rate."""
    base = cache / f"snippet-{SNIPPET}.mp3"
    if not base.is_file():
        noise = f"anoisesrc=color=pink:duration={SNIPPET}:sample_rate=44100:seed=1,volume=0.3"
        _make(base, "-f", "lavfi", "-i", noise, "-ac", "1", "-b:a", "32k", *_BARE)
    head, *frames = _frames(base.read_bytes())

    def snippet(number: int) -> bytes:
        turn = number % len(frames)
        moved = frames[turn:] + frames[:turn]
        first = number // len(frames) % len(frames)
        moved[0], moved[first] = moved[first], moved[0]
        return head + b"".join(moved)

    return snippet


def hurried(folder: Path, count: int, cache: Path) -> Path:
    """Make a show of small files whose episodes have as many words as ten minutes of speech."""
    pace = LENGTH / SNIPPET
    return shows.make(folder, count, snippets(cache), seconds=SNIPPET, pace=pace)


def speech(folder: Path, number: int, minutes: float) -> bytes:
    """Return a mono WAV of speech from the example, with another start for each number."""
    sources = sorted(SPEECH.glob("*/recording.*"))
    target = folder / "speech.wav"
    loop = ["-stream_loop", "-1", "-i", str(sources[number % len(sources)])]
    cut = f"atrim=start={number * 7},asetpts=PTS-STARTPTS,volume=-{2 + number % 5}dB"
    options = ["-af", cut, "-t", str(minutes * 60), "-ac", "1", "-ar", "44100"]
    _make(target, *loop, *options)
    data = target.read_bytes()
    target.unlink()
    return data
