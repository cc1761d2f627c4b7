"""Parses the form of the writing page without losing a word; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from episodes.frontmatter.value_types import CONTROL, parse_seconds
from episodes.text.timecodes import format_seconds
from episodes.translations import marked, ngettext
from episodes.translations import text as _
from web.reflections import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ID = re.compile(r"[0-9a-f]{32}")
NO_MINUTE = marked("Enter a time like 12:30, or leave it blank.")
LONGEST_MINUTE = 500  # characters: a draft keeps an unfinished time, but not an endless text
_ANSWER = re.compile(r"answer-([1-9][0-9]{0,2})")


class Written(NamedTuple):
    """A note as its form was sent; `wrong` describes why it cannot be saved, or is "".

    `minute` is the time in the recording as it was typed, `second` its value.
    """

    id: str
    version: int
    page: str
    model: str
    minute: str
    second: int | None
    answers: tuple[tuple[str, str], ...]
    wrong: str

    @property
    def too_long(self) -> str:
        """The limit that the note exceeds, in a sentence, or ""."""
        if any(len(answer) > rules.LONGEST_ANSWER for _, answer in self.answers):
            return _("Answers can have up to 20,000 characters. Shorten it or use two notes.")
        if sum(bool(answer.strip()) for _, answer in self.answers) > rules.MOST:
            return ngettext(
                "A note can have up to %(num)s answer. Use two notes.",
                "A note can have up to %(num)s answers. Use two notes.",
                rules.MOST,
            )
        return _(NO_MINUTE) if len(self.minute) > LONGEST_MINUTE else ""

    def wrong_field(self, rows: Sequence[tuple[str, str]]) -> str:
        """Return the field that `wrong` is about, in a form with these rows; "" if nothing is."""
        if not self.wrong:
            return ""
        answers = [answer for _, answer in rows]
        long = [n for n, answer in enumerate(answers, 1) if len(answer) > rules.LONGEST_ANSWER]
        if long:
            return f"answer-{long[0]}"
        is_crowded = sum(bool(answer.strip()) for answer in answers) > rules.MOST
        no_time = self.second is None and bool(self.minute.strip())
        return "minute" if no_time and not is_crowded else "answer-1"

    @classmethod
    def of(cls, id_: str, version: int, page: str, note: rules.Note) -> Written:
        """Return a note as the form shows it."""
        minute = note.minute if note.second is None else format_seconds(note.second)
        return cls(id_, version, page, note.model, minute, note.second, note.answers, "")

    def note(self, guid: str, title: str) -> rules.Note:
        """Return it as a note about an episode."""
        minute = self.minute if self.second is None else ""
        return rules.Note(guid, title, self.model, self.answers, self.second, self.page, minute)


def parse(form: Mapping[str, str]) -> Written | None:
    """Parse a form; return None if it is not one of ours."""
    id_, page = form.get("id", ""), form.get("page", "")
    version = form.get("version", "")
    if not (_ID.fullmatch(id_) and _ID.fullmatch(page) and re.fullmatch("[0-9]{1,9}", version)):
        return None
    second, wrong = _second(form.get("minute", ""))
    answers = tuple(
        (_clean(form.get(f"question-{n}", "")), _clean(form[f"answer-{n}"])) for n in _numbers(form)
    )
    if any(len(question) > rules.LONGEST_QUESTION for question, _ in answers):
        return None
    model, minute = form.get("model", "")[:40], form.get("minute", "")
    written = Written(id_, int(version), page, model, minute, second, answers, wrong)
    return written._replace(wrong=written.too_long or wrong)


def _numbers(form: Mapping[str, str]) -> list[int]:
    """Return the numbers of the answers in order, however many there are."""
    return sorted(int(match[1]) for name in form if (match := _ANSWER.fullmatch(name)))


def _clean(text: str) -> str:
    """Return text with one kind of line end and without control characters."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _second(typed: str) -> tuple[int | None, str]:
    typed = typed.strip()
    if not typed:
        return None, ""
    try:
        plain = typed if typed.isascii() else ""  # other scripts' digits would pass as numbers
        return int(parse_seconds(f"{plain}:00" if plain.isdecimal() else plain)), ""
    except ValueError:
        return None, _(NO_MINUTE)
