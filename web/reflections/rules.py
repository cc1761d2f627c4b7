"""Defines and compares reflections: answers to prompts about an episode or a moment of it; pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from episodes.translations import marked
from episodes.translations import text as _
from web import typed_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.reflections.question_sets import Model

LONGEST_ANSWER = 20_000  # characters
LONGEST_QUESTION = 500
MOST = 40  # answers: those of every set of questions, and of some that an episode had before


@dataclass(frozen=True)
class Note:
    """What a learner wrote; `second` is the moment in the recording, None for all of it.

    `page` is the random name of the page on which it was written: if the same page sends it again,
    because an answer was lost, that is not a conflict.
    """

    guid: str
    title: str
    model: str
    answers: tuple[tuple[str, str], ...]
    second: int | None = None
    page: str = field(default="", compare=False)
    minute: str = ""  # of a draft: what was typed and is not a time yet

    @property
    def is_empty(self) -> bool:
        """Whether every answer is blank."""
        return not any(answer.strip() for _, answer in self.answers)

    @property
    def beginning(self) -> str:
        """Its first words, for a list."""
        words = " ".join(" ".join(answer.split()) for _, answer in self.answers).strip()
        return words if len(words) <= 160 else words[:160].rsplit(" ", 1)[0] + " …"


def dump(note: Note) -> bytes:
    """Write a note as the bytes that are sealed."""
    document = {
        "version": 1,
        "guid": note.guid,
        "title": note.title,
        "model": note.model,
        "answers": note.answers,
        "second": note.second,
        "page": note.page,
        "minute": note.minute,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def load(data: bytes) -> Note:
    """Read a note from what `dump` wrote."""
    document: dict[str, Any] = json.loads(data)
    return Note(
        document["guid"],
        document["title"],
        document["model"],
        tuple((question, answer) for question, answer in document["answers"]),
        document["second"],
        document["page"],
        document.get("minute", ""),
    )


def arrange(questions: Iterable[str], earlier: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the questions with what was already written; no word of other questions is lost."""
    written = {question: answer for question, answer in earlier if answer.strip()}
    rows = [(question, written.pop(question, "")) for question in questions]
    return rows + list(written.items())


def matches(note: Note, words: str) -> bool:
    """Return whether a note contains every word of a search.

    Case, accents, the shapes of quotation marks and hyphens, and invisible characters do not count,
    because keyboards differ; a hyphen, a space and the end of a line are the same. A word that
    consists only of such characters is searched for as it is.
    """
    text = "\n".join([note.title, *(part for row in note.answers for part in row)])
    searched = typed_text.words(words)
    if not searched:
        return all(word in text for word in words.split())
    folded = typed_text.fold(typed_text.rejoined(text))
    loose, spaced = typed_text.loose(folded), typed_text.spaced(folded)
    return all(
        word in folded
        or _is_in(typed_text.loose(word), loose)
        or _is_in(typed_text.spaced(word), spaced)
        for word in searched
    )


def _is_in(word: str, text: str) -> bool:
    return bool(word) and word in text


def choose(models: dict[str, Model], asked: str, prompts: tuple[str, ...], default: str) -> str:
    """Return the prompt set to use: the one asked for, else the author's, else the default."""
    if asked in models and (asked != "prompts" or prompts):
        return asked
    return "prompts" if prompts else default


# Text that may identify somebody: a hint before a download, never more than that.
_HINTS = {
    marked("an NHS number"): re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)"),
    marked("a phone number"): re.compile(r"(?<![\d+])(?:\+44\s?|0)(?:\d[ -]?){9,10}(?!\d)"),
    marked("an email address"): re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[a-z]{2}", re.IGNORECASE),
    marked("a postcode"): re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE),
    marked("a date of birth"): re.compile(
        r"\b(?:born|dob|d\.o\.b\.?|date of birth)\b\W{0,12}\d{1,2}\W", re.IGNORECASE
    ),
}


def hints(texts: Iterable[str]) -> list[str]:
    """Return the kinds of text that may identify somebody, in words."""
    kinds = {name for text in texts for name in _HINTS if _looks_so(name, text)}
    return [_(name) for name in _HINTS if name in kinds]


def _looks_so(name: str, text: str) -> bool:
    every = _HINTS[name].finditer(text)
    return any(name != "an NHS number" or _is_nhs(match[0]) for match in every)


def _is_nhs(text: str) -> bool:
    """Return whether the check digit is right: weights 10 to 2, modulo 11 (NHS data dictionary)."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    rest = 11 - sum(digit * (10 - position) for position, digit in enumerate(digits[:9])) % 11
    return rest % 11 == digits[9] and rest != 10
