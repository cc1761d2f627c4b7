"""Finds placeholders (No, N/A, TBC), questions cut at a comma and phone numbers without a 0."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from episodes.frontmatter.value_types import Facts
from episodes.rules import finding
from feed.checks.context import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.frontmatter.safeguarding import Support
    from feed.checks.context import Situation

FEW = 4  # words; a shorter sentence is more often a mistake
_NOTHING = frozenset({
    "no", "none", "n/a", "na", "n.a", "nil", "nothing", "null", "not applicable", "no content note",
    "no warning", "no warnings", "nothing to say", "nothing to add", "nope", "not needed", "dim",
    "no content notes", "no content warning", "no content warnings", "none needed", "none required",
    "not required", "no note", "no note needed",
})  # fmt: skip
_LATER = frozenset({
    "tbc", "tba", "tbd", "todo", "to do", "to be confirmed", "to be announced", "to be decided",
    "to be added", "to follow", "to come", "coming soon", "not yet", "fixme", "placeholder",
    "untitled", "lorem ipsum", "fill in", "fill me in",
})  # fmt: skip
# Their first words, "" for crosses: most texts begin with another word, and are no placeholder.
_FIRST = {"", *(re.split(r"\W", each)[0] for each in _NOTHING | _LATER)}
_CROSSES = re.compile(r"x{1,9}|(?:todo|tbc|tbd|fixme)\b.*|lorem ipsum\b.*", re.DOTALL)
_NO_SPACES = ("zh", "ja", "th", "lo", "km", "my")  # languages without spaces between words
_NO_TEXT = {"waive", "language", "slug", "guid"}  # `no` is Norwegian
_UK_LANGUAGES = ("cy", "gd")  # and those that end in -gb
_SHORT_NUMBER = re.compile(r"999|[6-8]\d{4,5}")  # to ring, or to text, like 85258
_UK_ZONES = ("Europe/London", "Europe/Belfast", "GB")


def fills(text: str) -> bool:
    """Return whether a text means only "nothing" or "later"."""
    first = text.split(maxsplit=1)[:1]
    if first and first[0].isalnum() and first[0].casefold().strip("x") not in _FIRST:
        return False
    bare = re.sub(r" ?/ ?", "/", " ".join(text.casefold().split())).strip(
        " .,;:!?()[]{}<>*_\"'“”‘’…-–—/\\|#=+~"
    )
    return not any(map(str.isalnum, text)) or bool(
        bare in _NOTHING or bare in _LATER or _CROSSES.fullmatch(bare)
    )


def show_placeholders(situation: Situation) -> Iterator[Finding]:
    """Find text like No or TBC in `show.md`, which every app would show."""
    yield from _filled(situation.show.facts, "show.md", None)


def placeholders(situation: Situation) -> Iterator[Finding]:
    """Find text like No or TBC in episodes."""
    for episode in situation.show.episodes:
        yield from _filled(episode.facts, path_of(episode), situation.show.facts)


def _filled(facts: Facts, path: str, shared: Facts | None) -> Iterator[Finding]:
    """Find placeholders in one file; what an episode has from its show is found there."""
    inherited = vars(shared) if shared else {}
    for name, value in vars(facts).items():
        if value is None or value == () or name in _NO_TEXT or value == inherited.get(name):
            continue
        for key, text in _texts(value, name):
            chosen = len(text) == 1 and key.endswith("credit")  # people may call themselves X
            if key != "content_note.text" and not chosen and fills(text):
                yield finding("text-placeholder", path, key, f'says "{text[:40]}"')


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield (key as findings write it, text) for every text of some facts."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Facts):
        for name, each in vars(value).items():
            yield from _texts(each, f"{key}.{name}".lstrip("."))
    elif isinstance(value, tuple):
        for number, each in enumerate(value, 1):
            yield from _texts(each, f"{key}[{number}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, f"{key}.{name}")


def short(situation: Situation) -> Iterator[Finding]:
    """Find content notes and questions that are not whole sentences."""
    for episode in situation.show.episodes:
        path, note = path_of(episode), episode.facts.content_note
        spoken = episode.facts.language or situation.show.facts.language
        few = FEW if spoken.partition("-")[0] not in _NO_SPACES else 0
        if note and note.needed and fills(note.text):
            yield finding("note-nothing", path, "content_note", f'says "{note.text[:40]}"')
        elif note and note.needed and len(note.text.split()) < few:
            yield finding("note-short", path, "content_note", f'says only "{note.text[:60]}"')
        for number, prompt in enumerate(episode.facts.prompts, 1):
            if len(prompt.split()) < few and not (fills(prompt) or _asks(prompt)):
                yield finding(
                    "prompt-short", path, f"prompts[{number}]", f'says only "{prompt[:60]}"'
                )


def _asks(prompt: str) -> bool:
    """Return whether a few words are a whole question, not one cut at a comma."""
    return prompt.endswith("?") and " " in prompt and not prompt[0].islower()


def phones(situation: Situation) -> Iterator[Finding]:
    """Find phone numbers of a UK show that lack the first 0, which spreadsheets drop."""
    facts = situation.show.facts
    language = facts.language
    spoken_in_uk = language.endswith("-gb") or language in _UK_LANGUAGES
    if not (spoken_in_uk or (language == "en" and facts.timezone in _UK_ZONES)):
        return
    yield from _phones(facts.support, "show.md")
    for episode in (*situation.show.episodes, *situation.show.withdrawn):
        own = episode.support if episode.support != facts.support else ()
        yield from _phones(own, path_of(episode))


def _phones(sources: tuple[Support, ...], path: str) -> Iterator[Finding]:
    for number, source in enumerate(sources, 1):
        phone = source.phone or "0"
        digits = re.sub(r"\D", "", phone)
        if phone.strip("( ")[0] not in "0+1" and not _SHORT_NUMBER.fullmatch(digits):
            lost = "+" if digits.startswith("44") and len(digits) > 10 else "0"
            seen = f'"{phone}" has lost its first {lost}'
            yield finding("phone-uk", path, f"support[{number}].phone", seen)


def display(situation: Situation) -> Iterator[Finding]:
    """Find episodes of a season that are shown with the same number."""
    first: dict[tuple[int | None, str], str] = {}
    for episode in reversed(situation.show.episodes):  # the older one keeps what it has
        facts = episode.facts
        if facts.display:
            name = (facts.season, " ".join(facts.display.casefold().split()))
            if name in first:
                seen = f'"{facts.display}" is also that of {first[name]}'
                yield finding("display-twice", path_of(episode), "display", seen)
            first.setdefault(name, episode.folder)


RULES = (show_placeholders, placeholders, short, phones, display)
OF_ONE = frozenset({placeholders, short, phones})
