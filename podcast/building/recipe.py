"""Encodes a recording by a recipe, or reuses an earlier encoding or the published file.

The master and the small file are each one `Encoding`. Two versions of an encoder give different
bytes, and a published file never changes: if another version made it, it is downloaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.audio import encode, ffmpeg, mp3_frames, same_sound
from episodes.audio.ffmpeg import FfmpegError
from episodes.audio.loudness import TARGETS
from podcast import atomic_files
from podcast.building import measure, tag
from podcast.cache import encoded_audio

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.frontmatter.production import RecordingSettings
    from episodes.lockfile import LockedFile
    from podcast.building.master_job import MasterJob
    from podcast.cache.probes import AudioProbe

AS_IT_IS = "as it is"  # the recipe of a recording that is published unchanged


class Encoding(NamedTuple):
    """How a recording is encoded."""

    recipe: str  # as the lock file names it
    kind: str  # mp3 or opus
    form: encode.Form
    library: str  # of ffmpeg
    level: bool = True  # to the target loudness

    @property
    def suffix(self) -> str:
        """The ending of its files."""
        return f".{self.kind}"


class EncodedAudio(NamedTuple):
    """An encoding, its note in the cache, and the updated probe of its recording."""

    audio: tag.UntaggedAudio
    note: dict[str, Any]
    probe: AudioProbe


def mp3(settings: RecordingSettings) -> Encoding:
    """Return the recipe of the master."""
    target = TARGETS[settings.channels]
    recipe = f"mp3 {settings.bitrate} kbit/s {settings.channels} {target:.0f} LUFS"
    return Encoding(recipe, "mp3", encode.mp3(settings), "libmp3lame")


def opus(*, level: bool) -> Encoding:
    """Return the recipe of the small file; without `level` the recording's loudness stays."""
    loudness = f"{TARGETS['mono']:.0f} LUFS" if level else AS_IT_IS
    return Encoding(f"opus 24 kbit/s mono {loudness}", "opus", encode.OPUS, "libopus", level)


def encode_recording(
    job: MasterJob, encoding: Encoding, source: str, known: LockedFile | None, probe: AudioProbe
) -> EncodedAudio:
    """Return the encoding of an earlier build, the published one, or a new one.

    `source` is the recording's digest, `known` what was published of it. Raises FfmpegError,
    OSError.
    """
    name = f"{encoded_audio.key(source, encoding.recipe)}{encoding.suffix}"
    target = job.folders.encoded / name
    note = _prove(job, encoding, target, probe, _cached(encoding, target))
    published = known and known.recipe == encoding.recipe and known
    if note is None and published and published.encoder != ffmpeg.encoder(encoding.library):
        note = _prove(job, encoding, target, probe, _fetched(job, encoding, target, published))
    if note is None:
        note, probe = _encode(job, encoding, target, probe)
    encoded_audio.write_note(_note_of(target), note | {"size": target.stat().st_size})
    frames = mp3_frames.find_frames if encoding.kind == "mp3" else mp3_frames.whole_file
    audio = tag.UntaggedAudio(
        frames=frames(target),
        kind=encoding.kind,
        digest=note["digest"],
        seconds=note["seconds"],
        recipe=encoding.recipe,
        encoder=note["encoder"],
        message=note.get("said", ""),
    )
    return EncodedAudio(audio, note, probe)


def _note_of(target: Path) -> Path:
    return target.with_suffix(".json")


def _prove(
    job: MasterJob, encoding: Encoding, target: Path, probe: AudioProbe, note: dict[str, Any] | None
) -> dict[str, Any] | None:
    channels = encoding.form.channels
    return measure.prove(job, note, target, channels, probe, level=encoding.level)


def _encode(
    job: MasterJob, encoding: Encoding, target: Path, probe: AudioProbe
) -> tuple[dict[str, Any], AudioProbe]:
    form, level = encoding.form, encoding.level
    before, probe = measure.measure(job, job.recording, probe, form.channels)
    part = atomic_files.unfinished(target)  # two episodes may have the same recording
    after = encode.encode(job.recording, part, form, before, job.progress, level=level)
    measure.refuse_channels(part, form.channels)
    digest = tag.digest_of_audio(part, encoding.suffix)
    part.replace(target)
    encoder = ffmpeg.encoder(encoding.library)
    return {"encoder": encoder, "digest": digest, **measure.note(before, after)}, probe


def _cached(encoding: Encoding, target: Path) -> dict[str, Any] | None:
    """Return the note of an encoding of an earlier build; None if it is missing or damaged."""
    try:
        note = encoded_audio.read_note(_note_of(target))
        complete = target.stat().st_size == note["size"]
        if complete and tag.digest_of_audio(target, encoding.suffix) == note["digest"]:
            return {**note, "said": ""}
    except (OSError, ValueError, KeyError, TypeError, FfmpegError):
        pass
    return None


def _fetched(
    job: MasterJob, encoding: Encoding, target: Path, known: LockedFile
) -> dict[str, Any] | None:
    """Download the published file, if its audio is that of the lock file.

    It must also sound like the recording: a show received from somebody brings a lock file of its
    own.
    """
    part = atomic_files.unfinished(target)
    if not job.fetch(known.file, part):
        return None
    complete = part.stat().st_size == known.length
    same = complete and tag.digest_of_audio(part, encoding.suffix) == known.audio
    if not same or not same_sound.has_same_sound(job.recording, part):
        part.unlink()
        return None
    part.replace(target)
    return {"encoder": known.encoder, "digest": known.audio, "seconds": known.seconds,
            "said": "downloaded as published: another encoder made it"}  # fmt: skip
