"""Encodes a recording to MP3 or Opus at its target loudness, with ffmpeg.

By one constant gain: dynamic normalisation would change speech.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, NamedTuple

from episodes.audio import measurement
from episodes.audio.ffmpeg import FfmpegError, input_arguments, run
from episodes.audio.loudness import EXACT, LAME_LOSS, PEAK, TARGETS, Loudness
from episodes.audio.measurement import LEFT_ONLY, decode_stream, shape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from episodes.frontmatter.production import RecordingSettings

_TRIES = 5  # attempts to reach the target loudness
_ROUNDED = 0.05  # LU: ffmpeg prints one digit
_SLACK = 0.3  # seconds by which an encoding may differ from what was decoded of the recording
_DRIFT = 0.0005  # share of the length by which it may differ too
_ROOM = 1.0  # dB that the limiter leaves for what the encoder adds


class MissedError(FfmpegError):
    """An encoding missed its loudness, peak or length in every attempt."""


class Form(NamedTuple):
    """The format of an encoding.

    `loss` is by how many dB the encoder makes it quieter, `rate` the sample rate in Hz.
    """

    channels: str
    rate: int
    loss: float
    options: tuple[str, ...]


def mp3(settings: RecordingSettings) -> Form:
    """Return the format that the settings ask for."""
    options = ("-c:a", "libmp3lame", "-b:a", f"{settings.bitrate}k", "-id3v2_version", "0",
               "-write_id3v1", "0", "-f", "mp3")  # fmt: skip
    return Form(settings.channels, 44_100, LAME_LOSS, options)


# 24 kbit/s: from 21 on Opus keeps the whole band of a voice (docs/decisions/0021).
OPUS = Form("mono", 48_000, 0.0, ("-c:a", "libopus", "-b:a", "24k", "-f", "opus"))


class EncodingPlan(NamedTuple):
    """How to encode a recording: `gain` in dB, the peak `ceiling` in dBTP, 0 for none.

    `left` takes the left channel alone; `parts` is whether its format changes midway.
    """

    gain: float
    ceiling: float
    left: bool
    parts: bool


def write_wav(path: Path, target: Path) -> Path:
    """Write the sound of a recording as a WAV for speech recognition: 16 kHz, mono."""
    wav = ["-map", "0:a:0", "-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le", "-f", "wav"]
    run(["-y", *input_arguments(path), *wav, f"file:{target}"], path.stat().st_size)
    return target


def encode(  # noqa: PLR0913 - the arguments of one program
    source: Path,
    target: Path,
    form: Form,
    before: Loudness,
    progress: Callable[[float], None] | None = None,
    *,
    level: bool = True,
) -> Loudness:
    """Encode at the target loudness, and return the measured loudness.

    `before` is measured in the same channels; without `level` its loudness stays. Encodes again
    until the result is right. Raises FfmpegError, and MissedError after the last attempt; `target`
    is then deleted.
    """
    goal = TARGETS[form.channels] if level else before.integrated
    gain, ceiling = goal - before.integrated + form.loss, PEAK - _ROOM
    wrong, tried = "", (math.nan, math.nan)
    try:
        for number in range(_TRIES):
            limited = before.peak + gain > PEAK - _ROOM
            plan = EncodingPlan(
                gain, ceiling if limited else 0.0, before.opposite, before.parts > 1
            )
            _encode(source, target, form, plan, progress)
            after = measurement.measure_loudness(target, form.channels, progress)
            wrong = describe_miss(after, before.seconds, goal)
            if not wrong and (number or abs(after.integrated - goal) <= EXACT):
                return after
            slope = _slope(tried, (gain, after.integrated))
            tried = (gain, after.integrated)
            gain += (goal - after.integrated) / slope
            ceiling -= max(0.0, after.peak - PEAK) * 1.5
    except BaseException:
        _remove(target)
        raise
    _remove(target)
    raise MissedError(wrong)


def _slope(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return the gain in loudness per dB of gain, which a limiter lowers."""
    gain, louder = two[0] - one[0], two[1] - one[1]
    return min(1.0, max(0.2, louder / gain)) if gain and math.isfinite(gain) else 1.0


def _remove(target: Path) -> None:
    with contextlib.suppress(OSError):
        target.unlink(missing_ok=True)


def describe_miss(after: Loudness, seconds: float, goal: float) -> str:
    """Return what is wrong with a measured encoding; "" if nothing is."""
    if abs(after.integrated - goal) > EXACT + _ROUNDED:
        return f"it comes out at {after.integrated:.1f} LUFS, not {goal:.1f}"
    if after.peak > PEAK:
        return f"its peak comes out at {after.peak:.1f} dBTP, above {PEAK:.1f}"
    if abs(after.seconds - seconds) > _SLACK + seconds * _DRIFT:
        return f"it comes out {after.seconds:.1f} seconds long, not {seconds:.1f}"
    return ""


def _encode(
    source: Path,
    target: Path,
    form: Form,
    plan: EncodingPlan,
    progress: Callable[[float], None] | None,
) -> None:
    left = f"{LEFT_ONLY}," if plan.left else ""
    chain = [f"{left}{shape(form.channels, form.rate)}", "asetpts=N/SR/TB"]
    chain.append(f"volume={plan.gain:.2f}dB:precision=float")
    if plan.ceiling:  # only if needed: a limiter takes time even if it changes nothing
        limit = 10 ** (plan.ceiling / 20)
        limiter = f"alimiter=limit={limit:.4f}:level=false:attack=5:release=80:latency=true"
        chain += [f"aresample={4 * form.rate}", limiter, f"aresample={form.rate}"]
    opened, size, feed = input_arguments(source), source.stat().st_size, None
    if plan.parts:
        feed, opened = decode_stream(opened, form.channels, form.rate, left)
        chain = chain[1:]
    run(
        [
            "-y", "-threads", "1", *opened, "-map", "0:a:0", "-af", ",".join(chain),
            "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact",
            "-flags:a", "+bitexact", *form.options, f"file:{target}",
        ],
        size,
        progress,
        feed,
    )  # fmt: skip
