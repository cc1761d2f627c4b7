"""What the writing page sends, parsed; whatever is wrong with it, no word is thrown away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from episodes.values import CONTROL, format_seconds, parse_seconds
from web.reflections import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID = re.compile(r"[0-9a-f]{32}")


class Written(NamedTuple):
    """A note as it arrived; `wrong` says what cannot be saved, "" where all of it can.

    `minute` is what was typed as the place in the recording, `second` what it means.
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
    def too_long(self) -> bool:
        """Whether an answer is longer than can be kept."""
        return any(len(answer) > rules.LONGEST_ANSWER for _, answer in self.answers)

    @classmethod
    def of(cls, id_: str, version: int, page: str, note: rules.Note) -> Written:
        """Return a note as the form shows it."""
        minute = "" if note.second is None else format_seconds(note.second)
        return cls(id_, version, page, note.model, minute, note.second, note.answers, "")

    def note(self, guid: str, title: str) -> rules.Note:
        """Return it as a note about an episode."""
        return rules.Note(guid, title, self.model, self.answers, self.second, self.page)


def parse(form: Mapping[str, str]) -> Written | None:
    """Read a form; None where it is not one of ours."""
    id_, page = form.get("id", ""), form.get("page", "")
    version = form.get("version", "")
    if not (_ID.fullmatch(id_) and _ID.fullmatch(page) and re.fullmatch("[0-9]{1,9}", version)):
        return None
    second, wrong = _second(form.get("minute", ""))
    answers = tuple(
        (_clean(form.get(f"question-{n}", "")), _clean(form[f"answer-{n}"]))
        for n in range(1, rules.MOST + 1)
        if f"answer-{n}" in form
    )
    if any(len(question) > rules.LONGEST_QUESTION for question, _ in answers):
        return None
    model = form.get("model", "")[:40]
    minute = form.get("minute", "")[:20]
    written = Written(id_, int(version), page, model, minute, second, answers, wrong)
    if written.too_long:
        wrong = "An answer may have up to 20,000 letters. Split it into two notes."
    return written._replace(wrong=wrong)


def _clean(text: str) -> str:
    """Return text with one kind of line end, without signs that nothing can show."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _second(typed: str) -> tuple[int | None, str]:
    typed = typed.strip()
    if not typed:
        return None, ""
    try:
        plain = typed if typed.isascii() else ""  # other scripts' digits would pass as numbers
        return int(parse_seconds(f"{plain}:00" if plain.isdecimal() else plain)), ""
    except ValueError:
        return None, "Write the minute as minutes and seconds, like 12:30, or leave it out."
