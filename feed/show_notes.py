"""The notes that travel with an episode: what most apps show when they ignore every other tag.

The content note comes first and the sources of support last; chapters, credits and the way to
reflect are there as text too, because most apps read nothing else (feed-and-audio, section 3).
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from episodes.chapters.write import in_order, stamp
from episodes.frontmatter.value_types import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.production import Correction
    from episodes.frontmatter.references import Reference
    from episodes.frontmatter.safeguarding import ContentNote, Support
    from episodes.frontmatter.schema import Chapter
    from episodes.model import Episode, Show

_SPECIAL = re.compile("[&<>\"']")
SPDX = r"[A-Za-z0-9.+-]+"  # how an identifier of the SPDX licence list looks
DESCRIPTION_BYTES = 4000  # Apple cuts what is longer

# What stands above each part; `feed/reader/earmark_notes.py` knows our own notes by it.
BEFORE, SKIP, CHAPTERS = "Before you listen:", "You can skip:", "Chapters"
OUTCOMES, ANSWERS = "What you can do afterwards", "Questions from listeners answered here"
ELSEWHERE, PROMPTS, REFLECT = "Elsewhere", "To think about", "Reflect on this episode"
CREDITS, RESTS, LICENCE = "Who made this", "What it rests on", "Licence: "
WRITE, HELP = "Questions, corrections, answers: write to us at ", "If you need support"


def escape(text: str) -> str:
    """Return text as HTML; most has nothing to escape, and looking is quicker than replacing."""
    return html.escape(text) if _SPECIAL.search(text) else text


def describe(show: Show, episode: Episode) -> str:
    """Return the short notes: limited HTML of at most 4000 bytes.

    Content note and support are never left out: where they alone are longer, `rules` finds it.
    """
    first = [*newer(show, episode), *content_note(episode.facts.content_note)]
    last = [*_feedback(show), *support(episode.support)]
    summary = f"<p>{escape(episode.facts.summary)}</p>"
    page = f"<p>{_link(show.address + episode.page, 'Transcript, chapters and questions')}</p>"
    corrected = list(corrections(episode))[:1]
    for middle in ([*corrected, summary, page], [*corrected, page], [page], []):
        text = "".join([*first, *middle, *last])
        if len(text.encode()) <= DESCRIPTION_BYTES:
            break
    return text


def render(show: Show, episode: Episode) -> str:
    """Return the full notes as HTML."""
    facts = episode.facts
    parts = [
        *newer(show, episode),
        *content_note(facts.content_note),
        *corrections(episode),
        *_older(show, episode),
        f"<p>{escape(facts.summary)}</p>",
        episode.notes,
        *_chapters(episode),
        *_listed(OUTCOMES, map(escape, facts.outcomes)),
        *_listed(ANSWERS, map(escape, facts.answers)),
        *_listed(ELSEWHERE, (_link(each.link, each.text) for each in facts.elsewhere)),
        *_prompts(show, episode),
        *_listed(CREDITS, _credits(episode)),
        *_listed(RESTS, map(_reference, facts.references)),
        *_licence(episode),
        *_feedback(show),
        *support(episode.support),
    ]
    return "\n".join(part for part in parts if part)


def reflect_address(show: Show, episode: Episode) -> str:
    """Return where "reflect on this" leads: to the companion, else to the episode's page."""
    if show.facts.companion:
        return f"{show.facts.companion}reflect/{quote(episode.guid, safe='')}"
    return f"{show.address}{episode.page}#reflect"


def credit(episode: Episode) -> list[tuple[str, str]]:
    """Return (name, what they did and what they bring) of everybody who made the episode."""
    return [
        (person.credit, f"{person.role}, {person.brings}" if person.brings else person.role)
        for person in episode.people
    ]


def _credits(episode: Episode) -> Iterator[str]:
    return (f"{escape(name)} ({escape(what)})" for name, what in credit(episode))


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _listed(title: str, items: Iterable[str]) -> list[str]:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return [f"<p><strong>{title}</strong></p><ul>{rows}</ul>"] if rows else []


def content_note(note: ContentNote | None) -> Iterator[str]:
    """Yield what to know before listening, and what can be skipped, as HTML."""
    if note and note.needed:
        yield f"<p><strong>{BEFORE}</strong> {escape(note.text)}</p>"
        if note.skip:
            rows = "".join(
                f"<li>{escape(skip.told)}: from {format_seconds(skip.start)}, "
                f"go to {format_seconds(skip.end)}</li>"
                for skip in note.skip
            )
            yield f"<p>{SKIP}</p><ul>{rows}</ul>"


def newer(show: Show, episode: Episode) -> Iterator[str]:
    """Yield where the newest version is, as HTML: the first thing to know about an older one."""
    if kin := episode.newer:
        link = _link(show.address + kin.page, kin.title)
        yield f"<p><strong>There is a newer version:</strong> {link}</p>"


def _older(show: Show, episode: Episode) -> Iterator[str]:
    if kin := episode.older:
        yield f"<p>It replaces an earlier version: {_link(show.address + kin.page, kin.title)}</p>"


def newest_first(episode: Episode) -> tuple[Correction, ...]:
    """Return the corrections, the newest first; of one day, the last that was written."""
    return tuple(sorted(episode.facts.corrections, key=lambda each: each.on)[::-1])


def corrections(episode: Episode) -> Iterator[str]:
    """Yield each correction as HTML, the newest first."""
    for each in newest_first(episode):
        day = f"{each.on.day} {each.on:%B %Y}"
        yield f"<p><strong>Corrected on {day}:</strong> {escape(each.note)}</p>"


def _chapters(episode: Episode) -> Iterator[str]:
    """Yield chapters as time stamps that Apple and Spotify read: at least three, from 00:00:00."""
    chapters = in_order(episode.facts.chapters)
    if len(chapters) >= 3:
        rows = "<br>".join(f"{stamp(each.start)} {_title(each)}" for each in chapters)
        yield f"<p><strong>{CHAPTERS}</strong></p><p>{rows}</p>"


def _title(chapter: Chapter) -> str:
    return _link(chapter.link, chapter.title) if chapter.link else escape(chapter.title)


def _prompts(show: Show, episode: Episode) -> Iterator[str]:
    yield from _listed(PROMPTS, map(escape, episode.facts.prompts))
    yield f"<p>{_link(reflect_address(show, episode), REFLECT)}</p>"


def _reference(reference: Reference) -> str:
    title = _link(reference.link, reference.title) if reference.link else escape(reference.title)
    by = f"{escape(reference.by)}. " if reference.by else ""
    year = f" ({reference.year})" if reference.year else ""
    limits = f" {escape(reference.limits)}" if reference.limits else ""
    return f"{by}{title}{year}, {reference.kind}.{limits}"


def _licence(episode: Episode) -> Iterator[str]:
    if licence := episode.facts.licence:
        link = licence_link(episode.facts.licence, episode.facts.licence_link)
        yield f"<p>{LICENCE}{_link(link, licence) if link else escape(licence)}</p>"


def licence_link(licence: str | None, own: str | None) -> str | None:
    """Return where a licence can be read: the lead's own link, or that of Creative Commons."""
    parts = (licence or "").upper().split("-")
    if own or parts[0] not in {"CC", "CC0"}:
        return own
    if parts[0] == "CC0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    kind = "-".join(part.lower() for part in parts[1:-1])
    return f"https://creativecommons.org/licenses/{kind}/{parts[-1]}/" if kind else None


def feedback_address(show: Show) -> str | None:
    """Return "write to us" as an address to follow."""
    feedback = show.facts.feedback
    return f"mailto:{feedback}" if feedback and "://" not in feedback else feedback


def _feedback(show: Show) -> Iterator[str]:
    if address := feedback_address(show):
        shown = (show.facts.feedback or "").removeprefix("https://")
        yield f"<p>{WRITE}{_link(address, shown)}</p>"


def dialled(phone: str) -> str:
    """Return a telephone number as a link needs it."""
    abroad = re.sub(r"^\s*(\+[\d -]*)\(0\)", r"\1", phone)  # +44 (0)20: one or the other is rung
    return "".join(sign for sign in abroad if sign.isdigit() or sign == "+")


@lru_cache(maxsize=256)
def support_line(source: Support) -> str:
    """Return one source of support as HTML: name, how to reach it, when, for whom."""
    ways = []
    if source.phone:
        ways.append(_link(f"tel:{dialled(source.phone)}", source.phone))
    if source.text:
        ways.append(escape(source.text))
    if source.link:
        ways.append(_link(source.link, source.link.split("://")[1].strip("/")))
    name = f"<strong>{escape(source.name)}</strong>"
    rest = [" or ".join(ways), *(escape(text) for text in (source.hours, source.note) if text)]
    return f"{name}: {', '.join(part for part in rest if part)}"


def support(sources: tuple[Support, ...]) -> list[str]:
    """Return where to turn to, as HTML; [] where there is nobody."""
    return _listed(HELP, map(support_line, sources))
