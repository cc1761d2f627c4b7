"""Runs the steps of a build: reads what changed, checks, masters, renders, fills the cache.

No public file changes before every recording is ready; the feed is written last.
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from episodes import site_layout, waivers
from episodes.errors import SourceError
from episodes.findings import errors_in
from episodes.lockfile import RemoteRecordings
from episodes.model import Episode, Show, link_newest, link_versions, newest_first
from feed import index_page, pages
from podcast import atomic_files, parallel
from podcast.building import artwork, check, master_batch, render, withdrawn
from podcast.building import read as reading
from podcast.building.artwork import Gallery
from podcast.building.context import BuildResult
from podcast.cache import compiled_templates, joined_files
from podcast.cache.build_cache import BuildCache, show_key
from podcast.cache.build_record import BuildRecord
from podcast.cache.joined_files import JoinedFiles
from podcast.cache.store import LOCK, Summary, stat
from podcast.show_folder import lockfile, show_lock
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from episodes.findings import Finding
    from episodes.lockfile import Lock
    from podcast.building.context import BuildContext, ProgressReport
    from podcast.building.master_job import Mastered


def build(context: BuildContext, report: ProgressReport, address: str | None) -> BuildResult:
    """Build the show. Raises SourceError with every finding if there is an error."""
    parallel.calm()
    compiled_templates.keep_templates(context.store.code)
    gallery = Gallery(context.folder, context.store, verify=context.verify)
    cache = BuildCache(context.store, context.out, verify=context.verify)
    read = reading.read_show(context.folder, context.tree, cache, gallery, address)
    gallery.remember()
    gc.freeze()  # the show stays until the end, so the garbage collector can skip it
    findings = check.located(context, read)
    if errors_in(findings):
        raise SourceError(*findings)
    _make_folders(context)
    withdrawn.forget(context, read, cache, gallery)
    mastered = master_batch.master_all(context, read, cache, gallery, report)
    findings += _findings_of_masters(read, mastered, findings)
    episodes = _published_episodes(context, read, mastered)
    locked = lockfile.remember_elsewhere(context.folder, _elsewhere(episodes))
    published = withdrawn.were_out(read.show, locked)
    due = tuple(each for each in published if each.published <= context.now)  # others never appear
    show = read.show.model_copy(
        update={"episodes": link_versions(episodes, due), "withdrawn": link_newest(due, episodes)}
    )
    changed = read.changed | set(mastered)
    show, written, untouched = _write_site(
        context, show, cache, gallery, changed, locked, _first_day(read.show, show)
    )
    traces = withdrawn.look_for(read, locked)
    summary = Summary(
        episodes=len(show.episodes),
        coming=check.later(read.show, context.now),
        findings=findings,
        publish=show.facts.publish.model_dump(exclude_none=True) if show.facts.publish else {},
        feed=show.feed,
        withdrawn=traces,
    )
    show_lock.refuse_if_taken_over(context.folder)
    _save(context, show, read, cache, summary, untouched)
    return BuildResult.of(context.out, summary, _messages(read.show, mastered), written)


def _findings_of_masters(
    read: reading.ReadShow, mastered: dict[str, Mastered], known: list[Finding]
) -> list[Finding]:
    """Return the findings of mastering and those about loudness, without duplicates."""
    probes = {
        each.recording: mastered[each.folder].probe
        for each in read.show.episodes
        if each.folder in mastered
    }
    same = {(each.rule, each.path) for each in known}
    findings = [finding for each in mastered.values() for finding in each.findings]
    findings += [
        each
        for each in loudness_lines.loudness_findings(read.show, probes)
        if (each.rule, each.path) not in same
    ]
    return waivers.apply(waivers.waivers_in(read.show), findings)


def _published_episodes(
    context: BuildContext, read: reading.ReadShow, mastered: dict[str, Mastered]
) -> list[Episode]:
    """Return the episodes that are out, with their published recordings."""
    return [
        episode.model_copy(update={"media": mastered[episode.folder].media})
        if episode.folder in mastered
        else episode
        for episode in read.show.episodes
        if episode.published <= context.now
    ]


def _messages(show: Show, mastered: dict[str, Mastered]) -> list[tuple[str, str]]:
    paths = {each.folder: each.recording for each in show.episodes}
    lines = [(paths[name], each.message) for name, each in mastered.items() if each.message]
    return loudness_lines.named(lines)


def _elsewhere(episodes: list[Episode]) -> dict[str, RemoteRecordings]:
    return {
        each.guid: RemoteRecordings(addresses=(each.media.file,), slugs=(each.slug,))
        for each in episodes
        if each.media and each.media.is_remote
    }


def _make_folders(context: BuildContext) -> None:
    for name in site_layout.KINDS:
        (context.out / name).mkdir(parents=True, exist_ok=True)
    kept = [context.store.path, context.store.directory("audio"), context.store.directory("art")]
    context.store.sweep([*kept, context.out, *(context.out / name for name in site_layout.KINDS)])


def _write_site(  # noqa: PLR0913 - what pages and feed are made from
    context: BuildContext,
    show: Show,
    cache: BuildCache,
    gallery: Gallery,
    changed: set[str],
    locked: Lock,
    first_on: date | None,
) -> tuple[Show, int, set[str]]:
    """Write pages, transcripts, chapters, art, catalogue and, last, the feed.

    Returns the show with the names of these files, how many were written, and which were looked at
    and left as the last build wrote them.
    """
    bare, pages_to_render = show.without_episodes, []
    for before, episode, after in _with_neighbours(show):
        linked = _linked_episodes(before, episode, after)
        same = linked == cache.neighbours_of(episode.folder)
        if episode.folder in changed or not same or not _is_complete(context, cache, episode):
            page = render.Page(context.folder, context.out, bare, episode, before, after)
            pages_to_render.append(page)
    rendered = {
        each.episode.folder: each for each in parallel.spread(render.render, pages_to_render)
    }
    written = sum(each.written for each in rendered.values())
    episodes = (
        rendered[episode.folder].episode if episode.folder in rendered else episode
        for episode in show.episodes
    )
    show = show.model_copy(update={"episodes": newest_first(episodes)})
    written += gallery.publish(context.out, cache)
    files = {site_layout.static_name(name): data for name, data in pages.static().items()}
    files |= {each.page: pages.withdrawn(show, each) for each in show.withdrawn}
    files |= {
        site_layout.INDEX: index_page.render(show, first_on),
        site_layout.NOT_FOUND: pages.not_found(show),
    }
    for name, data in files.items():
        written += atomic_files.write_changed(context.out / name, data)
    kept = (each.built_files for each in show.episodes if each.folder not in rendered)
    untouched = {name for names in kept for name in names}
    return show, written + _write_joined(context, show, cache, locked), untouched


def _first_day(every: Show, show: Show) -> date | None:
    """Return the day of the first episode if none is out yet, in the show's time zone."""
    if show.episodes or not every.episodes:
        return None
    return every.episodes[-1].published.astimezone(ZoneInfo(show.facts.timezone)).date()


def _write_joined(context: BuildContext, show: Show, cache: BuildCache, locked: Lock) -> int:
    """Write the catalogue and, last, the feed; return how many of them changed."""
    joined = JoinedFiles(context.store, context.out, verify=context.verify)
    parts = joined_files.catalogue_parts(show, locked, cache.rows)
    chunks = joined.chunks(site_layout.CATALOGUE, parts)
    written = int(atomic_files.write_chunks(context.out / site_layout.CATALOGUE, chunks))
    show_lock.refuse_if_taken_over(context.folder)
    chunks = joined.chunks(site_layout.FEED, joined_files.feed_parts(show, cache.rows))
    written += atomic_files.write_chunks(context.out / site_layout.FEED, chunks)
    joined.save()
    return written


def _linked_episodes(
    before: pages.Neighbour | None, episode: Episode, after: pages.Neighbour | None
) -> tuple[pages.Neighbour | None, ...]:
    """Return every other episode that an episode's page links to."""
    versions = (episode.newer, episode.older)
    links = (pages.Neighbour(each.slug, each.title) if each else None for each in versions)
    return (before, after, *links)


def _with_neighbours(
    show: Show,
) -> Iterator[tuple[pages.Neighbour | None, Episode, pages.Neighbour | None]]:
    """Yield each episode with the previous and the next."""
    ordered = sorted(show.episodes, key=lambda episode: (episode.published, episode.guid))
    names = [None, *(pages.Neighbour(each.slug, each.facts.title) for each in ordered), None]
    yield from zip(names, ordered, names[2:], strict=False)


def _is_complete(context: BuildContext, cache: BuildCache, episode: Episode) -> bool:
    """Return whether the built files of an episode are as the last build left them."""
    out, names = str(context.out), episode.built_files  # as text: a Path for each takes longer
    return all(stat(f"{out}/{name}") == cache.output_stat(name) for name in names)


def _save(  # noqa: PLR0913 - what a build has made
    context: BuildContext,
    show: Show,
    read: reading.ReadShow,
    cache: BuildCache,
    summary: Summary,
    untouched: set[str],
) -> None:
    """Delete files that only the last build made, and save this build."""
    names = [site_layout.INDEX, site_layout.NOT_FOUND, site_layout.CATALOGUE, site_layout.FEED]
    names += map(site_layout.static_name, pages.static())
    names += [show.art.file, show.art.small] if show.art else []
    names += [name for episode in show.episodes for name in episode.built_files]
    names += [episode.page for episode in show.withdrawn]
    known = cache.outputs() | cache.unfinished()
    known |= withdrawn.left_in(context.out, summary.withdrawn)
    known |= artwork.left_over(context.out, set(names))
    for name in known - set(names):
        with contextlib.suppress(OSError):
            (context.out / name).unlink()
    published = {episode.folder: episode for episode in show.episodes}
    every = (*read.show.episodes, *read.show.withdrawn)
    episodes = [published.get(each.folder, each) for each in every]
    later = [each.published for each in read.show.episodes if each.published > context.now]
    out = str(context.out)
    record = BuildRecord.model_construct(
        out=out,
        tree=context.tree,
        key=show_key(show),
        lock=stat(context.folder / LOCK),
        due=min(later).timestamp() if later else None,
        at=context.now.timestamp(),
        outputs={
            name: cache.output_stat(name) if name in untouched else stat(f"{out}/{name}")
            for name in names
        },
        neighbours={
            episode.folder: _linked_episodes(before, episode, after)
            for before, episode, after in _with_neighbours(show)
        },
        findings=read.findings,
        summary=summary,
        digest="",
    )
    cache.save(episodes, read.of_rules, record)
