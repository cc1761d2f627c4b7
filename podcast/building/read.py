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
from podcast.cache import probes
from podcast.cache.build_cache import BuildCache, show_key
from podcast.cache.probes import Heard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.chapters.write import Row
    from episodes.show_folder.scan import Signature
    from episodes.transcripts.read import Transcript
    from podcast.building.artwork import Gallery


# These keep rules quiet about a show.md that is broken.
BLANK = (Support(name="-", checked_on=date.max),)
NOBODY = (Person(credit="-"),)


class Draft(NamedTuple):
    """One episode as it was read; `episode` is None where it could not be."""

    folder: str
    episode: Episode | None
    heard: Heard | None
    findings: list[Finding]


class Order(NamedTuple):
    """What to read, what is known already, and whether notes are wanted as HTML."""

    show: Path
    folder: str
    facts: ShowFacts
    known: Heard | None
    notes: bool


def read(orders: list[Order]) -> list[Draft]:
    """Read each folder, some dozens at a time."""
    steps = (orders[at : at + parallel.STEP] for at in range(0, len(orders), parallel.STEP))
    return [draft for step in steps for draft in _read(step)]


def _read(orders: list[Order]) -> list[Draft]:
    """Read all front matter, then all recordings, then all transcripts.

    What one kind of file needs stays in the processor's cache: one episode after the other takes
    a third longer.
    """
    rows = [(order, list[Finding]()) for order in orders]
    folders = [(order.folder, found) for order, found in rows]
    written = source.read_episodes(orders[0].show, folders, notes=orders[0].notes)
    heard = [_hear(*row, each) for row, each in zip(rows, written, strict=True)]
    facts = zip(rows, written, heard, strict=True)
    drafts = [_draft(*row, each, recording) for row, each, recording in facts]
    said = [_transcript(order.show, each) for order, each in zip(orders, drafts, strict=True)]
    for draft, transcript in zip(drafts, said, strict=True):
        _proofread(draft, transcript)
    return drafts


def _hear(
    order: Order, findings: list[Finding], written: source.WrittenEpisode | None
) -> Heard | None:
    if not written or not written.recording:
        return None
    try:
        return probes.read(order.show, written.recording, order.known)
    except SourceError as error:
        findings.extend(error.findings)
        return None


def _draft(
    order: Order,
    findings: list[Finding],
    written: source.WrittenEpisode | None,
    heard: Heard | None,
) -> Draft:
    if not written:
        return Draft(order.folder, None, heard, findings)
    if written.facts.withdrawn:
        return Draft(
            order.folder, complete_episode(written, order.facts), None, errors_in(findings)
        )
    told = (written.recording or "", heard.header.chapters if heard else ())
    made = complete_episode(written, order.facts, _tracks(order.show, written, told, findings))
    return Draft(order.folder, made, heard, findings)


def _transcript(show: Path, draft: Draft) -> Transcript | None:
    path = draft.episode.transcript_source if draft.episode else None
    return source.read_transcript(show, path, draft.findings) if path else None


def _proofread(draft: Draft, transcript: Transcript | None) -> None:
    made = draft.episode
    if made and transcript:
        path, language = made.transcript_source or "", made.facts.language or ""
        seconds = draft.heard.seconds if draft.heard else None
        draft.findings.extend(lint.lint(transcript, path, seconds, made.people, language))


def _tracks(
    show: Path,
    written: source.WrittenEpisode,
    told: tuple[str, tuple[Row, ...]],
    findings: list[Finding],
) -> chapter_sources.ChapterList | None:
    """Return the chapters that stand elsewhere; None where front matter has them."""
    if "chapters" in written.facts.model_fields_set and not written.chapters:
        return None
    return chapter_sources.read_chapters(show, written.chapters, told, findings)


class Reading(NamedTuple):
    """A show as it was read: every episode, to come or not, and what was found, by folder.

    The show's own findings have the key "". `changed` names the folders that were read again.
    """

    show: Show
    findings: dict[str, list[Finding]]
    heard: dict[str, Heard]
    changed: set[str]


def read_show(  # noqa: PLR0913 - what is known, and what is wanted
    folder: Path,
    tree: dict[str, Signature],
    memory: BuildCache,
    gallery: Gallery,
    address: str | None = None,
    *,
    notes: bool = True,
) -> Reading:
    """Read a show; nothing is raised for what is wrong in it, it is all in `findings`.

    Where `show.md` itself cannot be read, its episodes are still looked at. Episodes that changed
    have no notes where none are wanted.
    """
    findings: dict[str, list[Finding]] = {"": []}
    described = notes or not memory.is_empty  # its own notes are part of what is compared
    written = source.read_show(folder, findings[""], notes=described)
    facts, art = _show_facts(written, gallery, findings[""])
    if facts.address is None and address:
        facts = facts.model_copy(update={"address": address})
    show = Show(
        facts=facts,
        description=written.html if written else "",
        address=facts.address or NO_ADDRESS,
        art=art,
    )
    loaded = {path: Heard.load(row) for path, row in memory.recordings.items()}
    heard = {path: one for path, one in loaded.items() if one}
    kept = memory.unchanged_episodes(tree, show_key(show), set(heard))
    changed = [name for name in tree if name and name not in kept]
    known = {path.rpartition("/")[0]: one for path, one in heard.items()}
    orders = [Order(folder, name, facts, known.get(name), notes) for name in changed]
    episodes = dict(kept)
    for name in kept:
        findings[name] = memory.findings_in(name)
        _pictures(folder, kept[name], gallery, [])  # its recording may have to be tagged again
    for draft in parallel.spread(read, orders):
        findings[draft.folder] = draft.findings
        if draft.episode:
            episodes[draft.folder] = _pictures(folder, draft.episode, gallery, draft.findings)
            if draft.heard:
                heard[draft.episode.recording] = draft.heard
    show = show.model_copy(update=apart(episodes.values()))
    return Reading(show, findings, heard, set(changed))


def apart(episodes: Iterable[Episode]) -> dict[str, tuple[Episode, ...]]:
    """Return the episodes, and apart from them those that were withdrawn."""
    every = newest_first(episodes)
    return {
        "episodes": link_versions(each for each in every if not each.facts.withdrawn),
        "withdrawn": tuple(each for each in every if each.facts.withdrawn),
    }


def _show_facts(
    written: source.WrittenShow | None, gallery: Gallery, findings: list[Finding]
) -> tuple[ShowFacts, Art | None]:
    if written is None:
        blank = ShowFacts(title="-", author="-", summary="-", guid=str(UUID(int=0)))
        quiet = {"address": NO_ADDRESS, "support": BLANK, "contributors": NOBODY}
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


def _pictures(show: Path, episode: Episode, gallery: Gallery, findings: list[Finding]) -> Episode:
    """Prepare the pictures of an episode and its chapters."""
    update: dict[str, Any] = {}
    crop = episode.facts.picture_crop is not None
    if episode.picture_source:
        alt = episode.facts.picture_alt or ""
        update["art"] = gallery.prepare(
            episode.picture_source, episode.slug, alt, findings, crop=crop
        )
    pictures: dict[str, Art | None] = {}
    for number, chapter in enumerate(episode.facts.chapters, 1):
        name = chapter.picture
        if not name or name in pictures:
            continue
        there = file_choice.actual_name(show, episode.folder, name)
        if wrong := file_choice.why_unusable(show, episode.folder, there, file_choice.PICTURES):
            rule, message = wrong
            said = episode.chapters_origin.finding(rule, number, "picture", f'"{name}" {message}')
            findings.append(said)
            pictures[name] = None
            continue
        path, slug = f"{episode.folder}/{there}", f"{episode.slug}-chapter"
        alt = chapter.picture_alt or ""
        pictures[name] = gallery.prepare(path, slug, alt, findings, chapter=True, crop=crop)
    if pictures:
        update["pictures"] = {name: art for name, art in pictures.items() if art}
    return episode.model_copy(update=update) if update else episode
