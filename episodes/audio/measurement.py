"""Measures the loudness and the length of a recording, by decoding all of it with ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.audio import loudness
from episodes.audio.ffmpeg import FfmpegError, input_arguments, open_arguments, run
from episodes.audio.loudness import SILENT, Loudness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_TRACKS = 8  # tracks of sound that are measured at most
# Takes the left side alone: ffmpeg's own mix would be silent if the sides cancel each other.
LEFT_ONLY = "aformat=channel_layouts=stereo,pan=mono|c0=c0"


def shape(channels: str, rate: int = 44_100) -> str:
    """Return the filter for `mono` or `stereo` at a sample rate in Hz."""
    return f"aformat=sample_rates={rate}:channel_layouts={channels}"


def measure_loudness(
    path: Path,
    channels: str,
    progress: Callable[[float], None] | None = None,
    *,
    sides: bool = False,
    track: int = 0,
) -> Loudness:
    """Decode the whole recording as it will play, and measure it.

    `sides` measures the other number of channels too, to see if left and right cancel each other
    out. Raises FfmpegError if there is nothing to decode.
    """
    measured = _measure(path, channels, progress, sides=sides, track=track)
    if measured.opposite:
        left = _measure(path, channels, progress, before=f"{LEFT_ONLY},")
        return left._replace(gap=measured.gap, tracks=measured.tracks)
    return measured


def _measure(  # noqa: PLR0913 - what is measured, and how
    path: Path,
    channels: str,
    progress: Callable[[float], None] | None,
    *,
    sides: bool = False,
    track: int = 0,
    before: str = "",
) -> Loudness:
    source, size = input_arguments(path), path.stat().st_size
    scan = before + _scan(channels)
    if sides:
        other = "stereo" if channels == "mono" else "mono"
        both = {channels: scan, other: _scan(other, peak="none")}
        both["stereo"] += ",astats@sides=measure_perchannel=RMS_level:measure_overall=none"
        scan = f"asplit[x][y];[y]{both[other]},anullsink;[x]{both[channels]}"
    graph = ["-map", f"0:a:{track}", "-af", scan, "-f", "null", "-"]
    output = run(["-threads", "1", *source, *graph], size, progress)
    measured = loudness.parse_loudness(output.log, channels, output.seconds)
    if measured and measured.parts > 1:
        feed, inlet = decode_stream(source, channels, 44_100, before)
        whole = ["-af", _scan(channels), "-f", "null", "-"]
        output = run([*inlet, *whole], size, progress, feed)
        one = loudness.parse_loudness(output.log, channels, output.seconds)
        measured = one and one._replace(
            parts=measured.parts, gap=measured.gap, tracks=measured.tracks
        )
    if not measured:
        raise FfmpegError("no sound could be decoded")
    return measured


def find_other_track(path: Path, tracks: int) -> int:
    """Return the number of the first other track with sound, from 1; 0 if none has."""
    for track in range(1, min(tracks, _TRACKS)):
        if measure_loudness(path, "mono", track=track).integrated >= SILENT:
            return track + 1
    return 0


def _scan(channels: str, peak: str = "true") -> str:
    scan = f"ebur128@{channels}=peak={peak}:framelog=verbose"
    return f"{shape(channels)},asetpts=N/SR/TB,{scan}"


def decode_stream(
    source: list[str], channels: str, rate: int, before: str = ""
) -> tuple[list[str], list[str]]:
    """Return the arguments that decode to one stream of samples, and those that read it.

    If the format changes midway, ffmpeg builds its filters again, and each starts from zero.
    """
    chain = f"{before}aformat=sample_fmts=flt:sample_rates={rate}:channel_layouts={channels}"
    feed = ["-threads", "1", *source, "-map", "0:a:0", "-af", chain, "-f", "f32le", "pipe:1"]
    count = "1" if channels == "mono" else "2"
    return feed, ["-f", "f32le", "-ar", str(rate), "-ac", count, *open_arguments("pipe:0")]


def count_seconds(path: Path) -> float:
    """Return how many seconds a recording plays, by decoding all of it.

    Raises FfmpegError if there is nothing to decode.
    """
    feed, inlet = decode_stream(input_arguments(path), "mono", 8_000)
    return run([*inlet, "-f", "null", "-"], path.stat().st_size, None, feed).seconds
