"""Writes the show notes of an episode: most apps show them and ignore every other tag.

The content note comes first and the sources of support last. Chapters, credits and the link to
write a note are text here too, because most apps read nothing else. The headings and sentences are
in the show's language.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from episodes import translations
from episodes.chapters.write import sort_chapters
from episodes.frontmatter.value_types import number_to_dial
from episodes.text.timecodes import format_full, format_seconds
from episodes.translations import marked
from episodes.translations import text as _
from feed.fixed_words import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.frontmatter.chapter import Chapter
    from episodes.frontmatter.production import Correction
    from episodes.frontmatter.references import Reference
    from episodes.frontmatter.safeguarding import ContentNote, Skip, Support
    from episodes.model import Episode, Show

_SPECIAL = re.compile("[&<>\"']")
SPDX = r"[A-Za-z0-9.+-]+"  # the form of an identifier in the SPDX licence list
DESCRIPTION_BYTES = 4000  # Apple cuts what is longer

# The headings; `feed/reader/earmark_notes.py` recognises our own notes by them.
BEFORE, SKIP = marked("Before you listen:"), marked("You can skip:")
PART = marked("%(start)s to %(end)s: %(what)s")
CHAPTERS, OUTCOMES = marked("Chapters"), marked("What you can do afterwards")
ANSWERS = marked("Listeners’ questions answered in this episode")
ELSEWHERE, PROMPTS = marked("Elsewhere"), marked("To think about")
REFLECT = marked("Write a note about this episode")
CREDITS, SOURCES = marked("Who made this"), marked("Sources and references")
LICENCE = marked("Licence: %(licence)s")
WRITE = marked("Questions or corrections: write to us at %(address)s")
HELP = marked("If you need support")


def escape(text: str) -> str:
    """Return text as HTML; most has nothing to escape, and looking is quicker than replacing."""
    return html.escape(text) if _SPECIAL.search(text) else text


def describe(show: Show, episode: Episode) -> str:
    """Return the short notes: limited HTML of at most 4000 bytes.

    Content note and support are never left out: if they alone are longer, a rule finds it.
    """
    with translations.using(show.facts.language):
        return _describe(show, episode)


def _describe(show: Show, episode: Episode) -> str:
    first = [*newer(show, episode), *content_note(episode.facts.content_note)]
    last = [*_feedback(show), *support(episode.support)]
    summary = f"<p>{escape(episode.facts.summary)}</p>"
    more = _("Transcript, chapters and questions")
    page = f"<p>{_link(show.address + episode.page, more)}</p>"
    corrected = list(corrections(episode))[:1]
    for middle in ([*corrected, summary, page], [*corrected, page], [page], []):
        text = "".join([*first, *middle, *last])
        if len(text.encode()) <= DESCRIPTION_BYTES:
            break
    return text


def render(show: Show, episode: Episode) -> str:
    """Return the full notes as HTML."""
    with translations.using(show.facts.language):
        return _render(show, episode)


def _render(show: Show, episode: Episode) -> str:
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
        *_listed(SOURCES, map(_reference, facts.references)),
        *_licence(episode),
        *_feedback(show),
        *support(episode.support),
    ]
    return "\n".join(part for part in parts if part)


def reflect_address(show: Show, episode: Episode) -> str:
    """Return the link to write a note: on the companion, else on the episode's page."""
    if show.facts.companion:
        return f"{show.facts.companion}reflect/{quote(episode.guid, safe='')}"
    return f"{show.address}{episode.page}#reflect"


def credit(episode: Episode) -> list[tuple[str, str]]:
    """Return (name, their role and the knowledge they bring) of everybody who made the episode."""
    return [
        (person.credit, ", ".join(map(shown, filter(None, (person.role, person.brings)))))
        for person in episode.people
    ]


def _credits(episode: Episode) -> Iterator[str]:
    return (f"{escape(name)} ({escape(what)})" for name, what in credit(episode))


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _listed(title: str, items: Iterable[str]) -> list[str]:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return [f"<p><strong>{_(title)}</strong></p><ul>{rows}</ul>"] if rows else []


def content_note(note: ContentNote | None) -> Iterator[str]:
    """Yield what to know before listening, and what can be skipped, as HTML."""
    if note and note.needed:
        yield f"<p><strong>{_(BEFORE)}</strong> {escape(note.text)}</p>"
        if note.skip:
            rows = "".join(f"<li>{_part(skip)}</li>" for skip in note.skip)
            yield f"<p>{_(SKIP)}</p><ul>{rows}</ul>"


def _part(skip: Skip) -> str:
    start, end = format_seconds(skip.start), format_seconds(skip.end)
    return _(PART, start=start, end=end, what=escape(skip.subject))


def newer(show: Show, episode: Episode) -> Iterator[str]:
    """Yield a link to the newest version, as HTML: it comes first in the notes of an older one."""
    if kin := episode.newer:
        link = _link(show.address + kin.page, kin.title)
        sentence = _("<strong>There is a newer version:</strong> %(link)s", link=link)
        yield f"<p>{sentence}</p>"


def _older(show: Show, episode: Episode) -> Iterator[str]:
    if kin := episode.older:
        link = _link(show.address + kin.page, kin.title)
        sentence = _("This replaces an earlier version: %(link)s", link=link)
        yield f"<p>{sentence}</p>"


def newest_first(episode: Episode) -> tuple[Correction, ...]:
    """Return the corrections, the newest first; of one day, the last that was written."""
    return tuple(sorted(episode.facts.corrections, key=lambda each: each.on)[::-1])


def corrections(episode: Episode) -> Iterator[str]:
    """Yield each correction as HTML, the newest first."""
    for each in newest_first(episode):
        sentence = _(
            "<strong>Corrected on %(day)s:</strong> %(note)s",
            day=translations.day(each.on),
            note=escape(each.note),
        )
        yield f"<p>{sentence}</p>"


def _chapters(episode: Episode) -> Iterator[str]:
    """Yield chapters as timestamps that Apple and Spotify read: at least 3, from 00:00:00."""
    chapters = sort_chapters(episode.facts.chapters)
    if len(chapters) >= 3:
        rows = "<br>".join(f"{format_full(each.start)} {_title(each)}" for each in chapters)
        yield f"<p><strong>{_(CHAPTERS)}</strong></p><p>{rows}</p>"


def _title(chapter: Chapter) -> str:
    return _link(chapter.link, chapter.title) if chapter.link else escape(chapter.title)


def _prompts(show: Show, episode: Episode) -> Iterator[str]:
    yield from _listed(PROMPTS, map(escape, episode.facts.prompts))
    yield f"<p>{_link(reflect_address(show, episode), _(REFLECT))}</p>"


def _reference(reference: Reference) -> str:
    title = _link(reference.link, reference.title) if reference.link else escape(reference.title)
    by = f"{escape(reference.by)}. " if reference.by else ""
    year = f" ({reference.year})" if reference.year else ""
    limits = f" {escape(reference.limits)}" if reference.limits else ""
    return f"{by}{title}{year}, {shown(reference.kind)}.{limits}"


def _licence(episode: Episode) -> Iterator[str]:
    if licence := episode.facts.licence:
        link = licence_link(episode.facts.licence, episode.facts.licence_link)
        name = _link(link, licence) if link else escape(licence)
        yield f"<p>{_(LICENCE, licence=name)}</p>"


def licence_link(licence: str | None, own: str | None) -> str | None:
    """Return the link to a licence: the lead's own, or that of Creative Commons."""
    parts = (licence or "").upper().split("-")
    if own or parts[0] not in {"CC", "CC0"}:
        return own
    if parts[0] == "CC0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    kind = "-".join(part.lower() for part in parts[1:-1])
    return f"https://creativecommons.org/licenses/{kind}/{parts[-1]}/" if kind else None


def feedback_address(show: Show) -> str | None:
    """Return the link of "write to us": an email address or a page."""
    feedback = show.facts.feedback
    return f"mailto:{feedback}" if feedback and "://" not in feedback else feedback


def _feedback(show: Show) -> Iterator[str]:
    if address := feedback_address(show):
        name = (show.facts.feedback or "").removeprefix("https://")
        yield f"<p>{_(WRITE, address=_link(address, name))}</p>"


def support_line(source: Support) -> str:
    """Return one source of support as HTML: its name, how to reach it, its hours, who it is for."""
    return _support_line(source, _(" or "))


@lru_cache(maxsize=256)
def _support_line(source: Support, or_: str) -> str:
    ways = []
    if source.phone:
        ways.append(_link(f"tel:{number_to_dial(source.phone)}", source.phone))
    if source.text:
        ways.append(escape(source.text))
    if source.link:
        ways.append(_link(source.link, source.link.split("://")[1].strip("/")))
    name = f"<strong>{escape(source.name)}</strong>"
    rest = [or_.join(ways), *(escape(text) for text in (source.hours, source.note) if text)]
    return f"{name}: {', '.join(part for part in rest if part)}"


def support(sources: tuple[Support, ...]) -> list[str]:
    """Return the sources of support as HTML; [] if there are none."""
    return _listed(HELP, map(support_line, sources))
