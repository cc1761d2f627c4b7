"""Runs the steps of a build: reads what changed, checks, masters, renders, fills the cache.

Nothing that is public already changes before every recording is ready; the feed is written last.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING, Any

from episodes import catalogue_document, site_layout, waivers
from episodes.errors import SourceError
from episodes.findings import errors_in
from episodes.lockfile import RemoteRecordings
from episodes.model import Episode, Show, link_newest, link_versions, newest_first
from feed import pages, rss
from podcast import atomic_files, parallel
from podcast.building import (
    artwork,
    check,
    master_batch,
    render,
)
from podcast.building import (
    read as reading,
)
from podcast.building import (
    withdrawn as forgetting,
)
from podcast.building.artwork import Gallery
from podcast.building.context import BuildResult
from podcast.cache.build_cache import BuildCache, show_key
from podcast.cache.build_record import BuildRecord
from podcast.cache.store import LOCK, Summary, stat
from podcast.show_folder import lockfile, show_lock
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from episodes.lockfile import Lock
    from podcast.building.context import BuildContext, ProgressReport
    from podcast.building.master_job import Mastered
    from podcast.cache.probes import AudioProbe


def build(site: BuildContext, report: ProgressReport, address: str | None) -> BuildResult:
    """Build the show. Raises SourceError with every finding where an error stops it."""
    parallel.calm()
    gallery = Gallery(site.folder, site.store, verify=site.verify)
    memory = BuildCache(site.store, site.out, verify=site.verify)
    read = reading.read_show(site.folder, site.tree, memory, gallery, address)
    gallery.remember()
    gc.freeze()  # the show stays until the end: nobody needs to look through it
    findings = check.located(site, read)
    if errors_in(findings):
        raise SourceError(*findings)
    _make_folders(site)
    forgetting.forget(site, read, memory, gallery)
    done = master_batch.master_all(site, read, memory, gallery, report)
    mastered = [finding for each in done.values() for finding in each.findings]
    measured = loudness_lines.loudness_findings(read.show, _heard(read, done))
    known = {(each.rule, each.path) for each in findings}
    mastered += [each for each in measured if (each.rule, each.path) not in known]
    findings += waivers.apply(waivers.waivers_in(read.show), mastered)
    episodes = [
        episode.model_copy(update={"media": done[episode.folder].media})
        if episode.folder in done
        else episode
        for episode in read.show.episodes
        if episode.published <= site.now
    ]
    locked = lockfile.remember_elsewhere(site.folder, _elsewhere(episodes))
    out = forgetting.were_out(read.show, locked)
    back = tuple(each for each in out if each.published <= site.now)  # the others never appear
    told = {"episodes": link_versions(episodes, back), "withdrawn": link_newest(back, episodes)}
    show = read.show.model_copy(update=told)
    show, written = _tell(site, show, memory, gallery, read.changed | set(done), locked)
    coming = check.later(read.show, site.now)
    withdrawn = forgetting.look_for(read, locked)
    summary = Summary(len(show.episodes), coming, findings, _publish(show), show.feed, withdrawn)
    show_lock.refuse_if_taken_over(site.folder)
    _remember(site, show, read, memory, summary)
    paths = {each.folder: each.recording for each in read.show.episodes}
    lines = [(paths[name], each.message) for name, each in done.items() if each.message]
    said = loudness_lines.named(lines)
    count = len(show.episodes)
    return BuildResult(
        site.out, count, coming, findings, said, written, _publish(show), show.feed,
        tuple(withdrawn),
    )  # fmt: skip


def _heard(read: reading.ReadShow, done: dict[str, Mastered]) -> dict[str, AudioProbe]:
    """Return what is known now of the recordings that were mastered."""
    return {
        each.recording: done[each.folder].probe
        for each in read.show.episodes
        if each.folder in done
    }


def _elsewhere(episodes: list[Episode]) -> dict[str, RemoteRecordings]:
    return {
        each.guid: RemoteRecordings(addresses=(each.media.file,), slugs=(each.slug,))
        for each in episodes
        if each.media and each.media.is_remote
    }


def _publish(show: Show) -> dict[str, str]:
    return show.facts.publish.model_dump(exclude_none=True) if show.facts.publish else {}


def _make_folders(site: BuildContext) -> None:
    for name in site_layout.KINDS:
        (site.out / name).mkdir(parents=True, exist_ok=True)
    kept = [site.store.path, site.store.directory("audio"), site.store.directory("art")]
    site.store.sweep([*kept, site.out, *(site.out / name for name in site_layout.KINDS)])


def _tell(  # noqa: PLR0913 - what a show is told from
    site: BuildContext,
    show: Show,
    memory: BuildCache,
    gallery: Gallery,
    changed: set[str],
    locked: Lock,
) -> tuple[Show, int]:
    """Write pages, transcripts, chapters, art, catalogue and, last, the feed."""
    bare, work = show.without_episodes, []
    for before, episode, after in _with_neighbours(show):
        page = render.Page(site.folder, site.out, bare, episode, before, after)
        said = _beside(before, episode, after) == memory.neighbours_of(episode.folder)
        if episode.folder in changed or not said or not _whole(site, memory, episode):
            work.append(page)
    rendered = {each.episode.folder: each for each in parallel.spread(render.render, work)}
    written = sum(each.written for each in rendered.values())
    episodes = (
        rendered[episode.folder].episode if episode.folder in rendered else episode
        for episode in show.episodes
    )
    show = show.model_copy(update={"episodes": newest_first(episodes)})
    written += gallery.publish(site.out, memory)
    made = {site_layout.static_name(name): data for name, data in pages.static().items()}
    made |= {each.page: pages.withdrawn(show, each) for each in show.withdrawn}
    made |= {
        site_layout.INDEX: pages.index(show),
        site_layout.CATALOGUE: catalogue_document.render(show, locked),
    }
    for name, data in made.items():
        written += atomic_files.write_changed(site.out / name, data)
    show_lock.refuse_if_taken_over(site.folder)
    written += atomic_files.write_chunks(site.out / site_layout.FEED, rss.chunks(show))
    return show, written


def _beside(
    before: pages.Neighbour | None, episode: Episode, after: pages.Neighbour | None
) -> tuple[pages.Neighbour | None, ...]:
    """Return every other episode that an episode's page links to."""
    kin = (episode.newer, episode.older)
    versions = [pages.Neighbour(each.slug, each.title) if each else None for each in kin]
    return (before, after, *versions)


def _with_neighbours(show: Show) -> Any:
    ordered = sorted(show.episodes, key=lambda episode: (episode.published, episode.guid))
    names = [None, *(pages.Neighbour(each.slug, each.facts.title) for each in ordered), None]
    return zip(names, ordered, names[2:], strict=False)


def _whole(site: BuildContext, memory: BuildCache, episode: Episode) -> bool:
    return all(stat(site.out / name) == memory.output_stat(name) for name in episode.built_files)


def _remember(
    site: BuildContext, show: Show, read: reading.ReadShow, memory: BuildCache, summary: Summary
) -> None:
    """Write down this build, and remove what the one before made and this one did not."""
    names = [site_layout.INDEX, site_layout.CATALOGUE, site_layout.FEED]
    names += map(site_layout.static_name, pages.static())
    names += [show.art.file, show.art.small] if show.art else []
    names += [name for episode in show.episodes for name in episode.built_files]
    names += [episode.page for episode in show.withdrawn]
    known = memory.outputs() | memory.unfinished() | forgetting.left_in(site.out, summary.withdrawn)
    known |= artwork.left_over(site.out, set(names))
    for name in known - set(names):
        with contextlib.suppress(OSError):
            (site.out / name).unlink()
    out = {episode.folder: episode for episode in show.episodes}
    every = (*read.show.episodes, *read.show.withdrawn)
    episodes = {each.folder: out.get(each.folder, each) for each in every}
    later = [each.published.timestamp() for each in read.show.episodes if each.published > site.now]
    record = BuildRecord.model_construct(
        out=str(site.out),
        tree=site.tree,
        key=show_key(show),
        lock=stat(site.folder / LOCK),
        due=min(later, default=None),
        at=site.now.timestamp(),
        outputs={name: stat(site.out / name) for name in names},
        neighbours={
            each.folder: _beside(before, each, after)
            for before, each, after in _with_neighbours(show)
        },
        findings=read.findings,
        summary=summary,
        digest="",
    )
    memory.save(episodes, record)
