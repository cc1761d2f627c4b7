"""Checks chapters: their order, times, titles and number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.chapters.write import CHPL
from episodes.findings import Level
from episodes.rules import finding
from episodes.text.timecodes import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from episodes.findings import Finding
    from episodes.frontmatter.chapter import Chapter


class Origin(NamedTuple):
    """The file in which chapters are written, and the line of each if it has lines.

    `soft` makes errors warnings: nobody asked for the chapters that a recording contains.
    """

    path: str
    lines: tuple[int, ...] = ()
    soft: bool = False

    def finding(self, rule: str, number: int, key: str, message: str, *, fix: str = "") -> Finding:
        """Return a finding about the chapter with that number, counted from 1."""
        if self.path.endswith(".md"):
            return finding(rule, self.path, f"chapters[{number}].{key}", message, fix=fix)
        line = self.lines[number - 1] if self.lines else 0
        message = f"chapter {number}: {key} {message}"
        return self._softened(finding(rule, self.path, "", message, line=line, fix=fix))

    def whole(self, rule: str, message: str) -> Finding:
        """Return a finding about all chapters."""
        if self.path.endswith(".md"):
            return finding(rule, self.path, "chapters", message)
        return self._softened(finding(rule, self.path, "", f"chapters {message}"))

    def _softened(self, finding: Finding) -> Finding:
        return finding._replace(level=Level.WARNING) if self.soft else finding


def lint(chapters: Sequence[Chapter], origin: Origin | str, seconds: float | None) -> list[Finding]:
    """Find what apps would show wrongly. `seconds` is the length of the recording."""
    origin = Origin(origin) if isinstance(origin, str) else origin
    return [*_few(chapters, origin), *_times(chapters, origin, seconds), *_long(chapters, origin)]


def _few(chapters: Sequence[Chapter], origin: Origin) -> Iterator[Finding]:
    if chapters and chapters[0].start > 0:
        yield origin.finding("chapters-start", 1, "start", "is not 0:00")
    if 0 < len(chapters) < 3:
        yield origin.whole("chapters-few", "are fewer than three")


def _times(chapters: Sequence[Chapter], origin: Origin, seconds: float | None) -> Iterator[Finding]:
    for number, (one, two) in enumerate(pairwise(chapters), 2):
        if two.start <= one.start:
            message = f"is not later than the previous chapter ({format_seconds(one.start)})"
            yield origin.finding("chapters-order", number, "start", message)
    for number, each in enumerate(chapters, 1):
        if seconds and each.start >= seconds:
            message = f"is after the end of the recording ({format_seconds(seconds)})"
            yield origin.finding("chapters-beyond", number, "start", message)


def _long(chapters: Sequence[Chapter], origin: Origin) -> Iterator[Finding]:
    for number, each in enumerate(chapters, 1):
        if (size := len(each.title.encode())) > CHPL:
            message = f"is {size} bytes long; apps cut it after {CHPL} in an M4A"
            yield origin.finding("chapters-title", number, "title", message)
