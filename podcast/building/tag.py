"""Tags and names finished audio, and moves it into the built folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from episodes import site_layout
from episodes.audio import mp3_frames, stream_copy, tags
from episodes.audio.ffmpeg import FfmpegError, StoppedError
from episodes.chapters import write
from podcast import atomic_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from episodes import lockfile
    from episodes.model import Episode, Show

VERSION = "1"  # raise it when the same facts are to give other tags


class Master(NamedTuple):
    """Audio that is ready to be tagged: the frames of an MP3, or an M4A as it is.

    `digest` is of the audio alone, "" where nobody counted it yet; `recipe` and `encoder` are those
    of the lock file; `said` is for the lead.
    """

    frames: mp3_frames.Frames
    kind: str
    digest: str
    seconds: float
    recipe: str
    encoder: str
    said: str


class Target(NamedTuple):
    """Where a published file goes: the folder, the name before the digest, what was there before.

    `fetch` gets a published file to a path, or returns False.
    """

    out: Path
    slug: str
    known: lockfile.LockedEpisode | None
    fetch: Callable[[str, Path], bool]


def describe(
    show: Show,
    episode: Episode,
    art: bytes,
    seconds: float,
    pictures: Mapping[str, bytes] | None = None,
) -> tags.Tags:
    """Return what goes into the tags. `seconds` ends the last chapter, `pictures` are theirs."""
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


@lru_cache(maxsize=64)
def _art_digest(art: bytes) -> str:
    return hashlib.sha256(art).hexdigest()


def publish(master: Master, facts: tags.Tags, target: Target) -> tuple[str, int, str]:
    """Write tags and audio under a name that says which bytes they are.

    Returns (name in the built folder, length in bytes, digest of the audio). Raises OSError,
    DamagedAudioError, FfmpegError; nothing is left half-written.
    """
    part = atomic_files.unfinished(target.out / site_layout.MEDIA / target.slug)
    try:
        suffix, identity, heard = _write(master, facts, part)
        sha256 = hashlib.sha256(identity.encode()).hexdigest()
        name = site_layout.recording_name(target.slug, sha256, suffix)
        known = target.known
        if known and (known.audio, known.tags) == (heard, digest(facts)) and known.file != name:
            name = as_published(target, known, part, name)
        length = part.stat().st_size
        part.replace(target.out / name)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return name, length, heard


def _write(master: Master, facts: tags.Tags, part: Path) -> tuple[str, str, str]:
    """Write the tagged file; return its ending, what tells it from others, and its audio digest."""
    if master.kind == "mp3":
        header = tags.render_id3(facts)
        heard = mp3_frames.copy_frames(master.frames, header, part)
        if master.digest and heard != master.digest:
            raise mp3_frames.DamagedAudioError(f"{master.frames.path.name} is not what it was")
        return ".mp3", hashlib.sha256(header).hexdigest() + heard, heard
    listed = write.render_ffmetadata(facts.chapters)
    heard = stream_copy.copy_mp4(master.frames.path, part, listed, master.seconds)
    tags.write_mp4(part, facts)
    return ".m4a", mp3_frames.digest_of(mp3_frames.whole_file(part)), heard


def as_published(target: Target, known: lockfile.LockedFile, part: Path, name: str) -> str:
    """Prefer the published bytes where the same facts give others here (another Pillow's picture).

    Returns the name that the file at `part` deserves.
    """
    fetched = atomic_files.unfinished(part)
    if target.fetch(known.file, fetched) and _is_known(fetched, known):
        fetched.replace(part)
        return known.file
    fetched.unlink(missing_ok=True)
    return name


def _is_known(fetched: Path, known: lockfile.LockedFile) -> bool:
    """Return whether what was fetched has the length and the audio that was published."""
    if fetched.stat().st_size != known.length:
        return False
    try:
        if known.file.endswith(".mp3"):
            return mp3_frames.digest_of(mp3_frames.find_frames(fetched)) == known.audio
        return stream_copy.packets_digest(fetched) == known.audio
    except StoppedError:
        raise
    except (mp3_frames.DamagedAudioError, FfmpegError):
        return False
