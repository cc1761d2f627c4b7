"""Makes the small Opus file of a recording, for slow connections.

It keeps its bytes and its name as the published recording does: made once, remembered in the lock
file, fetched where this computer's encoder is another one.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

from episodes import lockfile, site_layout
from episodes.audio import encode, ffmpeg, mp3_frames, stream_copy, tags
from episodes.audio.loudness import TARGETS
from episodes.model import SmallFile
from podcast import atomic_files
from podcast.building import master, measure, tag
from podcast.cache import encoded_audio
from podcast.cache.store import size

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.building.master import Job, Mastered
    from podcast.cache.probes import Heard

ENOUGH = 40_000  # bit/s: what is published at so little is small already
_LIBRARY = "libopus"


def add_small_audio(job: Job, done: Mastered) -> Mastered:
    """Make the small file too if the show asks for one. Raises as `master.master` does."""
    if not master.settings(job).small or _is_small(done):
        return _with(done, None)
    known = job.entry.small if job.entry and job.entry.source == done.entry.source else None
    if known and not job.verify and _there(job, known, done):
        return _with(done, known)
    with master.errors_as_findings(job):
        return _made(job, done, known)


def _is_small(done: Mastered) -> bool:
    return _kept(done) and 0 < done.heard.header.bitrate <= ENOUGH


def _kept(done: Mastered) -> bool:
    return done.entry.recipe == "as it is"


def _with(done: Mastered, small: lockfile.LockedSmallFile | None) -> Mastered:
    told = None
    if small:
        told = SmallFile(
            file=small.file,
            length=small.length,
            type=site_layout.media_type(small.file),
            seconds=small.seconds,
            sha256=small.sha256,
            former=small.former,
        )
    return done._replace(
        media=done.media.model_copy(update={"small": told}),
        entry=done.entry.model_copy(update={"small": small}),
    )


def _there(job: Job, known: lockfile.LockedSmallFile, done: Mastered) -> bool:
    file = job.place.out / known.file
    same = (known.recipe, known.tags) == (_recipe(done), _digest(job))
    if not same or size(file) != known.length:
        return False
    return (
        job.believed(known.file)
        or mp3_frames.digest_of(mp3_frames.whole_file(file)) == known.sha256
    )


def _recipe(done: Mastered) -> str:
    """Say what is done: a recording that was kept as it is keeps its loudness here too."""
    loudness = "as it is" if _kept(done) else f"{TARGETS['mono']:.0f} LUFS"
    return f"opus 24 kbit/s mono {loudness}"


def _facts(job: Job) -> tags.Tags:
    """Return the tags without the picture, which would weigh as much as two minutes of speech."""
    return job.tags._replace(art=b"")


def _digest(job: Job) -> str:
    return tag.digest(_facts(job))


def _made(job: Job, done: Mastered, known: lockfile.LockedSmallFile | None) -> Mastered:
    source, recipe = done.entry.source, _recipe(done)
    target = job.place.encoded / f"{encoded_audio.key(source, recipe)}.opus"
    published = known if known and known.recipe == recipe else None
    made, heard = _encoding(job, done, target, published)
    file, length, sha256 = _publish(job, target, made["digest"], known)
    small = lockfile.LockedSmallFile(
        recipe=recipe,
        encoder=made["encoder"],
        audio=made["digest"],
        tags=_digest(job),
        file=file,
        length=length,
        seconds=round(made["seconds"], 3),
        sha256=sha256,
    )
    small = lockfile.keep_former_names(job.entry.small if job.entry else None, small)
    said = f"small file, {length / 1e6:.1f} MB: {made.get('said') or 'made'}"
    findings = master.renewed(job, published, small) if published else []
    done = done._replace(
        heard=heard,
        said=f"{done.said}; {said}" if done.said else said,
        findings=[*done.findings, *findings],
    )
    return _with(done, small)


def _encoding(
    job: Job, done: Mastered, target: Path, published: lockfile.LockedSmallFile | None
) -> tuple[dict[str, Any], Heard]:
    """Take the encoding from an earlier build, from where it was published, or make it."""
    note, heard = target.with_suffix(".json"), done.heard
    level = not _kept(done)
    made = master.earlier(target, note, stream_copy.packets_digest)
    made = measure.prove(job, made, target, "mono", heard, level=level)
    if made is None and published and published.encoder != ffmpeg.encoder(_LIBRARY):
        made = master.fetched(job, published, target, stream_copy.packets_digest)
        made = measure.prove(job, made, target, "mono", heard, level=level)
    if made is None:
        path = job.place.show / job.episode.recording
        before, heard = measure.measure(job, path, heard, "mono")
        part = atomic_files.unfinished(target)
        after = encode.encode(path, part, encode.OPUS, before, job.progress, level=level)
        measure.refuse_channels(part, "mono")
        made = {"encoder": ffmpeg.encoder(_LIBRARY), "digest": stream_copy.packets_digest(part),
                **measure.note(before, after)}  # fmt: skip
        part.replace(target)
    encoded_audio.write_note(note, made | {"size": target.stat().st_size})
    return made, heard


def _publish(
    job: Job, encoded: Path, digest: str, known: lockfile.LockedSmallFile | None
) -> tuple[str, int, str]:
    """Write a tagged copy under a name that says which bytes it is: (name, length, SHA-256)."""
    slug = job.episode.slug
    part = atomic_files.unfinished(job.place.out / site_layout.MEDIA / f"{slug}.opus")
    try:
        _tag(job, encoded, part, digest)
        name = _name(slug, part)
        if known and (known.audio, known.tags) == (digest, _digest(job)) and known.file != name:
            target = tag.Target(job.place.out, slug, None, job.fetch)
            name = tag.as_published(target, known, part, name)
        length, sha256 = part.stat().st_size, mp3_frames.digest_of(mp3_frames.whole_file(part))
        part.replace(job.place.out / name)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return name, length, sha256


def _tag(job: Job, encoded: Path, part: Path, digest: str) -> None:
    shutil.copyfile(encoded, part)
    tags.write_ogg(part, _facts(job))
    if stream_copy.packets_digest(part) != digest:
        raise mp3_frames.DamagedAudioError(f"{encoded.name}: the tagged copy differs")


def _name(slug: str, part: Path) -> str:
    return site_layout.recording_name(
        slug, mp3_frames.digest_of(mp3_frames.whole_file(part)), ".opus"
    )
