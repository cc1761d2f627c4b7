"""Checks a show and its built folder, without building anything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from episodes import former_names, waivers
from episodes.errors import SourceError
from episodes.findings import Finding, errors_in
from episodes.rules import finding
from episodes.show_folder import read as source
from feed.checks import directories
from feed.checks.context import Situation
from feed.checks.context import path as path_of
from podcast import parallel
from podcast.building import check_output, clock_guard, duplicates
from podcast.building import read as reading
from podcast.building.artwork import Gallery
from podcast.cache.build_cache import BuildCache
from podcast.cache.build_record import read_record
from podcast.cache.store import LOCK
from podcast.show_folder import lockfile
from podcast.terminal import loudness_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from episodes.model import Show
    from podcast.building.context import BuildContext


def check(context: BuildContext) -> list[Finding]:
    """Return every finding in the source and in the built folder, each with its line."""
    read = _read(context)
    findings = located(context, read)
    try:
        lost = list(gone(context, read))
    except SourceError as error:
        lost = error.findings
    record = read_record(context.store)
    late = clock_guard.behind(context.now, context.folder, record.at if record else None)
    copied = duplicates.copies(context.folder, read.show.episodes)
    more = [*([late] if late else ()), *copied, *lost, *check_output.prove(context)]
    return findings + waivers.apply(waivers.waivers_in(read.show), more)


def gone(context: BuildContext, read: reading.ReadShow) -> Iterator[Finding]:
    """Yield published entries that belong to no episode any more. Raises SourceError.

    Yields nothing while an episode cannot be read, or a guid is not valid.
    """
    locked = lockfile.read(context.folder)
    entries = locked.episodes
    every = (*read.show.episodes, *read.show.withdrawn)
    there = {episode.guid for episode in every if episode.guid}
    if not _unread(read) and len(there) == len(every):
        for guid in sorted(filter(locked.was_released, entries.keys() - there)):
            message = f"{entries[guid].file} was published, and its episode is gone (guid {guid})"
            yield finding("published-gone", LOCK, "", message)


def _unread(read: reading.ReadShow) -> set[str]:
    """Return the folders of episodes that could not be read."""
    every = (*read.show.episodes, *read.show.withdrawn)
    return set(read.findings) - {"", *(episode.folder for episode in every)}


def levels_of(context: BuildContext) -> list[tuple[str, str]]:
    """Return (recording, its loudness before and after), newest first. Measures nothing."""
    read = _read(context)
    rows = [
        (each.recording, loudness_lines.line(read.probes[each.recording], each.facts.recordings))
        for each in read.show.episodes
        if each.recording in read.probes and each.facts.recordings
    ]
    return loudness_lines.named(rows)


def coming(context: BuildContext) -> tuple[list[tuple[str, str]], int]:
    """Return (when, title) of scheduled episodes, soonest first, and the number of errors.

    Builds nothing. Raises SourceError if `show.md` or an `episode.md` cannot be read.
    """
    read = _read(context)
    findings = errors_in(located(context, read))
    if _unread(read) or read.show.facts.support is reading.NO_SUPPORT:
        raise SourceError(*findings)
    return later(read.show, context.now), len(findings)


def _read(context: BuildContext) -> reading.ReadShow:
    parallel.calm()
    gallery = Gallery(context.folder, context.store, verify=context.verify, copies=False)
    cache = BuildCache(context.store, context.out, verify=context.verify)
    return reading.read_show(context.folder, context.tree, cache, gallery, notes=False)


def located(context: BuildContext, read: reading.ReadShow) -> list[Finding]:
    """Return the findings of reading and of the rules, each with its line."""
    seconds = {
        episode.slug: seconds
        for episode in read.show.episodes
        if (probe := read.probes.get(episode.recording)) and (seconds := probe.seconds) is not None
    }
    seconds |= {each.slug: each.media.seconds for each in read.show.episodes
                if each.media and each.media.is_remote}  # fmt: skip
    findings = [each for name in sorted(read.findings) for each in read.findings[name]]
    marked = {(each.path, each.key) for each in findings}
    blank = "show.md" if read.show.facts.support is reading.NO_SUPPORT else None
    ruled = [
        *_ruled(context, read, Situation(read.show, seconds, context.now)),
        *_renamed(context, read.show),
    ]
    ruled += loudness_lines.loudness_findings(read.show, read.probes)
    if _unread(read):  # an episode that cannot be read is not a gap
        ruled = [each for each in ruled if each.rule != "number-gap"]
    findings += [
        each
        for each in ruled
        if each.path != blank and not (each.key and (each.path, each.key) in marked)
    ]
    reasons = waivers.waivers_in(read.show)
    findings += waivers.lint(reasons, findings)
    of_rules = {row for each in read.of_rules.values() for _, row in each.rows}
    placed = source.locate_findings(context.folder, findings, placed=of_rules)
    findings = waivers.apply(reasons, placed)
    return sorted(findings, key=lambda each: (each.path, each.line))


def _ruled(context: BuildContext, read: reading.ReadShow, situation: Situation) -> list[Finding]:
    """Return the findings of the rules; keep those of each episode, with their lines."""
    known = read.of_rules
    each = directories.check_each(situation, known)
    new = {name: findings for name, findings in each.items() if findings is not known.get(name)}
    rows = [row for findings in new.values() for _, row in findings.rows]
    placed = iter(source.locate_findings(context.folder, rows))
    known.update(
        (name, findings._replace(rows=tuple((rule, next(placed)) for rule, _ in findings.rows)))
        for name, findings in new.items()
    )
    return directories.check(situation, known)


def _renamed(context: BuildContext, show: Show) -> Iterator[Finding]:
    """Yield findings for episodes whose page would get another URL."""
    try:
        locked = lockfile.read(context.folder)
    except SourceError:
        return  # said by what needs it
    names = Counter(name for each in show.episodes for name in (each.guid, each.slug))
    for episode in show.episodes:
        entry = locked.episodes.get(episode.guid) if locked.was_released(episode.guid) else None
        if names[episode.guid] > 1 or names[episode.slug] > 1:
            continue  # duplicate guids are reported first
        if entry and (before := former_names.built_slug(entry)) != episode.slug:
            message = f"is {episode.slug}, but was {before}: its page gets a new address"
            fix = f"write `slug: {before}`, or leave it, and the links people have stop working"
            yield finding("slug-changed", path_of(episode), "slug", message, fix=fix)


def later(show: Show, now: datetime) -> list[tuple[str, str]]:
    """Return (when, title) of each scheduled episode, soonest first."""
    later = [episode for episode in reversed(show.episodes) if episode.published > now]
    return [(episode.published.isoformat(), episode.facts.title) for episode in later]
