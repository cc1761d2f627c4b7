"""Masters recordings into published files: kept, encoded or fetched, then tagged and named.

The lead's recording is only ever read. What was published once keeps its bytes and its name: the
lock file says which they are, and where this computer's encoder is another one, the published file
is fetched instead of made again (feed-and-audio, section 12).
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import lockfile, site_layout
from episodes.audio import durations, encode, ffmpeg, mp3_frames, same_sound, stream_copy, tags
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.audio.loudness import TARGETS, can_be_kept
from episodes.errors import SourceError
from episodes.model import Media
from episodes.rules import finding
from podcast import atomic_files
from podcast.building import measure, tag
from podcast.building.tag import Master
from podcast.cache import encoded_audio
from podcast.cache.probes import Heard
from podcast.cache.store import size
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from episodes.findings import Finding
    from episodes.frontmatter.production import RecordingSettings
    from episodes.model import Episode

LARGEST_RATE = 192_000  # bit/s above which speech is encoded again
FULL = "free some space, and build again"


class Place(NamedTuple):
    """Where things lie: the show's folder, the built folder, and the folder for encodings."""

    show: Path
    out: Path
    encoded: Path


class Mastered(NamedTuple):
    """What came of one recording; `said` is for the lead, `entry` for the lock file."""

    media: Media
    entry: lockfile.LockedEpisode
    heard: Heard
    said: str
    findings: list[Finding]

    @property
    def files(self) -> list[str]:
        """The names of what was published."""
        small = self.media.small
        return [self.media.file, *([small.file] if small else ())]


class Job(NamedTuple):
    """One recording to master. `fetch` gets a published file to a path, or returns False.

    `believed` says whether a built file is there as this user's last build left it.
    """

    place: Place
    episode: Episode
    tags: tags.Tags
    heard: Heard
    entry: lockfile.LockedEpisode | None
    fetch: Callable[[str, Path], bool]
    progress: Callable[[float], None]
    verify: bool = False
    believed: Callable[[str], bool] = lambda _: False


def master(job: Job) -> Mastered:
    """Make the published file of one episode, or find that it is there already.

    Raises SourceError with one finding, and CancelledError; nothing is left half-written.
    """
    with errors_as_findings(job):
        return _master(job)


@contextlib.contextmanager
def errors_as_findings(job: Job) -> Iterator[None]:
    """Turn errors of ffmpeg and the system into findings. Raises SourceError."""
    path = job.episode.recording
    try:
        yield
    except StoppedError as error:
        raise SourceError(finding("audio-stopped", path, "", str(error))) from None
    except encode.MissedError as error:
        raise SourceError(
            finding("audio-level", path, "", f"cannot be made even: {error}")
        ) from None
    except FfmpegError as error:
        if "No space left" in str(error):
            raise SourceError(
                finding("audio-read", path, "", "the disk is full", fix=FULL)
            ) from None
        message = f"cannot be decoded ({error})"
        raise SourceError(finding("audio-damaged", path, "", message)) from None
    except mp3_frames.DamagedAudioError as error:
        message = f"changed while it was read ({error})"
        raise SourceError(finding("audio-read", path, "", message, fix="build again")) from None
    except OSError as error:
        where = Path(error.filename).name if error.filename else path
        message, fix = f"{where}: {error.strerror}", "free some space or check the file"
        fix = f"{fix}, and build again"
        raise SourceError(finding("audio-read", path, "", message, fix=fix)) from None


def _master(job: Job) -> Mastered:
    heard, known = job.heard, job.entry
    wanted = settings(job)
    tagged = tag.digest(job.tags)
    if known and heard.digest == known.source and not job.verify:
        done = job.place.out / known.file
        same = known.tags == tagged and _allowed(known.recipe, wanted)
        if same and size(done) == known.length and _as_made(job, done, known):
            return Mastered(_media(known), known, heard, "", [])
    made, heard = _prepare(job, heard, wanted)
    target = tag.Target(job.place.out, job.episode.slug, known, job.fetch)
    file, length, digest = tag.publish(made, job.tags, target)
    heard = heard if heard.digest else heard._replace(digest=digest)
    entry = lockfile.LockedEpisode(
        source=heard.digest,
        recipe=made.recipe,
        encoder=made.encoder,
        audio=digest,
        tags=tagged,
        file=file,
        length=length,
        seconds=round(made.seconds, 3),
    )
    entry = lockfile.keep_former_names(known, entry)
    return Mastered(_media(entry), entry, heard, made.said, list(_renewed(job, entry)))


def _as_made(job: Job, done: Path, known: lockfile.LockedEpisode) -> bool:
    """Return whether a published file is the one that was made; its length alone says little."""
    if job.believed(known.file):
        return True
    try:
        digest = _frames_digest if done.suffix == ".mp3" else stream_copy.packets_digest
        return digest(done) == known.audio
    except (OSError, mp3_frames.DamagedAudioError, FfmpegError):
        return False


def _renewed(job: Job, entry: lockfile.LockedEpisode) -> list[Finding]:
    known = job.entry
    return renewed(job, known, entry) if known and known.source == entry.source else []


def renewed(job: Job, known: lockfile.LockedFile, entry: lockfile.LockedFile) -> list[Finding]:
    """Say where bytes that should be the published ones could neither be fetched nor made."""
    if known.recipe != entry.recipe or known.audio == entry.audio:
        return []
    why = (
        "the published file could not be downloaded"
        if known.encoder != entry.encoder
        else "the published file is not the one in earmark.lock"
    )
    message = f"was encoded again by {entry.encoder} (published: {known.encoder}) because {why}"
    return [finding("audio-renewed", job.episode.recording, "", message)]


def _media(entry: lockfile.LockedEpisode) -> Media:
    return Media(
        file=entry.file,
        length=entry.length,
        type=site_layout.media_type(entry.file),
        seconds=entry.seconds,
        digest=entry.audio,
        former=entry.former,
    )


def settings(job: Job) -> RecordingSettings:
    """Return what becomes of the recording, the show's word filled in."""
    recordings = job.episode.facts.recordings
    if recordings is None:
        msg = "the show's settings were not filled in"
        raise AssertionError(msg)
    return recordings


def _recipe(wanted: RecordingSettings) -> str:
    target = TARGETS[wanted.channels]
    return f"mp3 {wanted.bitrate} kbit/s {wanted.channels} {target:.0f} LUFS"


def _allowed(recipe: str, wanted: RecordingSettings) -> bool:
    """Say whether what was done is what would be done today."""
    if recipe == "as it is":
        return True
    return recipe == _recipe(wanted) and not wanted.finished


def _keepable(header: tags.Header) -> bool:
    return (
        header.kind in {"mp3", "mp4"}
        and header.sure
        and header.plain
        and header.channels in {1, 2}
        and header.sample_rate in {44_100, 48_000}
        and 0 < header.bitrate <= LARGEST_RATE
    )


def _prepare(job: Job, heard: Heard, wanted: RecordingSettings) -> tuple[Master, Heard]:
    """Decide what becomes of the recording, and do it up to the tags."""
    path = job.place.show / job.episode.recording
    header = heard.header
    sound = _bare(path, header)
    if sound and wanted.finished:
        measure.check_bytes(job, path, heard)
        if header.tracks > 1 or job.verify:  # the first of them may be silent
            _, heard = measure.measure(job, path, heard, "mono")
        if measure.is_counted(path, heard):
            return _keep(path, sound, heard, loudness_lines.FINISHED)
    elif sound:
        channels = "mono" if header.channels == 1 else "stereo"
        loudness, heard = measure.measure(job, path, heard, channels)
        whole = heard.header.plain and loudness.parts == 1
        if whole and can_be_kept(loudness, header.channels):
            return _keep(path, sound, heard, loudness_lines.kept(loudness))
    return _encode(job, path, heard, wanted)


def _sound(path: Path, header: tags.Header) -> mp3_frames.Frames:
    """Take what tells a recording from others: of an MP3 the frames, else the whole file."""
    return mp3_frames.find_frames(path) if header.kind == "mp3" else mp3_frames.whole_file(path)


def _bare(path: Path, header: tags.Header) -> mp3_frames.Frames | None:
    """Return what may be published as it is, None if nothing may."""
    if not _keepable(header):
        return None
    return durations.sound_frames(path) if header.kind == "mp3" else mp3_frames.whole_file(path)


def _keep(path: Path, sound: mp3_frames.Frames, heard: Heard, said: str) -> tuple[Master, Heard]:
    header, digest, every = heard.header, heard.digest, _sound(path, heard.header)
    if sound != every:  # words lie behind it: those who know the recording know it with them
        heard, digest = heard._replace(digest=digest or mp3_frames.digest_of(every)), ""
    return Master(sound, header.kind, digest, header.seconds, "as it is", "", said), heard


def _encode(job: Job, path: Path, heard: Heard, wanted: RecordingSettings) -> tuple[Master, Heard]:
    """Take the encoding from an earlier build, from where it was published, or make it."""
    recipe = _recipe(wanted)
    sound = _sound(path, heard.header)
    heard = heard if heard.digest else heard._replace(digest=mp3_frames.digest_of(sound))
    target = job.place.encoded / f"{encoded_audio.key(heard.digest, recipe)}.mp3"
    note = target.with_suffix(".json")
    known = job.entry
    published = known and (known.source, known.recipe) == (heard.digest, recipe) and known
    made = earlier(target, note, _frames_digest)
    made = measure.prove(job, made, target, wanted.channels, heard)
    if made is None and published and published.encoder != ffmpeg.encoder():
        made = fetched(job, published, target, _frames_digest)
        made = measure.prove(job, made, target, wanted.channels, heard)
    if made is None:
        before, heard = measure.measure(job, path, heard, wanted.channels)
        part = atomic_files.unfinished(target)  # two may have one recording
        after = encode.encode(path, part, encode.mp3(wanted), before, job.progress)
        measure.refuse_channels(part, wanted.channels)
        digest = mp3_frames.digest_of(mp3_frames.find_frames(part))
        made = {"encoder": ffmpeg.encoder(), "digest": digest, **measure.note(before, after)}
        part.replace(target)
    encoded_audio.write_note(note, made | {"size": target.stat().st_size})
    said = made.get("said") or measure.sentence(made)
    heard = measure.remember(heard, made, wanted.channels)
    facts = (made["digest"], made["seconds"], recipe, made["encoder"], said)
    return Master(mp3_frames.find_frames(target), "mp3", *facts), heard


def _frames_digest(path: Path) -> str:
    return mp3_frames.digest_of(mp3_frames.find_frames(path))


def earlier(target: Path, note: Path, digest: Callable[[Path], str]) -> dict[str, Any] | None:
    """Return the note of an encoding that is there and whole; damage counts as not there."""
    try:
        made = encoded_audio.read_note(note)
        whole = target.stat().st_size == made["size"]
        if whole and digest(target) == made["digest"]:
            return {**made, "said": ""}
    except (OSError, ValueError, KeyError, TypeError, FfmpegError):
        pass
    return None


def fetched(
    job: Job, known: lockfile.LockedFile, target: Path, digest: Callable[[Path], str]
) -> dict[str, Any] | None:
    """Fetch what was published; it counts only if its audio is the audio in the lock file.

    It has the sound of the recording too: a show from elsewhere brings a lock file of its own.
    """
    part = atomic_files.unfinished(target)
    if not job.fetch(known.file, part):
        return None
    recording = job.place.show / job.episode.recording
    whole = part.stat().st_size == known.length and digest(part) == known.audio
    if not whole or not same_sound.has_same_sound(recording, part):
        part.unlink()
        return None
    part.replace(target)
    return {"encoder": known.encoder, "digest": known.audio, "seconds": known.seconds,
            "said": "downloaded as published: another encoder made it"}  # fmt: skip
