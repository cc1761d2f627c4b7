"""From a recording to the published file: kept, encoded or fetched, then tagged and named.

The lead's recording is only ever read. What was published once keeps its bytes and its name: the
lock file says which they are, and where this computer's encoder is another one, the published file
is fetched instead of made again (feed-and-audio, section 12).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import audio, chapters, frames, lock, tags
from episodes.findings import Finding, Level, SourceError
from episodes.model import Media
from episodes.values import format_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from episodes.facts import Recording
    from episodes.model import Episode, Show

TAGS_VERSION = "1"  # raise it when the same facts are to give other tags
LARGEST_RATE = 192_000  # bit/s above which speech is encoded again
_ENDINGS = {
    "mp3": (".mp3",), "mp2": (".mp2", ".mp3"), "wav": (".wav",), "aiff": (".aiff", ".aif"),
    "flac": (".flac",), "mp4": (".m4a", ".mp4"), "mp4-other": (".m4a", ".mp4"), "aac": (".aac",),
    "opus": (".opus", ".ogg"), "ogg": (".ogg", ".oga"),
}  # fmt: skip
_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a"}


class Place(NamedTuple):
    """Where things lie: the show's folder, the built folder, and the folder for encodings."""

    show: Path
    out: Path
    encoded: Path


class Heard(NamedTuple):
    """What is known of one recording, true as long as its (size, mtime, inode) stay the same."""

    stat: tuple[int, int, int]
    header: tags.Header
    digest: str = ""
    loudness: Mapping[str, audio.Loudness] = MappingProxyType({})

    @classmethod
    def load(cls, row: Any) -> Heard | None:
        """Read what `json` made of it; None where it is something else."""
        try:
            (size, mtime, inode), header, digest, loudness = row
            known = {name: audio.Loudness(*value) for name, value in loudness.items()}
            return cls((size, mtime, inode), tags.Header(*header), digest, known)
        except (TypeError, ValueError, AttributeError):
            return None

    def row(self) -> list[Any]:
        """Return what `load` reads."""
        return [self.stat, self.header, self.digest, dict(self.loudness)]


class Mastered(NamedTuple):
    """What came of one recording; `said` is for the lead, `entry` for the lock file."""

    media: Media
    entry: lock.Entry
    heard: Heard
    said: str
    findings: list[Finding]


class Job(NamedTuple):
    """One recording to master. `fetch` gets a published file to a path, or returns False."""

    place: Place
    episode: Episode
    tags: tags.Tags
    heard: Heard
    entry: lock.Entry | None
    fetch: Callable[[str, Path], bool]
    progress: Callable[[float], None]
    verify: bool = False


class _Master(NamedTuple):
    """Audio that is ready to be tagged: frames of an MP3, or a whole M4A."""

    frames: frames.Frames
    digest: str
    seconds: float
    recipe: str
    encoder: str
    said: str


def read(show: Path, recording: str, known: Heard | None) -> Heard:
    """Return what is known of a recording, reading its header where it is new.

    Raises SourceError.
    """
    path = show / recording
    try:
        found = path.stat()
        stat = (found.st_size, found.st_mtime_ns, found.st_ino)
        if known and known.stat == stat:
            return known
        header = tags.read_header(path)
    except tags.NotAudioError as error:
        raise SourceError(Finding(recording, "", str(error))) from None
    except OSError as error:
        message = f"cannot be read ({error.strerror}); check that you may read it"
        raise SourceError(Finding(recording, "", message)) from None
    if path.suffix.lower() not in _ENDINGS[header.kind]:
        right = path.with_suffix(_ENDINGS[header.kind][0]).name
        message = f"is {header.kind} inside; rename it to {right}"
        raise SourceError(Finding(recording, "", message))
    return Heard(stat, header)


def master(job: Job) -> Mastered:
    """Make the published file of one episode, or find that it is there already.

    Raises SourceError with one finding, and audio.CancelledError; nothing is left half-written.
    """
    path = job.episode.recording
    try:
        return _master(job)
    except audio.FfmpegError as error:
        reason = f"cannot be decoded ({error}); export it again"
        raise SourceError(Finding(path, "", reason)) from None
    except frames.DamagedError as error:
        raise SourceError(Finding(path, "", f"changed while it was read ({error})")) from None
    except OSError as error:
        where = Path(error.filename).name if error.filename else path
        message = f"{where}: {error.strerror}; free some space or check the file, and build again"
        raise SourceError(Finding(path, "", message)) from None


def _master(job: Job) -> Mastered:
    heard, known = job.heard, job.entry
    wanted = _wanted(job)
    tagged = _tags_digest(job.tags)
    if known and heard.digest == known.source and not job.verify:
        done = job.place.out / known.file
        same = known.tags == tagged and _allowed(known.recipe, wanted)
        if same and done.is_file() and done.stat().st_size == known.length:
            return Mastered(_media(known), known, heard, "", [])
    made, heard = _prepare(job, heard, wanted)
    file, length, digest = _publish(job, made, tagged)
    heard = heard if heard.digest else heard._replace(digest=digest)
    entry = lock.Entry(
        source=heard.digest,
        recipe=made.recipe,
        encoder=made.encoder,
        audio=digest,
        tags=tagged,
        file=file,
        length=length,
        seconds=round(made.seconds, 3),
    )
    entry = lock.replace(known, entry)
    return Mastered(_media(entry), entry, heard, made.said, list(_renewed(job, entry)))


def _renewed(job: Job, entry: lock.Entry) -> list[Finding]:
    """Say where bytes that should be the published ones could neither be fetched nor made."""
    known = job.entry
    same = known and known.source == entry.source and known.recipe == entry.recipe
    if not known or not same or known.audio == entry.audio:
        return []
    message = (
        f"was encoded again by {entry.encoder} (published: {known.encoder}) because the published "
        "file could not be fetched; subscribers will get it as a new file"
    )
    return [Finding(job.episode.recording, "", message, Level.WARNING)]


def _media(entry: lock.Entry) -> Media:
    return Media(
        file=entry.file,
        length=entry.length,
        type=_TYPES[Path(entry.file).suffix],
        seconds=entry.seconds,
        digest=entry.audio,
        former=entry.former,
    )


def _wanted(job: Job) -> Recording:
    recordings = job.episode.facts.recordings
    if recordings is None:
        msg = "the show's settings were not filled in"
        raise AssertionError(msg)
    return recordings


def _recipe(wanted: Recording) -> str:
    target = audio.TARGETS[wanted.channels]
    return f"mp3 {wanted.bitrate} kbit/s {wanted.channels} {target:.0f} LUFS"


def _allowed(recipe: str, wanted: Recording) -> bool:
    """Say whether what was done is what would be done today."""
    if recipe == "as it is":
        return True
    return recipe == _recipe(wanted) and not wanted.finished


def _keepable(header: tags.Header) -> bool:
    return (
        header.kind in {"mp3", "mp4"}
        and header.sure
        and header.channels in {1, 2}
        and header.sample_rate in {44_100, 48_000}
        and 0 < header.bitrate <= LARGEST_RATE
    )


def _prepare(job: Job, heard: Heard, wanted: Recording) -> tuple[_Master, Heard]:
    """Decide what becomes of the recording, and do it up to the tags."""
    path = job.place.show / job.episode.recording
    header = heard.header
    if _keepable(header):
        if wanted.finished:
            _check_bytes(job, path, header)
            return _keep(path, heard, "kept as it is: you say that it is finished"), heard
        channels = "mono" if header.channels == 1 else "stereo"
        loudness, heard = _measure(job, path, heard, channels)
        if audio.fits(loudness, header.channels):
            return _keep(path, heard, f"kept as it is: it fits already ({loudness})"), heard
    return _encode(job, path, heard, wanted)


def _check_bytes(job: Job, path: Path, header: tags.Header) -> None:
    """Find a finished MP3 that is shorter than its own header says."""
    if header.kind == "mp3" and header.bitrate:
        declared = header.bitrate * header.seconds / 8
        if frames.find(path).length < declared * 0.98 - 2_000:
            raise SourceError(Finding(job.episode.recording, "", _cut(header.seconds, None)))


def _cut(declared: float, heard: float | None) -> str:
    clock = format_seconds
    rest = f"only {clock(heard)} can be heard" if heard is not None else "some of it is missing"
    return f"is cut short: it says that it is {clock(declared)} long, but {rest}; export it again"


def _measure(job: Job, path: Path, heard: Heard, channels: str) -> tuple[audio.Loudness, Heard]:
    loudness = heard.loudness.get(channels)
    if loudness is None:
        loudness = audio.measure(path, channels, job.progress)
        declared = heard.header.seconds
        if heard.header.sure and loudness.seconds < declared - max(1.0, declared * 0.01):
            finding = Finding(job.episode.recording, "", _cut(declared, loudness.seconds))
            raise SourceError(finding)
        heard = heard._replace(loudness={**heard.loudness, channels: loudness})
    if loudness.integrated < audio.SILENT:
        message = "has no sound in it; check which microphone was recorded"
        raise SourceError(Finding(job.episode.recording, "", message))
    return loudness, heard


def _keep(path: Path, heard: Heard, said: str) -> _Master:
    found = frames.find(path) if heard.header.kind == "mp3" else _whole(path)
    return _Master(found, heard.digest, heard.header.seconds, "as it is", "", said)


def _whole(path: Path) -> frames.Frames:
    return frames.Frames(path, 0, path.stat().st_size)


def _encode(job: Job, path: Path, heard: Heard, wanted: Recording) -> tuple[_Master, Heard]:
    """Take the encoding from an earlier build, from where it was published, or make it."""
    recipe = _recipe(wanted)
    source = frames.find(path) if heard.header.kind == "mp3" else _whole(path)
    heard = heard if heard.digest else heard._replace(digest=frames.digest(source))
    key = _key(heard.digest, recipe)
    target = job.place.encoded / f"{key}.mp3"
    note = job.place.encoded / f"{key}.json"
    known = job.entry
    published = known and (known.source, known.recipe) == (heard.digest, recipe) and known
    made = _earlier(target, note)
    if made is None and published and published.encoder != audio.encoder():
        made = _fetched(job, published, target)
    if made is None:
        before, heard = _measure(job, path, heard, wanted.channels)
        part = target.with_suffix(".part")
        after = audio.encode(path, part, wanted, before, job.progress)
        seconds = tags.read_header(part).seconds
        made = {"encoder": audio.encoder(), "digest": frames.digest(frames.find(part)),
                "seconds": seconds, "said": f"encoded: {before} became {after}"}  # fmt: skip
        part.replace(target)
    note.write_text(json.dumps(made | {"size": target.stat().st_size}), encoding="utf-8")
    done = _Master(
        frames.find(target), made["digest"], made["seconds"], recipe, made["encoder"], made["said"]
    )
    return done, heard


def _earlier(target: Path, note: Path) -> dict[str, Any] | None:
    """Return the note of an encoding that is there and whole; damage counts as not there."""
    try:
        made: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        whole = target.stat().st_size == made["size"]
        if whole and frames.digest(frames.find(target)) == made["digest"]:
            return made | {"said": "encoded before"}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _fetched(job: Job, known: lock.Entry, target: Path) -> dict[str, Any] | None:
    """Fetch what was published; it counts only if its audio is the audio in the lock file."""
    part = target.with_suffix(".part")
    if not job.fetch(known.file, part):
        return None
    found = frames.find(part)
    if part.stat().st_size != known.length or frames.digest(found) != known.audio:
        part.unlink()
        return None
    part.replace(target)
    return {"encoder": known.encoder, "digest": known.audio, "seconds": known.seconds,
            "said": "fetched as it was published: another encoder made it"}  # fmt: skip


def _publish(job: Job, made: _Master, tagged: str) -> tuple[str, int, str]:
    """Write header and audio under a name that says which bytes they are.

    Returns (name in the built folder, length in bytes, digest of the audio).
    """
    media = job.place.out / "media"
    part = media / f".{job.episode.slug}.part"
    if made.frames.path.suffix == ".mp3" or made.recipe != "as it is":
        suffix, header = ".mp3", tags.render_id3(job.tags)
        digest = frames.copy(made.frames, header, part)
        if made.digest and digest != made.digest:
            part.unlink()
            raise frames.DamagedError(f"{made.frames.path.name} is not what it was")
        identity = hashlib.sha256(header).hexdigest() + digest
    else:
        suffix = ".m4a"
        marks = chapters.render_ffmetadata(job.tags.chapters)
        digest = audio.copy_mp4(made.frames.path, part, marks)
        tags.write_mp4(part, job.tags)
        identity = frames.digest(_whole(part))
    short = hashlib.sha256(identity.encode()).hexdigest()[:12]
    name = f"media/{job.episode.slug}-{short}{suffix}"
    known = job.entry
    if known and (known.audio, known.tags) == (digest, tagged) and known.file != name:
        name = _as_published(job, known, part, name)
    length = part.stat().st_size
    part.replace(job.place.out / name)
    return name, length, digest


def _as_published(job: Job, known: lock.Entry, part: Path, name: str) -> str:
    """Prefer the published bytes where the same facts give others here (another Pillow's picture).

    Returns the name that the file at `part` deserves.
    """
    fetched = part.with_suffix(".fetched.part")
    if job.fetch(known.file, fetched) and fetched.stat().st_size == known.length:
        fetched.replace(part)
        return known.file
    fetched.unlink(missing_ok=True)
    return name


def _tags_digest(facts: tags.Tags) -> str:
    rows = {"version": TAGS_VERSION, **facts._asdict(), "art": _art_digest(facts.art)}
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


@lru_cache(maxsize=8)
def _art_digest(art: bytes) -> str:
    return hashlib.sha256(art).hexdigest()


def describe(show: Show, episode: Episode, art: bytes, seconds: float) -> tags.Tags:
    """Return what goes into the tags. `seconds` ends the last chapter."""
    facts = episode.facts
    return tags.Tags(
        title=facts.title,
        artist=show.facts.author,
        album=show.facts.title,
        date=episode.published.date().isoformat(),
        summary=facts.summary,
        language=facts.language or show.facts.language,
        guid=episode.guid,
        page=show.address + episode.page,
        feed=show.feed,
        category=show.facts.categories[0].partition(" > ")[0] if show.facts.categories else "",
        keywords=", ".join(name.partition(" > ")[2] or name for name in show.facts.categories),
        copyright=show.facts.copyright or "",
        number=facts.number or 0,
        season=facts.season or 0,
        art=art,
        chapters=chapters.marks(facts.chapters, seconds),
    )


def prune(encoded: Path, entries: Iterable[lock.Entry]) -> None:
    """Remove encodings that no recording of the show asks for any more."""
    used = {_key(entry.source, entry.recipe) for entry in entries}
    with contextlib.suppress(OSError):
        for path in encoded.iterdir():
            if path.stem not in used:
                path.unlink()


def _key(source: str, recipe: str) -> str:
    return hashlib.sha256(f"{source} {recipe}".encode()).hexdigest()[:32]
