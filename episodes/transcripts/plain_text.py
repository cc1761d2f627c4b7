"""Reads plain transcripts: who says what, in paragraphs, with or without times.

They have `Name: words`, and a time before or after the name or on its own line, as Word, Teams,
Otter and Premiere write them. Text without a time shares the time between its neighbours by length.
Lines that a person or a program put above the first words are left out and reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from episodes.text import timecodes
from episodes.text.quantities import quantity
from episodes.transcripts import headings, speakers, timed_lines
from episodes.transcripts.row_times import ScriptRow, SpokenWords, settle_names, share_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from episodes.transcripts.timed_lines import TimedLine

_LOOK = 400  # lines among which the first times stand, below whatever is put above them
_SLOWEST = 1.5  # characters a second that anybody speaks, pauses included
_SHARE = 0.4  # share of paragraphs that must begin with a time if names have no capital
_MOST = 0.8  # the same if the first time is late and may be somebody's words
_MARKED = re.compile(
    r"((?:[\[(]?\d{1,3}:[\d:.,]{2,17}[\])]?\s{1,9})?)(\*{1,3}|__?)([^*_\n]{1,80}?)(:?)\2(:?)(?=\s|$)"
)
_NUMBER = re.compile(r"\d{1,9}")
_RULE = re.compile(r"[-_=*–—]{3,99}|WEBVTT")
_HASHES = re.compile(r"#{1,6}\s+(?=\S)")
_ZERO = re.compile(r"[\[(]?0?0:00(?::00)?[\])]?")
_ABOVE = 20  # lines among which it stands
_SHOWN = 60  # characters of what is left out that are shown


class Script(NamedTuple):
    """The words, and (line, message) of each line that is not said."""

    said: list[SpokenWords]
    left_out: list[tuple[int, str]]


class _Line(NamedTuple):
    """A line that is not blank; `first` is whether it is below a blank one."""

    number: int
    words: str
    first: bool


def parse(text: str) -> Script:
    """Parse a transcript that is not in a subtitle format."""
    lines = list(_lines(text))
    rate = timecodes.frame_rate(text)
    heads = _heads(lines, rate)
    if heads:
        top = min(heads)
        kept = [at for at in range(top) if headings.is_said(lines[at].words, heads[top].start)]
    else:
        top, kept = _begins(lines)
    numbers = _numbers(lines, heads)
    dropped = {at for at in range(top) if at not in kept and at not in numbers}
    dropped.update(_last(lines))
    rest = {at: line for at, line in enumerate(lines) if at not in dropped and at not in numbers}
    rows = list(settle_names(_rows(rest, heads)))
    spoken = share_times(rows) if heads else [SpokenWords(0, 0, *row[2:5]) for row in rows]
    return Script(spoken, list(_left_out(lines, dropped, top)))


def _lines(text: str) -> Iterator[_Line]:
    """Yield lines without Markdown around names and before headings."""
    first = True
    for number, line in enumerate(text.split("\n"), 1):
        words = " ".join(line.split())
        if match := _MARKED.match(words):
            words = f"{match[1]}{match[3].strip()}{match[4] or match[5]}{words[match.end() :]}"
        if words and not _RULE.fullmatch(words):
            yield _Line(number, words, first)
        first = not words


def _heads(lines: Sequence[_Line], rate: int) -> Mapping[int, TimedLine]:
    """Return the lines with a time; [] if times do not run through the whole text."""
    early = _read(lines[:_LOOK], rate)
    strict = {at: head for at, head in early.items() if not head.loose}
    if not _leads(strict, lines) and not _often(early, lines):
        return {}
    whole = early if len(lines) <= _LOOK else _read(lines, rate)
    return timed_lines.in_rising_order(timed_lines.usual_form(whole))


def _leads(heads: Mapping[int, TimedLine], lines: Sequence[_Line]) -> bool:
    """Return whether the first line has a time, or times rise from paragraph to paragraph.

    The first of them must be one that nobody can have said.
    """
    starts = [head.start for at, head in heads.items() if lines[at].first]
    if not heads or heads[min(heads)].doubtful:
        return False
    return _top(lines) in heads or (len(starts) > 1 and starts == sorted(starts))


def _often(heads: Mapping[int, TimedLine], lines: Sequence[_Line]) -> bool:
    """Return whether so many paragraphs begin with a time that it is nobody's words."""
    if not heads:
        return False
    first = min(heads)
    firsts = sum(line.first for line in lines[first:_LOOK])
    if not heads[first].doubtful:
        return len(heads) >= max(2, firsts * _SHARE)
    if len(heads) < max(3, firsts * _MOST):
        return False
    names = [head.speaker for head in heads.values() if head.behind and not head.words]
    above = any(headings.is_said(line.words, heads[first].start) for line in lines[:first])
    return len(set(names)) < len(names) or (not above and _is_spoken(heads, lines))


def _is_spoken(heads: Mapping[int, TimedLine], lines: Sequence[_Line]) -> bool:
    """Return whether the words between times fit the time, unlike in a diary."""
    first, last = min(heads), max(heads)
    size = sum(len(line.words) for line in lines[first:last])
    return size >= (heads[last].start - heads[first].start) * _SLOWEST


def _top(lines: Sequence[_Line]) -> int:
    """Return the number of the first line that is not a heading."""
    return next((at for at, each in enumerate(lines) if not headings.is_heading(each.words)), 0)


def _read(lines: Sequence[_Line], rate: int) -> dict[int, TimedLine]:
    heads = {}
    for at, line in enumerate(lines):
        if head := timed_lines.parse_line(line.words, rate, first=line.first):
            heads[at] = head
    return heads


def _begins(lines: Sequence[_Line]) -> tuple[int, list[int]]:
    """Return where a script without times begins, and which lines above that are said.

    A time of zero alone proves nothing (Meet writes one every five minutes).
    """
    zero = [at for at, line in enumerate(lines[:_ABOVE]) if _ZERO.fullmatch(line.words)]
    if len(zero) != 1:
        return _top(lines), []
    return zero[0] + 1, [at for at in range(zero[0]) if headings.is_said(lines[at].words, 0)]


def _numbers(lines: Sequence[_Line], heads: Mapping[int, TimedLine]) -> set[int]:
    """Return bare numbers above times with an end, if the first such time has one."""
    ranged = [at for at, head in heads.items() if head.ends is not None]
    above = {at - 1 for at in ranged if at and _NUMBER.fullmatch(lines[at - 1].words)}
    return above if ranged and ranged[0] - 1 in above else set()


def _last(lines: Sequence[_Line]) -> Iterator[int]:
    """Yield the last lines, if a program wrote them."""
    for at in range(len(lines) - 1, -1, -1):
        if not headings.is_of_program(lines[at].words):
            return
        yield at


def _left_out(lines: Sequence[_Line], dropped: set[int], top: int) -> Iterator[tuple[int, str]]:
    above = [lines[at] for at in sorted(dropped) if at < top]
    if above:
        more = f" and {quantity(len(above) - 1, 'more line')}" if len(above) > 1 else ""
        yield above[0].number, f"{_quoted(above[0].words)}{more} above the first words"
    for at in sorted(dropped):
        if at >= top:
            yield lines[at].number, _quoted(lines[at].words)


def _quoted(words: str) -> str:
    return f'"{words}"' if len(words) <= _SHOWN else f'"{words[: _SHOWN - 2].rstrip()} …"'


def _rows(lines: Mapping[int, _Line], heads: Mapping[int, TimedLine]) -> Iterator[ScriptRow]:
    """Yield words up to a blank line, a name or a time; a name holds until the next."""
    known = speakers.known_names(_beginnings(lines, heads))
    below = _names_below(lines, heads)
    row = ScriptRow(None, None, "", "", 0)
    for at, line in lines.items():
        words = _HASHES.sub("", line.words) if line.words[0] == "#" else line.words
        if head := heads.get(at):
            yield row
            row = _begun(head, row.speaker, line.number, known)
        elif at in below:
            row = row._replace(speaker=words.rstrip(" :："), alone=True)
        elif name := _name(line, known):
            yield row
            row = ScriptRow(None, None, name[1], name[0], line.number, not name[1])
        elif row.text and line.first:
            yield row
            row = ScriptRow(None, None, words, row.speaker, line.number)
        else:
            text = f"{row.text} {words}" if row.text else words
            row = row._replace(text=text, line=row.line or line.number)
    yield row


def _beginnings(lines: Mapping[int, _Line], heads: Mapping[int, TimedLine]) -> Iterator[str]:
    """Yield the lines that a name may begin: after a blank line or a time."""
    below = False
    for at, line in lines.items():
        head = heads.get(at)
        if head and (head.words or head.speaker):
            yield head.words if head.speaker is None else f"{head.speaker}: {head.words}"
        elif head is None and (line.first or below):
            yield line.words
        below = bool(head and not head.words and head.speaker is None)


def _begun(head: TimedLine, before: str, number: int, known: frozenset[str]) -> ScriptRow:
    speaker, words = head.speaker, head.words
    if speaker is None and (named := speakers.split_speaker(words, known)):
        speaker, words = named
    who = before if speaker is None else speaker
    return ScriptRow(head.start, head.ends, words, who, number, bool(speaker) and not words)


def _name(line: _Line, known: frozenset[str]) -> tuple[str, str] | None:
    """Return the name and the words of a line; the words may be on the next line."""
    if named := speakers.split_speaker(line.words, known):
        return named
    alone = speakers.ALONE.fullmatch(line.words) if line.first else None
    return (alone[1].strip(), "") if alone and line.words[-1] in ":：" else None


def _names_below(lines: Mapping[int, _Line], heads: Mapping[int, TimedLine]) -> set[int]:
    """Return the lines with a name below a time, if each such time has one."""
    positions = list(lines)
    below = set()
    for number, at in enumerate(positions):
        if at in heads and heads[at].speaker is None and not heads[at].words:
            following = [each for each in positions[number + 1 : number + 3] if each not in heads]
            name = following and speakers.ALONE.fullmatch(lines[following[0]].words)
            if not name or len(following) < 2 or following[1] - following[0] > 1:
                return set()
            below.add(following[0])
    return below
