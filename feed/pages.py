"""Renders the public pages of a show as HTML: no JavaScript, nothing from other servers."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache, lru_cache, wraps
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from episodes import static_files, translations
from episodes.chapters.write import sort_chapters
from episodes.frontmatter.value_types import number_to_dial
from episodes.text.timecodes import format_seconds
from episodes.transcripts import read
from episodes.translations import ngettext
from episodes.translations import text as _
from feed import fixed_words, show_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from episodes.model import Episode, Show


P = ParamSpec("P")


class Neighbour(NamedTuple):
    """The previous or next episode: what a page needs to link to it."""

    slug: str
    title: str


@cache
def static() -> dict[str, bytes]:
    """Return the files that every page uses, by name."""
    folder = resources.files("feed") / "static"
    own = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    return own | static_files.shared_files()


@cache
def templates() -> Environment:
    """Return the environment of the templates."""
    environment = Environment(
        loader=PackageLoader("feed"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"offline": False, "media": None}
    environment.filters |= {
        "clock": format_seconds,
        "day": _day,
        "kicker": _kicker,
        "megabytes": _megabytes,
        "bare": _bare,
        "sentence": _sentence,
        "told": _told,
        "dialled": number_to_dial,
        "shown": fixed_words.shown,
    }
    translations.install(environment)
    return environment


def in_language_of_show(page: Callable[P, bytes]) -> Callable[P, bytes]:
    """Render a page in the language of the show, which is its first argument."""

    @wraps(page)
    def rendered(*args: P.args, **kwargs: P.kwargs) -> bytes:
        show = cast("Show", args[0])
        with translations.using(show.facts.language):
            return page(*args, **kwargs)

    return rendered


def fill_template(template: str, show: Show, language: str, **values: Any) -> bytes:
    """Fill in a template; the words of the show or the episode are in `language`."""
    page = templates().get_template(template)
    own, feedback = translations.lang(language), show_notes.feedback_address(show)
    shared = {"show": show, "content_language": language, "own": own, "feedback": feedback}
    return page.render(**shared, **values).encode()


def _day(day: date) -> Markup:
    """Return a day as HTML, for people and for programs; it stays on one line."""
    return _day_in(day, translations.language())


@lru_cache(maxsize=1024)
def _day_in(day: date, _language: str) -> Markup:
    number, space, rest = translations.day(day).partition(" ")
    shown = Markup("{}&nbsp;{}").format(number, rest) if space else number
    return Markup('<time datetime="{}">{}</time>').format(f"{day:%Y-%m-%d}", shown)


def _kicker(episode: Episode, *, minutes: bool = True) -> Markup:
    facts = episode.facts
    number = facts.number and _("Episode %(number)s", number=facts.number)
    display = facts.display and translations.in_language(facts.display, facts.language)
    kind = {"trailer": _("Trailer"), "bonus": _("Extra")}.get(facts.type, display or number or "")
    length = ngettext("%(num)s minute", "%(num)s minutes", episode.minutes) if minutes else ""
    length = Markup("&nbsp;").join(length.split(" "))
    return Markup(" · ").join(part for part in (kind, _day(episode.published), length) if part)


def _megabytes(length: int) -> str:
    size = f"{length / 1e6:.{1 if length < 1e7 else 0}f}"
    return _("%(size)s MB", size=size)


def _bare(link: str) -> str:
    return link.split("://", 1)[1].removeprefix("www.").strip("/")


def _sentence(words: str, end: str = ".") -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else end}"


def _told(text: str) -> Markup:
    """Return a sentence of a command as HTML, with its dates in words and its `code` as code."""
    parts = re.split(r"(`[^`]*`|\d{4}-\d\d-\d\d)", text)
    return Markup("").join(map(_part, parts))


def _part(text: str) -> Markup | str:
    if text.startswith("`"):
        words = map(Markup("<span>{}</span>").format, text.strip("`").split(" "))
        return Markup("<code>{}</code>").format(Markup(" ").join(words))  # "--" stays with its word
    try:
        return _day(date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text


def _spoken(transcript: read.Transcript) -> Iterator[tuple[str, float | None, Markup]]:
    """Yield (speaker, start or None, words as HTML) of each paragraph: thousands of spans."""
    for speaker, cues in read.to_paragraphs(transcript):
        if transcript.timed:
            words = (f'<span data-seek="{each.start}">{escape(each.text)}</span>' for each in cues)
        else:
            words = (escape(each.text) for each in cues)
        yield speaker, cues[0].start if transcript.timed else None, Markup(" ".join(words))  # noqa: S704 - escaped


@in_language_of_show
def episode(  # noqa: PLR0913 - a page says all this
    show: Show,
    episode: Episode,
    transcript: read.Transcript,
    before: Neighbour | None,
    after: Neighbour | None,
    *,
    offline: bool = False,
) -> bytes:
    """Return an episode's page; an `offline` one is for a folder without the rest of the site."""
    facts = episode.facts
    skips = facts.content_note.skip if facts.content_note else ()
    return fill_template(
        "episode.html",
        show,
        facts.language or show.facts.language,
        episode=episode,
        root="" if offline else "../",
        offline=offline,
        support=episode.support,
        media=episode.media,
        audio=episode.media.at("" if offline else "../") if episode.media else "",
        art=episode.art or show.art,
        chapters=sort_chapters(facts.chapters),
        skips=json.dumps(sorted([skip.start, skip.end] for skip in skips)),
        cues=transcript.timed,
        paragraphs=list(_spoken(transcript)),
        credits=show_notes.credit(episode),
        licence_link=show_notes.licence_link(facts.licence, facts.licence_link),
        corrections=show_notes.newest_first(episode),
        companion=show_notes.reflect_address(show, episode) if show.facts.companion else None,
        before=before,
        after=after,
    )


@in_language_of_show
def not_found(show: Show) -> bytes:
    """Return the page for an address without a file, with the sources of support.

    A server sends it for any address, so all its links begin with the show's own address.
    """
    facts = show.facts
    return fill_template(
        "not_found.html", show, facts.language, root=show.address, support=facts.support
    )


@in_language_of_show
def withdrawn(show: Show, episode: Episode) -> bytes:
    """Return the page of a withdrawn episode, with the sources of support."""
    facts = episode.facts
    return fill_template(
        "withdrawn.html",
        show,
        facts.language or show.facts.language,
        root="../",
        support=episode.support,
        title=facts.title,
        withdrawn=facts.withdrawn,
        newer=episode.newer,
        companion=show.facts.companion,
    )
