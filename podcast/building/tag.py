"""Tags and names finished audio, and moves it into the built folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from episodes import lockfile, site_layout
from episodes.audio import mp3_frames, stream_copy, tags
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.chapters import write
from podcast import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from episodes.model import Episode, Show

VERSION = "1"  # raise it if the same facts should give other tags


class UntaggedAudio(NamedTuple):
    """Audio that is ready to be tagged."""

    frames: mp3_frames.Frames  # of an MP3; of other formats the whole file
    kind: str  # mp3, mp4 or opus
    digest: str  # of the audio alone, "" if it has not been read
    seconds: float
    recipe: str  # for the lock file, as `encoder`
    encoder: str
    message: str  # for the lead


class OutputFile(NamedTuple):
    """Where a published file goes, and what was published before."""

    out: Path
    slug: str  # of the episode, as the name begins
    known: lockfile.LockedFile | None
    fetch: Callable[[str, Path], bool]  # downloads a published file; False if that fails


def describe(
    show: Show,
    episode: Episode,
    art: bytes,
    seconds: float,
    pictures: Mapping[str, bytes] | None = None,
) -> tags.Tags:
    """Return the facts for the tags. `seconds` ends the last chapter; `pictures` are theirs."""
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
        chapters=write.make_marks(facts.chapters, seconds, pictures),
    )


def digest(facts: tags.Tags) -> str:
    """Return a digest of everything in the tags, so that unchanged tags are not written again."""
    marks = [
        [*mark[:4], _art_digest(mark.picture)] if mark.picture else mark[:4]
        for mark in facts.chapters
    ]
    rows = {"version": VERSION, **facts._asdict(), "art": _art_digest(facts.art), "chapters": marks}
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


def digest_of_audio(path: Path, suffix: str) -> str:
    """Return the digest of a file's audio without its tags; `suffix` is its format."""
    if suffix == ".mp3":
        return mp3_frames.digest_of(mp3_frames.find_frames(path))
    return stream_copy.packets_digest(path)


@lru_cache(maxsize=64)
def _art_digest(art: bytes) -> str:
    return hashlib.sha256(art).hexdigest()


def publish(audio: UntaggedAudio, facts: tags.Tags, output: OutputFile) -> lockfile.LockedFile:
    """Write tags and audio into a file that is named after its bytes; return its entry.

    Raises OSError, DamagedAudioError, FfmpegError; nothing is left half-written.
    """
    part = atomic_files.unfinished(output.out / site_layout.MEDIA / output.slug)
    try:
        suffix, sha256, audio_digest = _WRITERS[audio.kind](audio, facts, part)
        name = site_layout.recording_name(output.slug, sha256, suffix)
        known = output.known
        tags_digest = digest(facts)
        same = known and (known.audio, known.tags) == (audio_digest, tags_digest)
        if known and same and known.file != name and _fetched(output, known, part):
            name = known.file
        length = part.stat().st_size
        part.replace(output.out / name)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return lockfile.LockedFile(
        recipe=audio.recipe,
        encoder=audio.encoder,
        audio=audio_digest,
        tags=tags_digest,
        file=name,
        length=length,
        seconds=round(audio.seconds, 3),
    )


# Each of these writes a tagged file and returns its ending, a SHA-256 that identifies its bytes,
# and the digest of its audio.


def _write_mp3(audio: UntaggedAudio, facts: tags.Tags, part: Path) -> tuple[str, str, str]:
    header = tags.render_id3(facts)
    copied = mp3_frames.copy_frames(audio.frames, header, part)
    if audio.digest and copied != audio.digest:
        raise mp3_frames.DamagedAudioError(f"{audio.frames.path.name} is not what it was")
    return ".mp3", _sha256(_sha256(header) + copied), copied


def _write_mp4(audio: UntaggedAudio, facts: tags.Tags, part: Path) -> tuple[str, str, str]:
    chapters = write.render_ffmetadata(facts.chapters)
    copied = stream_copy.copy_mp4(audio.frames.path, part, chapters, audio.seconds)
    tags.write_mp4(part, facts)
    return ".m4a", _sha256(mp3_frames.digest_of(mp3_frames.whole_file(part))), copied


def _write_opus(audio: UntaggedAudio, facts: tags.Tags, part: Path) -> tuple[str, str, str]:
    shutil.copyfile(audio.frames.path, part)
    tags.write_ogg(part, facts)
    if stream_copy.packets_digest(part) != audio.digest:
        raise mp3_frames.DamagedAudioError(f"{audio.frames.path.name}: the tagged copy differs")
    return ".opus", mp3_frames.digest_of(mp3_frames.whole_file(part)), audio.digest


_WRITERS = {"mp3": _write_mp3, "mp4": _write_mp4, "opus": _write_opus}


def _sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _fetched(output: OutputFile, known: lockfile.LockedFile, part: Path) -> bool:
    """Replace the file at `part` by the published one, if that can be downloaded.

    The same facts can give other bytes on another computer, as another Pillow encodes pictures
    differently; published bytes never change.
    """
    download = atomic_files.unfinished(part)
    if output.fetch(known.file, download) and _is_known(download, known):
        download.replace(part)
        return True
    download.unlink(missing_ok=True)
    return False


def _is_known(download: Path, known: lockfile.LockedFile) -> bool:
    """Return whether a download has the length and the audio of the published file."""
    if download.stat().st_size != known.length:
        return False
    try:
        suffix = known.file[known.file.rindex(".") :]
        return digest_of_audio(download, suffix) == known.audio
    except StoppedError:
        raise
    except (mp3_frames.DamagedAudioError, FfmpegError):
        return False
