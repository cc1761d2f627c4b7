"""Plain transcripts: who says what, one paragraph after another, with or without times.

`Name: words`, and a time before or behind the name or on a line of its own, as Word, Teams and
Otter write it. Times count where the first words have one; what has none shares the time between
its neighbours by length.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = r"[^\W\d_a-z][\w.'’-]*(?: [(]?[^\W_a-z][\w.'’()-]*){0,3}"  # words that begin large
SPEAKER = re.compile(rf"\[?({_NAME})\]?:\s+(\S.*)", re.DOTALL)
_ALONE = re.compile(rf"\[?({_NAME})\]?:?\s*")
_TIME = r"[\[(]?(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:[.,](\d{1,3}))?(?![:.,]?\d)[\])]?"
_FIRST = re.compile(rf"\s*{_TIME}(?:[\s:–—-]+(.*)|\s*)")
_BEHIND = re.compile(rf"\s*({_NAME})[\s:,–—-]+{_TIME}[\s:–—-]*(.*)")
_BLOCK = re.compile(r"(?:^[^\n]*\S[^\n]*\n?)+", re.MULTILINE)
FASTEST = 25  # characters a second: the last words are over before anybody could say them faster


class Said(NamedTuple):
    """Words of one speaker; both times are 0 where nobody wrote any."""

    start: float
    end: float
    text: str
    speaker: str
    line: int


class _Row(NamedTuple):
    start: float | None
    text: str
    speaker: str
    line: int


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, lines) of each run of lines that are not blank."""
    number, seen = 1, 0
    for block in _BLOCK.finditer(text):
        number += text.count("\n", seen, seen := block.start())
        yield number, block[0].removesuffix("\n")


def parse(text: str) -> list[Said]:
    """Read a transcript that is no captions."""
    _, block = next(blocks(text), (0, ""))
    first = block.partition("\n")[0]
    if _FIRST.fullmatch(first) or _BEHIND.fullmatch(first):
        return _timed(list(_rows(text, timed=True)))
    return [Said(0, 0, row.text, row.speaker, row.line) for row in _rows(text, timed=False)]


def _rows(text: str, *, timed: bool) -> Iterator[_Row]:
    """Yield what is said in one go: until a blank line, a name or a time. A name holds on."""
    start, speaker = None, ""
    for number, block in blocks(text):
        row: _Row | None = None
        for line, written in enumerate(block.split("\n"), number):
            words = " ".join(written.split())
            said = _head(words, speaker, timed=timed)
            if said is None and row:
                row = row._replace(text=f"{row.text} {words}".strip())
                continue
            if row and row.text:
                yield row._replace(start=start)
                start = None
            at, speaker, rest = said or (None, speaker, words)
            start = start if at is None else at
            row = _Row(None, rest, speaker, line)
        if row and row.text:
            yield row._replace(start=start)
            start = None


def _head(line: str, before: str, *, timed: bool) -> tuple[float | None, str, str] | None:
    """Return (start, speaker, words) of a line that names one of both; None of any other."""
    if timed and (found := _FIRST.fullmatch(line)):
        rest = found[5] or ""
        speaker = SPEAKER.fullmatch(rest)
        if speaker:
            return _seconds(*found.groups()[:4]), speaker[1].strip(), speaker[2]
        alone = _ALONE.fullmatch(rest)
        who, words = (alone[1].strip(), "") if alone else (before, rest)
        return _seconds(*found.groups()[:4]), who, words
    if timed and (found := _BEHIND.fullmatch(line)):
        return _seconds(*found.groups()[1:5]), found[1].strip(), found[6]
    if found := SPEAKER.fullmatch(line):
        return None, found[1].strip(), found[2]
    return None


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int((rest or "").ljust(3, "0"))) / 1000


def _timed(rows: list[_Row]) -> list[Said]:
    """Give each its end: where the next begins."""
    runs = list(_runs(rows))
    found: list[Said] = []
    for at, run in enumerate(runs):
        start = run[0].start or 0.0
        size = sum(len(row.text) for row in run)
        following = runs[at + 1][0].start if at + 1 < len(runs) else None
        end = following if following is not None else start + max(1.0, size / FASTEST)
        done = 0
        for row in run:
            began = start + (end - start) * done / size
            done += len(row.text)
            over = start + (end - start) * done / size
            found.append(Said(round(began, 3), round(over, 3), row.text, row.speaker, row.line))
    return found


def _runs(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Yield each row that has a time with those behind it that have none."""
    number = 0

    def run(row: _Row) -> int:
        nonlocal number
        number += row.start is not None
        return number

    for _, group in groupby(rows, run):
        yield list(group)
