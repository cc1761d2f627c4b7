"""Masters every recording of a build on all cores, and writes the lock file."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from episodes import lockfile as lock
from episodes import site_layout
from episodes.audio import ffmpeg
from episodes.errors import SourceError
from episodes.findings import Finding
from podcast.building import duplicates, master, published_copy, small_audio, tag
from podcast.building.master_job import BuildFolders, Mastered, MasterJob
from podcast.cache import encoded_audio
from podcast.cache.store import LOCK, stat
from podcast.parallel import for_each, workers
from podcast.show_folder import lockfile, show_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    from episodes.audio.tags import Tags
    from episodes.model import Episode, Show
    from podcast.building.artwork import Gallery
    from podcast.building.context import BuildContext, ProgressReport
    from podcast.building.read import ReadShow
    from podcast.cache.build_cache import BuildCache
    from podcast.cache.probes import AudioProbe

    Take = Callable[[Episode, Mastered | SourceError], None]

PASSES = 3  # measure, encode, measure again; as many for a small file


def master_all(
    context: BuildContext,
    read: ReadShow,
    cache: BuildCache,
    gallery: Gallery,
    report: ProgressReport,
) -> dict[str, Mastered]:
    """Master every recording that is out and not published yet, on all cores.

    Returns the results by the episode's folder, and writes the lock file. Raises SourceError
    before anything is encoded if a recording is a copy of another, else after all are done.
    """
    locked = lockfile.read(context.folder)
    entries = dict(locked.episodes)
    jobs = _jobs(context, read, cache, gallery, entries, report)
    if not jobs and (context.folder / LOCK).exists():
        return {}
    _refuse_copies(context, read.show, jobs)
    before, probes = dict(entries), dict(read.probes)
    done, findings = dict[str, Mastered](), list[Finding]()

    def take(episode: Episode, result: Mastered | SourceError) -> None:
        report.advance(episode.recording, 1)
        if isinstance(result, SourceError):
            findings.extend(result.findings)
            return
        done[episode.folder] = _leave_out_renewal(locked, episode, result)
        probes[episode.recording] = result.probe
        entries[episode.guid] = result.entry
        context.watcher.master(episode.guid, [] if findings else result.files)

    report.begin([job.episode.recording for job in jobs.values()])
    try:
        _in_parallel(jobs, take)
    finally:
        report.end()
        findings += _refuse_same_sound(read.show, entries, before)
        if entries and show_lock.is_held(context.folder):
            lockfile.write(context.folder, locked.model_copy(update={"episodes": entries}))
        cache.save_unfinished({name for each in done.values() for name in each.files})
        _remember_recordings(read, cache, probes)
    if findings:
        raise SourceError(*findings)
    encoded_audio.prune(_encoded(context), entries.values())
    return done


def _leave_out_renewal(locked: lock.Lock, episode: Episode, result: Mastered) -> Mastered:
    """Return the result; without the warning about new bytes if nobody has the old ones."""
    if locked.was_released(episode.guid):
        return result
    others = [each for each in result.findings if each.rule != "audio-renewed"]
    return result._replace(findings=others)


def _jobs(  # noqa: PLR0913 - what recordings need on their way
    context: BuildContext,
    read: ReadShow,
    cache: BuildCache,
    gallery: Gallery,
    entries: lock.Entries,
    report: ProgressReport,
) -> dict[str, MasterJob]:
    folders = BuildFolders(context.folder, context.out, _encoded(context))
    addresses = (read.show.address, *read.show.facts.former_addresses)
    return {
        episode.folder: MasterJob(
            folders=folders,
            episode=episode,
            tags=_tags(read, gallery, episode, entries.get(episode.guid)),
            probe=read.probes[episode.recording],
            entry=entries.get(episode.guid),
            fetch=partial(published_copy.published, addresses),
            progress=_progress(report, episode, read.probes[episode.recording]),
            verify=context.verify,
            is_as_left=partial(_as_left, context, cache),
        )
        for episode in reversed(read.show.episodes)
        if episode.recording
        and episode.published <= context.now
        and not _there(context, cache, episode)
    }


def _encoded(context: BuildContext) -> Path:
    return context.store.directory("audio")


def _there(context: BuildContext, cache: BuildCache, episode: Episode) -> bool:
    """Return whether the published file is as the last build left it."""
    if episode.media is None:
        return False
    media = episode.media
    for name in (media.file, *([media.small.file] if media.small else ())):
        if not _as_left(context, cache, name):
            return False
    return True


def _as_left(context: BuildContext, cache: BuildCache, name: str) -> bool:
    was = cache.output_stat(name)
    return was is not None and stat(context.out / name) == was


def _tags(
    read: ReadShow, gallery: Gallery, episode: Episode, entry: lock.LockedEpisode | None
) -> Tags:
    """Return the facts for the tags; after a move, the old ones if nothing else has changed.

    So a recording keeps its bytes and its name, and redirects from the old address still work.
    """
    art = gallery.embedded(episode.art or read.show.art)
    seconds = read.probes[episode.recording].header.seconds
    pictures = {name: gallery.embedded(each) for name, each in episode.pictures.items()}
    tags = tag.describe(read.show, episode, art, seconds, pictures)
    for former in read.show.facts.former_addresses if entry else ():
        before = tags._replace(page=former + episode.page, feed=former + site_layout.FEED)
        if entry and entry.tags == tag.digest(before):
            return before
    return tags


def _progress(
    report: ProgressReport, episode: Episode, probe: AudioProbe
) -> Callable[[float], None]:
    """Return a callback for the seconds decoded, pass after pass over the recording."""
    length = max(probe.header.seconds, 1)
    settings = episode.facts.recordings
    passes = PASSES * (2 if settings and settings.small else 1)
    done, last = 0, 0.0

    def note(seconds: float) -> None:
        nonlocal done, last
        done += seconds < last
        last = seconds
        share = (done + min(seconds / length, 1)) / passes
        report.advance(episode.recording, min(share, 0.99))

    return note


def _in_parallel(jobs: dict[str, MasterJob], take: Take) -> None:
    """Master on all cores; `take` gets each result immediately, so that Ctrl-C loses none."""
    ffmpeg.resume()
    lock = threading.Lock()

    def run(folder: str) -> None:
        result: Mastered | SourceError
        try:
            result = small_audio.add_small_audio(jobs[folder], master.master(jobs[folder]))
        except SourceError as error:
            result = error
        with lock:
            take(jobs[folder].episode, result)

    for_each(jobs, run, workers(), cancel=ffmpeg.cancel)


def _refuse_copies(context: BuildContext, show: Show, jobs: Container[str]) -> None:
    """Raise SourceError if a recording to master is a copy of another's, byte by byte.

    Those of the other episodes were compared when they were mastered.
    """
    out = [each for each in show.episodes if each.published <= context.now]
    if twice := list(duplicates.copies(context.folder, out, jobs)):
        raise SourceError(*twice)


def _refuse_same_sound(show: Show, entries: lock.Entries, before: lock.Entries) -> list[Finding]:
    """Find episodes that share a recording under two names; their entries are not saved."""
    same: dict[str, list[Episode]] = {}
    for episode in reversed(show.episodes):
        if episode.guid in entries:
            same.setdefault(entries[episode.guid].audio, []).append(episode)
    findings = []
    for every in same.values():
        out = _accepted(every, entries, before)
        first, *others = sorted(duplicates.unrelated(every), key=lambda each: each.guid not in out)
        copies = [duplicates.twice(first, other) for other in others if other.guid not in out]
        findings += copies
        for guid in [episode.guid for episode in (first, *others) if copies]:
            entries.pop(guid)
            entries.update({guid: before[guid]} if guid in before else {})
    return findings


def _accepted(every: list[Episode], entries: lock.Entries, before: lock.Entries) -> frozenset[str]:
    """Return the guids of published episodes whose recordings have different bytes.

    Earlier builds distinguished MP3s by the text after their audio.
    """
    sources = Counter(entries[each.guid].source for each in every)
    known = ((each.guid, entries[each.guid].source) for each in every if each.guid in before)
    return frozenset(
        guid for guid, source in known if before[guid].source == source and sources[source] == 1
    )


def _remember_recordings(read: ReadShow, cache: BuildCache, probes: dict[str, AudioProbe]) -> None:
    there = {episode.recording for episode in read.show.episodes}
    rows = {name: one.row() for name, one in probes.items() if name in there}
    cache.save_recordings(rows)
