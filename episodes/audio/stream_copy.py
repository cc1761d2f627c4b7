"""Copies and hashes encoded audio, and reads the chapters of an M4A, without decoding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.audio.ffmpeg import FfmpegError, StoppedError, input_arguments, open_arguments, run
from episodes.chapters import write as chapters

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.chapters.write import Row


def copy_mp4(source: Path, target: Path, chapters: str, seconds: float = 0.0) -> str:
    """Copy the AAC of an M4A to a new file with `chapters` (ffmetadata) and the index first.

    `seconds` is the expected length, 0 if unknown. Returns the SHA-256 of its packets after
    comparing it with that of the source. Raises FfmpegError.
    """
    listed = target.with_suffix(".ffmeta")
    listed.write_text(chapters, encoding="utf-8")
    try:
        run(
            [
                "-y", *input_arguments(source),
                "-f", "ffmetadata", *open_arguments(f"file:{listed}"),
                "-map", "0:a:0", "-map_metadata:g", "-1", "-map_metadata:s", "-1",
                "-map_chapters", "1", "-c", "copy", "-movflags", "+faststart",
                "-fflags", "+bitexact", "-f", "ipod", f"file:{target}",
            ],
            source.stat().st_size,
        )  # fmt: skip
    finally:
        listed.unlink(missing_ok=True)
    digest, there = _packets(target)
    if digest != packets_digest(source):
        raise FfmpegError("the copy differs from the recording")
    if seconds and abs(there - seconds) > max(1.0, seconds * 0.01):
        raise FfmpegError(f"it has {there:.0f} seconds of audio, but says {seconds:.0f}")
    return digest


def packets_digest(path: Path) -> str:
    """Return the SHA-256 of the audio packets alone: the media version of an M4A."""
    return _packets(path)[0]


def _packets(path: Path) -> tuple[str, float]:
    hashed = ["-map", "0:a:0", "-c", "copy", "-f", "hash", "-hash", "sha256", "-"]
    output = run([*input_arguments(path), *hashed], path.stat().st_size)
    match = re.search(r"SHA256=([0-9a-f]{64})", "".join(output.lines))
    if not match:
        raise FfmpegError("it has no sound")
    return match[1], output.seconds


def read_chapters(path: Path) -> tuple[Row, ...]:
    """Return the chapters of an M4A, `chpl` or QuickTime; () if ffmpeg finds none."""
    try:
        output = run([*input_arguments(path), "-f", "ffmetadata", "-"], path.stat().st_size)
    except StoppedError:
        raise
    except FfmpegError:
        return ()
    return chapters.parse_ffmetadata("".join(output.lines))
