"""Reads `show.md` and each episode's folder on every core; again only those that changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from episodes import translations
from episodes.errors import SourceError
from episodes.findings import Finding, errors_in
from episodes.frontmatter.people import Person
from episodes.frontmatter.safeguarding import Support
from episodes.frontmatter.schema import ShowFacts
from episodes.model import NO_ADDRESS, Art, Episode, Show, link_versions, newest_first
from episodes.rules import finding
from episodes.show_folder import chapter_sources, file_choice
from episodes.show_folder import read as source
from episodes.show_folder.inherit import complete_episode
from episodes.transcripts import lint
from feed.fixed_words import COVER
from podcast import parallel
from podcast.cache import probes as audio_probes
from podcast.cache.build_cache import BuildCache, show_key
from podcast.cache.field_sets import share_field_sets
from podcast.cache.probes import AudioProbe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.chapters.write import Row
    from episodes.show_folder.scan import Signature
    from episodes.transcripts.read import Transcript
    from feed.checks.directories import EpisodeFindings
    from podcast.building.artwork import Gallery
    from podcast.cache.field_sets import FieldSets


# Stands for values that cannot be read in a broken show.md, so that no rule reports them.
NO_SUPPORT = (Support(name="-", checked_on=date.max),)
NOBODY = (Person(credit="-"),)


class ReadEpisode(NamedTuple):
    """An episode as it was read; `episode` is None if it could not be."""

    folder: str
    episode: Episode | None
    probe: AudioProbe | None
    findings: list[Finding]


class ReadJob(NamedTuple):
    """An episode to read."""

    show: Path
    folder: str
    facts: ShowFacts
    known: AudioProbe | None  # of its recording
    notes: bool  # whether the show notes are needed as HTML


def read_episodes(jobs: list[ReadJob]) -> list[ReadEpisode]:
    """Read each folder, some dozens at a time."""
    steps = (jobs[at : at + parallel.STEP] for at in range(0, len(jobs), parallel.STEP))
    field_sets: FieldSets = {}  # shared before they are sent to the process that asked
    read = [each for step in steps for each in _read(step)]
    for each in read:
        if each.episode:
            share_field_sets(each.episode, field_sets)
    return read


def _read(jobs: list[ReadJob]) -> list[ReadEpisode]:
    """Read all front matter, then all recordings, then all transcripts.

    The code for one kind of file then stays in the processor's cache: one episode after the other
    takes a third longer.
    """
    rows = [(job, list[Finding]()) for job in jobs]
    folders = [(job.folder, findings) for job, findings in rows]
    written = source.read_episodes(jobs[0].show, folders, notes=jobs[0].notes)
    probes = [_probe(*row, each) for row, each in zip(rows, written, strict=True)]
    episodes = [
        _complete(*row, each, probe) for row, each, probe in zip(rows, written, probes, strict=True)
    ]
    transcripts = [_transcript(jobs[0].show, each) for each in episodes]
    for episode, transcript in zip(episodes, transcripts, strict=True):
        _lint_transcript(episode, transcript)
    return episodes


def _probe(
    job: ReadJob, findings: list[Finding], written: source.WrittenEpisode | None
) -> AudioProbe | None:
    if not written or not written.recording:
        return None
    try:
        return audio_probes.probe_audio(job.show, written.recording, job.known)
    except SourceError as error:
        findings.extend(error.findings)
        return None


def _complete(
    job: ReadJob,
    findings: list[Finding],
    written: source.WrittenEpisode | None,
    probe: AudioProbe | None,
) -> ReadEpisode:
    if not written:
        return ReadEpisode(job.folder, None, probe, findings)
    if written.facts.withdrawn:
        episode = complete_episode(written, job.facts)
        return ReadEpisode(job.folder, episode, None, errors_in(findings))
    recording = (written.recording or "", probe.header.chapters if probe else ())
    chapters = _chapters(job.show, written, recording, findings)
    return ReadEpisode(job.folder, complete_episode(written, job.facts, chapters), probe, findings)


def _transcript(show: Path, read: ReadEpisode) -> Transcript | None:
    path = read.episode.transcript_source if read.episode else None
    return source.read_transcript(show, path, read.findings) if path else None


def _lint_transcript(read: ReadEpisode, transcript: Transcript | None) -> None:
    episode = read.episode
    if episode and transcript:
        path, language = episode.transcript_source or "", episode.facts.language or ""
        seconds = read.probe.seconds if read.probe else None
        read.findings.extend(lint.lint(transcript, path, seconds, episode.people, language))


def _chapters(
    show: Path,
    written: source.WrittenEpisode,
    recording: tuple[str, tuple[Row, ...]],
    findings: list[Finding],
) -> chapter_sources.ChapterList | None:
    """Return the chapters of another file or the recording; None if front matter has them."""
    if "chapters" in written.facts.model_fields_set and not written.chapters:
        return None
    return chapter_sources.read_chapters(show, written.chapters, recording, findings)


class ReadShow(NamedTuple):
    """A show as it was read, with every episode, scheduled or not."""

    show: Show
    findings: dict[str, list[Finding]]  # by folder; "" is the show's own
    probes: dict[str, AudioProbe]  # by the recording's path
    changed: set[str]  # the folders that were read again
    of_rules: dict[str, EpisodeFindings]  # what rules find in each episode, once they are asked


def read_show(  # noqa: PLR0913 - what is cached, and what is needed
    folder: Path,
    tree: dict[str, Signature],
    cache: BuildCache,
    gallery: Gallery,
    address: str | None = None,
    *,
    notes: bool = True,
) -> ReadShow:
    """Read a show; all errors in it are in `findings`, and nothing is raised.

    Episodes are read even if `show.md` cannot be. Without `notes`, changed episodes have none.
    """
    findings: dict[str, list[Finding]] = {"": []}
    described = notes or not cache.is_empty  # the comparison includes its own notes
    written = source.read_show(folder, findings[""], notes=described)
    show = _without_episodes(written, gallery, findings[""], address)
    loaded = {path: AudioProbe.load(row) for path, row in cache.recordings.items()}
    probes = {path: probe for path, probe in loaded.items() if probe}
    unchanged = cache.unchanged_episodes(tree, show_key(show), set(probes))
    changed = [name for name in tree if name and name not in unchanged]
    known = {path.rpartition("/")[0]: probe for path, probe in probes.items()}
    jobs = [ReadJob(folder, name, show.facts, known.get(name), notes) for name in changed]
    episodes = dict(unchanged)
    for name, episode in unchanged.items():
        findings[name] = cache.findings_in(name)
        # Its recording may have to be tagged again.
        _prepare_picture(episode, gallery, [])
        if cache.rows.has_chapter_pictures(name):
            _prepare_chapter_pictures(folder, episode, gallery, [])
    for read in parallel.spread(read_episodes, jobs):
        findings[read.folder] = read.findings
        if read.episode:
            update = _prepare_picture(read.episode, gallery, read.findings)
            update |= _prepare_chapter_pictures(folder, read.episode, gallery, read.findings)
            episodes[read.folder] = read.episode.model_copy(update=update)
            if read.probe:
                probes[read.episode.recording] = read.probe
    show = show.model_copy(update=split_withdrawn(episodes.values()))
    kept = cache.rows.findings()
    of_rules = {name: kept[name] for name in unchanged if name in kept}
    return ReadShow(show, findings, probes, set(changed), of_rules)


def split_withdrawn(episodes: Iterable[Episode]) -> dict[str, tuple[Episode, ...]]:
    """Return the episodes of a show, and its withdrawn ones, newest first."""
    every = newest_first(episodes)
    return {
        "episodes": link_versions(each for each in every if not each.facts.withdrawn),
        "withdrawn": tuple(each for each in every if each.facts.withdrawn),
    }


def _without_episodes(
    written: source.WrittenShow | None,
    gallery: Gallery,
    findings: list[Finding],
    address: str | None,
) -> Show:
    facts, art = _show_facts(written, gallery, findings)
    if facts.address is None and address:
        facts = facts.model_copy(update={"address": address})
    return Show(
        facts=facts,
        description=written.html if written else "",
        address=facts.address or NO_ADDRESS,
        art=art,
    )


def _show_facts(
    written: source.WrittenShow | None, gallery: Gallery, findings: list[Finding]
) -> tuple[ShowFacts, Art | None]:
    if written is None:
        blank = ShowFacts(title="-", author="-", summary="-", guid=str(UUID(int=0)))
        quiet = {"address": NO_ADDRESS, "support": NO_SUPPORT, "contributors": NOBODY}
        return blank.model_copy(update=quiet), None
    facts = written.facts
    if written.picture is None:
        if not any(finding.key == "cover" for finding in findings):
            findings.append(finding("art-missing", "show.md", "cover", "there is none"))
        return facts, None
    with translations.using(facts.language):
        alt = facts.cover_alt or translations.text(COVER, title=facts.title)
    crop = facts.cover_crop is not None
    return facts, gallery.prepare(written.picture, "cover", alt, findings, crop=crop)


def _prepare_picture(episode: Episode, gallery: Gallery, findings: list[Finding]) -> dict[str, Any]:
    """Prepare the picture of an episode; return what changes in the episode."""
    if not episode.picture_source:
        return {}
    facts = episode.facts
    alt, crop = facts.picture_alt or "", facts.picture_crop is not None
    return {"art": gallery.prepare(episode.picture_source, episode.slug, alt, findings, crop=crop)}


def _prepare_chapter_pictures(
    show: Path, episode: Episode, gallery: Gallery, findings: list[Finding]
) -> dict[str, Any]:
    """Prepare the pictures of an episode's chapters; return what changes in the episode."""
    crop = episode.facts.picture_crop is not None
    pictures: dict[str, Art | None] = {}
    for number, chapter in enumerate(episode.facts.chapters, 1):
        name = chapter.picture
        if not name or name in pictures:
            continue
        file = file_choice.actual_name(show, episode.folder, name)
        if wrong := file_choice.why_unusable(show, episode.folder, file, file_choice.PICTURES):
            rule, message = wrong
            message = f'"{name}" {message}'
            findings.append(episode.chapters_origin.finding(rule, number, "picture", message))
            pictures[name] = None
            continue
        path, slug = f"{episode.folder}/{file}", f"{episode.slug}-chapter"
        alt = chapter.picture_alt or ""
        pictures[name] = gallery.prepare(path, slug, alt, findings, chapter=True, crop=crop)
    return {"pictures": {name: art for name, art in pictures.items() if art}} if pictures else {}
