"""Makes the small Opus file of a recording, for slow connections.

It keeps its bytes and its name as the master does.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from episodes import lockfile, site_layout
from episodes.audio import mp3_frames
from episodes.model import SmallFile
from podcast.building import master_job, recipe, tag

if TYPE_CHECKING:
    from pathlib import Path

    from episodes.audio.tags import Tags
    from podcast.building.master_job import Mastered, MasterJob
    from podcast.building.recipe import Encoding

ENOUGH = 40_000  # bit/s up to which a master is small enough itself


def add_small_audio(job: MasterJob, mastered: Mastered) -> Mastered:
    """Make the small file too if the show asks for one. Raises as `master.master` does."""
    kept = mastered.entry.recipe == recipe.AS_IT_IS
    if not job.settings.small or (kept and 0 < mastered.probe.header.bitrate <= ENOUGH):
        return _with(mastered, None)
    encoding = recipe.opus(level=not kept)
    same_source = job.entry and job.entry.source == mastered.entry.source
    known = job.entry.small if job.entry and same_source else None
    with master_job.errors_as_findings(job):
        if known and not job.verify and _is_unchanged(job, known, encoding):
            return _with(mastered, known)
        return _make(job, mastered, encoding, known)


def _with(mastered: Mastered, small: lockfile.LockedSmallFile | None) -> Mastered:
    file = (
        SmallFile(
            file=small.file,
            length=small.length,
            type=site_layout.media_type(small.file),
            seconds=small.seconds,
            sha256=small.sha256,
            former=small.former,
        )
        if small
        else None
    )
    return mastered._replace(
        media=mastered.media.model_copy(update={"small": file}),
        entry=mastered.entry.model_copy(update={"small": small}),
    )


def _is_unchanged(job: MasterJob, known: lockfile.LockedSmallFile, encoding: Encoding) -> bool:
    same = (known.recipe, known.tags) == (encoding.recipe, tag.digest(_tags(job)))
    return same and master_job.is_built(job, known, partial(_has_bytes, known))


def _has_bytes(known: lockfile.LockedSmallFile, path: Path) -> bool:
    return mp3_frames.digest_of(mp3_frames.whole_file(path)) == known.sha256


def _tags(job: MasterJob) -> Tags:
    """Return the tags without the picture, which would weigh as much as two minutes of speech."""
    return job.tags._replace(art=b"")


def _make(
    job: MasterJob,
    mastered: Mastered,
    encoding: Encoding,
    known: lockfile.LockedSmallFile | None,
) -> Mastered:
    source = mastered.entry.source
    audio, _, probe = recipe.encode_recording(job, encoding, source, known, mastered.probe)
    output = tag.OutputFile(job.folders.out, job.episode.slug, known, job.fetch)
    file = tag.publish(audio, _tags(job), output)
    sha256 = mp3_frames.digest_of(mp3_frames.whole_file(job.folders.out / file.file))
    small = lockfile.LockedSmallFile(sha256=sha256, **dict(file))
    small = lockfile.keep_former_names(job.entry.small if job.entry else None, small)
    message = f"small file, {small.length / 1e6:.1f} MB: {audio.message or 'made'}"
    mastered = mastered._replace(
        probe=probe,
        message=f"{mastered.message}; {message}" if mastered.message else message,
        findings=[*mastered.findings, *master_job.renewed(job, known, small)],
    )
    return _with(mastered, small)
