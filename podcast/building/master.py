"""Masters a recording into a published file: unchanged, encoded or downloaded, then tagged.

The lead's recording is never written to. A published file keeps its bytes and its name, which the
lock file records.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from episodes import lockfile, site_layout
from episodes.audio import durations, mp3_frames
from episodes.audio.loudness import can_be_kept
from episodes.model import Media
from podcast.building import master_job, measure, recipe, tag
from podcast.building.master_job import Mastered, MasterJob
from podcast.building.tag import UntaggedAudio
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.audio.tags import Header
    from podcast.cache.probes import AudioProbe

LARGEST_RATE = 192_000  # bit/s above which speech is encoded again


def master(job: MasterJob) -> Mastered:
    """Make the published file of one episode, or use the one that exists.

    Raises SourceError with one finding, and CancelledError; nothing is left half-written.
    """
    with master_job.errors_as_findings(job):
        known = job.entry
        if known and not job.verify and _is_unchanged(job, known):
            return Mastered(_media(known), known, job.probe, "", [])
        return _master(job, known)


def _is_unchanged(job: MasterJob, known: lockfile.LockedEpisode) -> bool:
    """Return whether recording, recipe, tags and published file are unchanged."""
    if (known.source, known.tags) != (job.probe.digest, tag.digest(job.tags)):
        return False
    matches = partial(_has_audio, known)
    return _is_allowed(job, known.recipe) and master_job.is_built(job, known, matches)


def _has_audio(known: lockfile.LockedFile, path: Path) -> bool:
    return tag.digest_of_audio(path, path.suffix) == known.audio


def _is_allowed(job: MasterJob, known: str) -> bool:
    """Return whether this version could use a recipe."""
    if known == recipe.AS_IT_IS:
        return True
    return known == recipe.mp3(job.settings).recipe and not job.settings.finished


def _master(job: MasterJob, known: lockfile.LockedEpisode | None) -> Mastered:
    audio, probe = _prepare(job, job.probe)
    output = tag.OutputFile(job.folders.out, job.episode.slug, known, job.fetch)
    file = tag.publish(audio, job.tags, output)
    probe = probe if probe.digest else probe._replace(digest=file.audio)
    entry = lockfile.LockedEpisode(source=probe.digest, **dict(file))
    entry = lockfile.keep_former_names(known, entry)
    same_source = known if known and known.source == entry.source else None
    findings = master_job.renewed(job, same_source, entry)
    return Mastered(_media(entry), entry, probe, audio.message, findings)


def _media(entry: lockfile.LockedEpisode) -> Media:
    return Media(
        file=entry.file,
        length=entry.length,
        type=site_layout.media_type(entry.file),
        seconds=entry.seconds,
        digest=entry.audio,
        former=entry.former,
    )


def _prepare(job: MasterJob, probe: AudioProbe) -> tuple[UntaggedAudio, AudioProbe]:
    """Keep the recording as it is if that is allowed and it is good enough, else encode it."""
    path, header = job.recording, probe.header
    frames = _frames_to_keep(path, header)
    if frames and job.settings.finished:
        measure.check_bytes(job, path, probe)
        if header.tracks > 1 or job.verify:  # the first of them may be silent
            _, probe = measure.measure(job, path, probe, "mono")
        if measure.is_counted(path, probe):
            return _keep(path, frames, probe, loudness_lines.FINISHED)
    elif frames:
        channels = "mono" if header.channels == 1 else "stereo"
        loudness, probe = measure.measure(job, path, probe, channels)
        whole = probe.header.plain and loudness.parts == 1
        if whole and can_be_kept(loudness, header.channels):
            return _keep(path, frames, probe, loudness_lines.kept(loudness))
    return _encode(job, path, probe)


def _frames_to_keep(path: Path, header: Header) -> mp3_frames.Frames | None:
    """Return the frames to publish unchanged; None if the recording must be encoded."""
    keepable = (
        header.kind in {"mp3", "mp4"}
        and header.sure
        and header.plain
        and header.channels in {1, 2}
        and header.sample_rate in {44_100, 48_000}
        and 0 < header.bitrate <= LARGEST_RATE
    )
    if not keepable:
        return None
    return durations.sound_frames(path) if header.kind == "mp3" else mp3_frames.whole_file(path)


def _source_frames(path: Path, header: Header) -> mp3_frames.Frames:
    """Return what identifies a recording: the frames of an MP3, else the whole file."""
    return mp3_frames.find_frames(path) if header.kind == "mp3" else mp3_frames.whole_file(path)


def _keep(
    path: Path, frames: mp3_frames.Frames, probe: AudioProbe, message: str
) -> tuple[UntaggedAudio, AudioProbe]:
    header, digest, every = probe.header, probe.digest, _source_frames(path, probe.header)
    if frames != every:  # text follows the sound, and the digest of the recording includes it
        probe, digest = probe._replace(digest=digest or mp3_frames.digest_of(every)), ""
    facts = (digest, header.seconds, recipe.AS_IT_IS, "", message)
    return UntaggedAudio(frames, header.kind, *facts), probe


def _encode(job: MasterJob, path: Path, probe: AudioProbe) -> tuple[UntaggedAudio, AudioProbe]:
    if not probe.digest:
        digest = mp3_frames.digest_of(_source_frames(path, probe.header))
        probe = probe._replace(digest=digest)
    known = job.entry if job.entry and job.entry.source == probe.digest else None
    encoding = recipe.mp3(job.settings)
    audio, note, probe = recipe.encode_recording(job, encoding, probe.digest, known, probe)
    probe = measure.remember(probe, note, encoding.form.channels)
    return audio._replace(message=audio.message or measure.sentence(note)), probe
