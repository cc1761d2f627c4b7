"""Recordings: how loud they are, and how they become MP3 and Opus. The only door to ffmpeg.

Loudness is EBU R128 with the targets that Apple and Spotify give: -16 LUFS in stereo, -19 in mono,
true peak at most -1 dBTP. One plain gain, never dynamic normalisation, which would change speech.
"""

from __future__ import annotations

import contextlib
import math
import re
import shutil
import subprocess
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from episodes import chapters
from episodes.findings import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from episodes.chapters import Row
    from episodes.production import Recording

TARGETS = {"mono": -19.0, "stereo": -16.0}  # LUFS
PEAK = -1.0  # dBTP that a published file may reach
CLOSE = 1.0  # LU around the target within which a finished recording is left alone
EXACT = 0.3  # LU around the target that an encoding must reach
SILENT = -69.0  # LUFS below which nothing was recorded
LAME_LOSS = 0.45  # dB that LAME takes off at these rates: encodes are this much quieter (measured)
_LIMIT = 10 ** ((PEAK - 1.0) / 20)  # the limiter leaves 1 dB for what the encoder adds


class Form(NamedTuple):
    """What a recording is encoded to.

    `loss` is by how many dB the encoder makes it quieter, `rate` the sample rate in Hz.
    """

    channels: str
    rate: int
    loss: float
    options: tuple[str, ...]


def mp3(wanted: Recording) -> Form:
    """Return the form that `recordings` asks for."""
    options = ("-c:a", "libmp3lame", "-b:a", f"{wanted.bitrate}k", "-id3v2_version", "0",
               "-write_id3v1", "0", "-f", "mp3")  # fmt: skip
    return Form(wanted.channels, 44_100, LAME_LOSS, options)


# 24 kbit/s: from 21 on Opus keeps the whole band of a voice (docs/decisions/0021).
OPUS = Form("mono", 48_000, 0.0, ("-c:a", "libopus", "-b:a", "24k", "-f", "opus"))


class FfmpegError(EarmarkError):
    """The ffmpeg program refused a recording; says what it said."""


class CancelledError(EarmarkError):
    """Somebody pressed Ctrl-C while the program ran."""


class Loudness(NamedTuple):
    """`integrated` in LUFS, `peak` in dBTP, and the `seconds` that could be decoded."""

    integrated: float
    peak: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.integrated:.1f} LUFS, peak {self.peak:.1f} dBTP"


@cache
def program() -> str:
    """Return the ffmpeg program: the one on PATH, else the one that imageio-ffmpeg carries."""
    if found := shutil.which("ffmpeg"):
        return found
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def encoder(library: str = "libmp3lame") -> str:
    """Return which encoder this is: two versions give different bytes for one recording."""
    said = subprocess.run([program(), "-version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\S+)", said.stdout)
    return f"ffmpeg {found[1] if found else 'unknown'} {library}"


_running: set[subprocess.Popen[str]] = set()
_lock = threading.Lock()
_cancelled = threading.Event()


def cancel() -> None:
    """End every program that runs, and let none start: Ctrl-C."""
    _cancelled.set()
    with _lock:
        for process in _running:
            process.kill()


def resume() -> None:
    """Let programs start again, after an earlier `cancel`."""
    _cancelled.clear()


def _run(arguments: list[str], progress: Callable[[float], None] | None) -> str:
    """Run ffmpeg and return what it said; raises FfmpegError with its last words."""
    if _cancelled.is_set():
        raise CancelledError
    command = [program(), "-hide_banner", "-nostdin", "-nostats", "-progress", "pipe:1", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    reader.start()
    with _lock:
        _running.add(process)
    try:
        for line in process.stdout or ():
            if progress and line.startswith("out_time_us=") and line[12:].strip().isdecimal():
                progress(int(line[12:]) / 1e6)
        code = process.wait()
        reader.join()
    finally:
        with _lock:
            _running.discard(process)
        process.kill()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    if _cancelled.is_set():
        raise CancelledError
    text = "".join(said)
    if code:
        raise FfmpegError(_last_words(text))
    return text


def _last_words(text: str) -> str:
    """Return the sentence of ffmpeg's output that says what went wrong, without addresses."""
    lines = [re.sub(r"\[[^][]*@ 0x[0-9a-f]+\]\s*", "", line).strip() for line in text.splitlines()]
    telling = [line for line in lines if re.search(r"(?i)invalid|error|no such|fail|space", line)]
    return (telling or [line for line in lines if line] or ["it gave no reason"])[-1][:160]


def _shape(channels: str, rate: int = 44_100) -> str:
    return f"aformat=sample_rates={rate}:channel_layouts={channels}"


def measure(path: Path, channels: str, progress: Callable[[float], None] | None = None) -> Loudness:
    """Decode the whole recording as it will be heard, and measure it.

    Raises FfmpegError where there is nothing to decode.
    """
    scan = f"{_shape(channels)},ebur128=peak=true:framelog=verbose"
    arguments = ["-threads", "1", "-i", str(path), "-map", "0:a:0", "-af", scan, "-f", "null", "-"]
    last = 0.0

    def note(seconds: float) -> None:
        nonlocal last
        last = max(last, seconds)
        if progress:
            progress(seconds)

    said = _run(arguments, note)
    summary = said[said.rfind("Summary:") :]
    integrated = re.search(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", summary)
    if not integrated or not peak:
        raise FfmpegError("no sound could be decoded")
    return Loudness(_number(integrated[1]), _number(peak[1]), last)


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else -99.0


def fits(loudness: Loudness, channels: int) -> bool:
    """Say whether a finished recording can stay as it is: encoding again would cost more."""
    target = TARGETS["mono" if channels == 1 else "stereo"]
    return abs(loudness.integrated - target) <= CLOSE and loudness.peak <= 0.0


def encode(
    source: Path,
    target: Path,
    form: Form,
    before: Loudness | None,
    progress: Callable[[float], None] | None = None,
) -> Loudness:
    """Encode at the loudness of its channels and return what came of it.

    `before` is measured in these channels; None leaves the loudness as it is. Encodes a second time
    where the first is further from the target than EXACT. Raises FfmpegError; `target` is then
    gone.
    """
    gain = TARGETS[form.channels] - before.integrated + form.loss if before else 0.0
    try:
        for _ in range(2):
            _encode(source, target, form, gain, before.peak if before else PEAK - 1.0, progress)
            after = measure(target, form.channels, progress)
            miss = TARGETS[form.channels] - after.integrated
            if not before or abs(miss) <= EXACT:
                break
            gain += miss
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise
    return after


def _encode(  # noqa: PLR0913 - the arguments of one program
    source: Path,
    target: Path,
    form: Form,
    gain: float,
    peak: float,
    progress: Callable[[float], None] | None,
) -> None:
    chain = [_shape(form.channels, form.rate), f"volume={gain:.2f}dB:precision=float"]
    if peak + gain > PEAK - 1.0:  # only then: a limiter that has nothing to do still costs time
        limiter = f"alimiter=limit={_LIMIT:.4f}:level=false:attack=5:release=80:latency=true"
        chain += [f"aresample={4 * form.rate}", limiter, f"aresample={form.rate}"]
    _run(
        [
            "-y", "-threads", "1", "-i", str(source), "-map", "0:a:0", "-af", ",".join(chain),
            "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact",
            "-flags:a", "+bitexact", *form.options, str(target),
        ],
        progress,
    )  # fmt: skip


def copy_mp4(source: Path, target: Path, chapters: str) -> str:
    """Copy the AAC of an M4A to a new file with `chapters` (ffmetadata) and the index first.

    Returns the SHA-256 of its packets, which is compared with that of the source. Raises
    FfmpegError.
    """
    listed = target.with_suffix(".ffmeta")
    listed.write_text(chapters, encoding="utf-8")
    try:
        _run(
            [
                "-y", "-i", str(source), "-f", "ffmetadata", "-i", str(listed), "-map", "0:a:0",
                "-map_metadata:g", "-1", "-map_metadata:s", "-1", "-map_chapters", "1",
                "-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact",
                "-f", "ipod", str(target),
            ],
            None,
        )  # fmt: skip
    finally:
        listed.unlink(missing_ok=True)
    digest = packets(target)
    if digest != packets(source):
        raise FfmpegError("the copy differs from the recording")
    return digest


def packets(path: Path) -> str:
    """Return the SHA-256 of the audio packets alone: the media version of an M4A."""
    command = [program(), "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-c", "copy"]
    command += ["-f", "hash", "-hash", "sha256", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"SHA256=([0-9a-f]{64})", said.stdout)
    if not found:
        raise FfmpegError(_last_words(said.stderr))
    return found[1]


def read_chapters(path: Path) -> tuple[Row, ...]:
    """Return the chapters of an M4A, `chpl` or QuickTime; none where the program finds none."""
    command = [program(), "-v", "error", "-nostdin", "-i", str(path), "-f", "ffmetadata", "-"]
    said = subprocess.run(command, capture_output=True, check=False)
    return chapters.parse_ffmetadata(said.stdout.decode(errors="replace"))
