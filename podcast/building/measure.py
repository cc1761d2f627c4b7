"""Measures recordings and encodings; an encoding that misses its target is never published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from episodes.audio import durations, encode, measurement, mp3_frames, tags
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.audio.loudness import SILENT, TARGETS, Loudness
from episodes.errors import SourceError
from episodes.rules import finding
from episodes.text.timecodes import format_seconds
from podcast.cache.probes import LOUDNESS
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.findings import Finding
    from podcast.building.master_job import MasterJob
    from podcast.cache.probes import AudioProbe

SHORT = 0.4  # seconds below which loudness is not defined
CHANNELS = {"mono": 1, "stereo": 2}
_NEAR = 0.5  # seconds of error allowed in a header
_LOUDNESS: TypeAdapter[tuple[Any, ...]] = TypeAdapter(LOUDNESS)


def measure(
    job: MasterJob, path: Path, probe: AudioProbe, channels: str
) -> tuple[Loudness, AudioProbe]:
    """Return the loudness of a recording, and its updated probe. Raises SourceError."""
    loudness = probe.loudness.get(channels)
    if loudness is None:
        sides = probe.header.channels != 1
        loudness = measurement.measure_loudness(path, channels, job.progress, sides=sides)
        probe = _corrected(job, path, probe, loudness)
        probe = probe._replace(loudness={**probe.loudness, channels: loudness})
    if loudness.integrated < SILENT:
        raise SourceError(_silent(job, path, loudness))
    return loudness, probe


def _corrected(job: MasterJob, path: Path, probe: AudioProbe, loudness: Loudness) -> AudioProbe:
    """Replace the stated length by the audible one. Raises SourceError."""
    says = probe.header.seconds
    short = probe.header.sure and loudness.seconds < says - max(1.0, says * 0.01)
    if short and not _is_misstated(path, probe):
        raise SourceError(_cut(job, says, loudness.seconds))
    if abs(loudness.seconds - says) <= _NEAR:
        return probe
    header = probe.header._replace(seconds=loudness.seconds, sure=True, plain=False)
    return probe._replace(header=header)


def _silent(job: MasterJob, path: Path, loudness: Loudness) -> Finding:
    recording = job.episode.recording
    if loudness.seconds < SHORT:
        message = f"is only {loudness.seconds:.1f} seconds long"
        return finding("audio-silent", recording, "", message, fix="export it again")
    tracks = loudness.tracks
    if tracks > 1 and (track := measurement.find_other_track(path, tracks)):
        message = f"has {tracks} audio tracks: the first is silent, but track {track} is not"
        return finding("audio-silent", recording, "", message, fix=f"export track {track} alone")
    return finding("audio-silent", recording, "", "has no sound in it")


def check_bytes(job: MasterJob, path: Path, probe: AudioProbe) -> None:
    """Find a finished MP3 that is shorter than its own header says. Raises SourceError."""
    header = probe.header
    if header.kind == "mp3" and header.bitrate:
        declared = header.bitrate * header.seconds / 8
        if mp3_frames.find_frames(path).length < declared * 0.98 - 2_000:
            raise SourceError(_cut(job, header.seconds, None))


def is_counted(path: Path, probe: AudioProbe) -> bool:
    """Return whether a finished recording has as many frames as it tells players."""
    return probe.header.kind != "mp3" or durations.has_counted_frames(path)


def _is_misstated(path: Path, probe: AudioProbe) -> bool:
    """Return whether an MP3 is complete and only its frame count is wrong."""
    return probe.header.kind == "mp3" and probe.header.plain and durations.is_misstated(path)


def _cut(job: MasterJob, declared: float, seconds: float | None) -> Finding:
    clock = format_seconds
    rest = f"only {clock(seconds)} can be heard" if seconds is not None else "some of it is missing"
    message = f"is cut short: it should be {clock(declared)} long, but {rest}"
    return finding("audio-damaged", job.episode.recording, "", message)


def prove(  # noqa: PLR0913 - an encoding and what it should be
    job: MasterJob,
    note: dict[str, Any] | None,
    target: Path,
    channels: str,
    probe: AudioProbe,
    *,
    level: bool = True,
) -> dict[str, Any] | None:
    """Return the note of an encoding with its loudness, measured once; None if it misses.

    With `--verify` it is measured again. Without `level` the recording's own loudness stays.
    """
    if note is None:
        return None
    before, after = _read(note.get("before")), _read(note.get("after"))
    if after is None or job.verify:
        try:
            after = measurement.measure_loudness(target, channels, job.progress)
        except StoppedError:
            raise
        except FfmpegError:
            return None  # it is damaged, so a new one is made
    goal = TARGETS[channels] if level else (before or after).integrated
    seconds = before.seconds if before else probe.header.seconds
    if encode.describe_miss(after, seconds, goal) or not _has_channels(target, channels):
        return None
    known = note.get("seconds")
    near = isinstance(known, float) and abs(known - after.seconds) < _NEAR
    return note | {"after": list(after), "seconds": known if near else after.seconds}


def refuse_channels(part: Path, channels: str) -> None:
    """Delete an encoding with the wrong number of channels. Raises audio.MissedError."""
    if not _has_channels(part, channels):
        part.unlink()
        raise encode.MissedError(f"it does not come out in {channels}")


def _has_channels(path: Path, channels: str) -> bool:
    return tags.read_header(path).channels == CHANNELS[channels]


def note(before: Loudness, after: Loudness) -> dict[str, Any]:
    """Return the note to cache of an encoding, for `prove`."""
    return {"before": list(before), "after": list(after), "seconds": after.seconds}


def sentence(note: dict[str, Any]) -> str:
    """Return a sentence about the change in loudness, from the note of an encoding."""
    after = _read(note.get("after"))
    return loudness_lines.describe(_read(note.get("before")), after) if after else "made even"


def remember(probe: AudioProbe, note: dict[str, Any], channels: str) -> AudioProbe:
    """Store the levels of an encoding in the probe of its recording."""
    known = {
        channels: _read(note.get("before")),
        loudness_lines.PUBLISHED: _read(note.get("after")),
    }
    there = {name: value for name, value in known.items() if value}
    return probe._replace(loudness={**probe.loudness, **there})


def _read(row: Any) -> Loudness | None:
    try:
        return Loudness(*_LOUDNESS.validate_python(row))
    except ValidationError:
        return None
