"""Parses lines that contain a time: `[0:12] Name`, `Name 0:12`, `0:12 - 0:15`."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from episodes.text import timecodes
from episodes.text.timecodes import CLOCK
from episodes.transcripts import speakers
from episodes.transcripts.speakers import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPEN, _CLOSE = r"[\[(]?", r"[\])]?"
_SIGNS = r"[\s:：–—-]"
_FIRST = re.compile(rf"({_OPEN}){CLOCK}(?:{_CLOSE}{_SIGNS}{{1,20}}(.*)|[\])](\S.*)|{_CLOSE})")
_BEHIND = re.compile(
    rf"({NAME})(?:[\s,–—-]{{1,20}}|\s?[:：]\s(?=[\[(]))({_OPEN}){CLOCK}{_CLOSE}{_SIGNS}{{0,20}}(.*)"
)
_LAST = re.compile(rf"([^\W_][^:\n]{{0,58}}?)[\s,–—-]{{1,20}}({_OPEN}){CLOCK}{_CLOSE}:?")
_RANGE = re.compile(
    rf"{_OPEN}{CLOCK}\s{{0,9}}(?:-{{1,3}}>?|[–—→,]|to(?=\s))\s{{0,9}}{CLOCK}{_CLOSE}"
    rf"(?:{_SIGNS}{{1,20}}(.*))?"
)
_CLOCKS = re.compile(r"\d:\d")
_SOON = 120.0  # seconds in which somebody speaks in nearly every recording
_SLIPS = 0.1  # the share of times that may be somebody's words, as in "10:30 on Monday"


class TimedLine(NamedTuple):
    """When the words after it begin, and who says them; None is the previous speaker.

    `ends` is None without a written end. `certain` is whether it can only be a time line, `behind`
    whether the time follows the name, `loose` whether the name has no capital.
    """

    start: float
    ends: float | None
    speaker: str | None
    words: str
    certain: bool = False
    behind: bool = False
    loose: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether it may be somebody's words: "10:30 is when we meet", "John 3:16 says"."""
        return not self.certain and bool(self.words or self.speaker) and self.start > _SOON

    @property
    def names(self) -> bool:
        """Whether a time comes before a name and words: `2:05 Ann: Hello`."""
        return bool(self.speaker and self.words) and not self.behind


def parse_line(line: str, rate: int, *, first: bool) -> TimedLine | None:
    """Parse a line; None without a time. `first` is whether it is below a blank line."""
    if not _CLOCKS.search(line):
        return None
    if match := _RANGE.fullmatch(line):
        start = timecodes.parse_groups(match.groups()[:5], rate)
        ends = timecodes.parse_groups(match.groups()[5:10], rate)
        if start is not None and ends is not None:
            return _named(start, ends, match[11] or "", certain=True)
    if match := _FIRST.fullmatch(line):
        start = timecodes.parse_groups(match.groups()[1:6], rate)
        if start is not None:
            return _named(start, None, match[7] or match[8] or "", certain=bool(match[1]))
    if (match := _BEHIND.fullmatch(line)) and (
        (start := timecodes.parse_groups(match.groups()[2:7], rate)) is not None
    ):
        return TimedLine(start, None, match[1].strip(), match[8], bool(match[2]), behind=True)
    return _loose(line, rate) if first else None


def _loose(line: str, rate: int) -> TimedLine | None:
    """Parse a line that is only a name, with or without a capital, and a time."""
    match = _LAST.fullmatch(line)
    start = timecodes.parse_groups(match.groups()[2:7], rate) if match else None
    if match is None or start is None:
        return None
    return TimedLine(start, None, match[1].strip(" :"), "", behind=True, loose=True)


def _named(start: float, ends: float | None, rest: str, *, certain: bool) -> TimedLine:
    if named := speakers.SPEAKER.fullmatch(rest):
        return TimedLine(start, ends, named[1].strip(), named[2], certain)
    if alone := speakers.ALONE.fullmatch(rest):
        return TimedLine(start, ends, alone[1].strip(), "", certain)
    return TimedLine(start, ends, None, rest, certain)


def usual_form(heads: Mapping[int, TimedLine]) -> dict[int, TimedLine]:
    """Return the lines in the most frequent form; those with an end have priority."""
    ranged = {at: head for at, head in heads.items() if head.ends is not None}
    if ranged:
        return ranged
    if 2 * sum(head.certain for head in heads.values()) > len(heads):
        heads = {at: head for at, head in heads.items() if not head.doubtful or head.names}
    behind = 2 * sum(head.behind for head in heads.values()) > len(heads)
    return {at: head for at, head in heads.items() if head.behind is behind}


def in_rising_order(heads: Mapping[int, TimedLine]) -> dict[int, TimedLine]:
    """Return lines without the few whose times do not rise: people said those."""
    kept = _rising([head.start for head in heads.values()], list(heads))
    slips = {at for at, head in heads.items() if not head.certain and at not in kept}
    if len(slips) > max(1, len(heads) * _SLIPS):
        return dict(heads)
    return {at: head for at, head in heads.items() if at not in slips}


def _rising(starts: Sequence[float], positions: Sequence[int]) -> set[int]:
    """Return the positions of the longest sequence of times that never falls."""
    ends: list[float] = []
    last: list[int] = []  # which time stands at the end of the best row of each length
    before: list[int] = []
    for number, start in enumerate(starts):
        length = bisect_right(ends, start)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(start)
            last.append(number)
        else:
            ends[length], last[length] = start, number
    kept, number = set(), last[-1] if last else -1
    while number >= 0:
        kept.add(positions[number])
        number = before[number]
    return kept
