"""Reads WebVTT and SRT: blocks of words under lines of times with an arrow.

Rules: W3C WebVTT. It also accepts what people and programs write: no blank lines, no hours, frames,
words after the times, and the codes of SubRip and Aegisub. Markup of a format is removed;
everything else is words and stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.rules import finding
from episodes.text import timecodes
from episodes.text.timecodes import CLOCK
from episodes.transcripts import speakers
from episodes.transcripts.cues import Cue, one_line, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from episodes.findings import Finding

_GAP = r"[ \t\u00a0]{0,20}"
_ARROW = r"(?:-{1,3}>|[–—]>|→)"  # Word and translators write the last
_ARROWS = re.compile("[>→]")
TIMING = re.compile(rf"{_GAP}[\[(]?{CLOCK}{_GAP}{_ARROW}{_GAP}{CLOCK}[\])]?(?=\s|$)")
BEGINS = re.compile(rf"^{TIMING.pattern.replace(_ARROW, '-->')}", re.MULTILINE)
_BEGINS = re.compile(rf"^{TIMING.pattern}", re.MULTILINE)
_CLOCK = r"((?:[0-9][0-9]:)?[0-5][0-9]:[0-5][0-9])[.,]([0-9]{3})"
_SETTING = r"(?:vertical|line|position|size|align|region|[XY][12]):[^\s:][^\s>]*"
_LINE = r"[^\s<>&{][^\n<>&{]*"
_USUAL = re.compile(  # how nearly every cue is written; whatever else there is takes longer
    rf"([^\s>][^\n>]*\n)??{_CLOCK} --> {_CLOCK}(?: {_SETTING})*"
    rf"\n(?:<v ([^\n<>&]*)>)?({_LINE}(?:\n{_LINE})*)(?:</v>)?(?:\n\n+|\n?\Z)"
)
_SET = re.compile(_SETTING, re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[^\S\n]([^<>\n]*)>")  # never as far as the next arrow
_TAG = re.compile(
    r"</?(?:[biucsv]|ruby|rp|lang)(?:\.[^\s<>]*)?\s?/?>"
    r"|<lang(?:\.[^\s<>]*)?\s[^<>]*>|</?font(?:\s[^<>]*)?>"
    r"|<(?:\d{1,4}:)?\d{1,2}:\d\d[.,]\d{1,3}>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?rt(?:\.[^\s<>]*)?>|<br\s?/?>", re.IGNORECASE)
CODE = re.compile(r"\{\\[^{}\n]*\}|\{/?[biu]\}")
_NUMBER = re.compile(r"[ \t]{0,20}\d{1,9}[ \t]{0,20}")
_NUMBERED = re.compile(r"[ \t]{0,20}\d{1,9}[.)]?[ \t]{0,20}")
_WEBEX = re.compile(r'\d{1,9} "([^"\n]{1,80})" \(\d{1,20}\)')  # who speaks, in place of a number
_ALMOST = re.compile(r"\d:\d")  # in a line with an arrow: it is meant as a time
_EMPTY = re.compile(r"\n+")
_MOST = 3  # blocks without a time that are found one by one


class _Kind(NamedTuple):
    """Whether a file is WebVTT, has numbers above its cues, and its frame rate."""

    vtt: bool
    numbered: bool
    rate: int


def parse(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    """Yield the cues; faults become findings with lines."""
    kind = _kind(text, path)
    wrong: list[Finding] = []
    yield from _cues(text, path, kind, wrong)
    findings += wrong[:_MOST]
    if len(wrong) > _MOST:
        first = wrong[_MOST]
        more = len(wrong) - _MOST - 1
        message = f"{first.message} (and {more} more like it)" if more else first.message
        findings.append(first._replace(message=message))


def _kind(text: str, path: str) -> _Kind:
    vtt = text.startswith("WEBVTT") or path.lower().endswith(".vtt")
    first = _BEGINS.search(text[:5_000])
    if not first:
        return _Kind(vtt, numbered=False, rate=25)
    above = text[: first.start()].removesuffix("\n").rpartition("\n")[2]
    frames = {first[4], first[9]} & {":", ";"}
    return _Kind(vtt, bool(_NUMBER.fullmatch(above)), timecodes.frame_rate(text) if frames else 25)


def _cues(text: str, path: str, kind: _Kind, wrong: list[Finding]) -> Iterator[Cue]:
    at, number = 0, 1  # where the next block begins, and on which line
    while at < len(text):
        usual = _USUAL.match(text, at)
        if usual and (usual[1] is None or (kind.vtt and '"' not in usual[1])
                      or usual[1][:-1].isdecimal()):  # fmt: skip
            named, begin, rest, over, more, speaker, words = usual.groups()
            start, end = (_clock(begin) + int(rest)) / 1000, (_clock(over) + int(more)) / 1000
            yield Cue(start, end, one_line(words), one_line(speaker or ""), number + bool(named))
            after = usual.end()
        elif empty := _EMPTY.match(text, at):
            after = empty.end()
        else:
            end_of = text.find("\n\n", at)
            after = end_of + 1 if end_of >= 0 else len(text)
            yield from _block(number, text[at:after].removesuffix("\n"), path, kind, wrong)
        number += text.count("\n", at, after)
        at = after


@lru_cache(maxsize=10_000)
def _clock(text: str) -> int:
    """Return the milliseconds of 01:02 or 01:02:03, cached: transcripts repeat times."""
    *hours, minutes, seconds = map(int, text.split(":"))
    return ((sum(hours) * 60 + minutes) * 60 + seconds) * 1000


def _block(number: int, block: str, path: str, kind: _Kind, wrong: list[Finding]) -> Iterator[Cue]:
    """Yield the cues between two blank lines, in any spelling."""
    lines = block.split("\n")
    marks = [at for at, line in enumerate(lines) if _ARROWS.search(line) and _is_mark(line, kind)]
    above = lines[: marks[0]] if marks else lines
    if not _passed_over(above, number, kind, timed=bool(marks)):
        line = number + next((at for at, each in enumerate(above) if each.strip()), 0)
        wrong.append(finding("transcript-time", path, "", "has no time", line=line))
    webex = next(filter(None, map(_WEBEX.fullmatch, above)), None) if marks else None
    for at, end in pairwise([*marks, len(lines)]):
        timing = TIMING.match(lines[at])
        start, over = _times(timing, kind.rate) if timing else (None, None)
        if timing is None or start is None or over is None:
            fix = "write it like 00:01:02.000 --> 00:01:05.500"
            seen = "is not a time"
            wrong.append(finding("transcript-time", path, "", seen, line=number + at, fix=fix))
            continue
        words = lines[at + 1 : end]
        if end < len(lines) and kind.numbered and words and _NUMBER.fullmatch(words[-1]):
            words.pop()  # of the next cue: there is no blank line above it
        behind = (each for each in lines[at][timing.end() :].split() if not _SET.fullmatch(each))
        for cue in _spoken(start, over, " ".join([*behind, *words]), number + at):
            yield cue._replace(speaker=one_line(webex[1])) if webex and not cue.speaker else cue


def _is_mark(line: str, kind: _Kind) -> bool:
    """Return whether a line with an arrow begins a cue, even if malformed."""
    timing = TIMING.match(line)
    if "-->" in line:
        return bool(timing or _ALMOST.search(line))
    # In SRT alone: WebVTT is written by programs. "10:30 -> 11:30" may be said.
    return bool(timing and timing[5] and timing[10]) and not kind.vtt


def _times(timing: re.Match[str], rate: int) -> tuple[float | None, float | None]:
    groups = timing.groups()
    return timecodes.parse_groups(groups[:5], rate), timecodes.parse_groups(groups[5:], rate)


def _passed_over(above: list[str], number: int, kind: _Kind, *, timed: bool) -> bool:
    """Return whether lines before the first time of a block are nobody's words."""
    text_lines = [line for line in above if line.strip()]
    if not text_lines:
        return True
    head = text_lines[0].split()[0]
    if kind.vtt and (_is_top(text_lines[0], number) or head == "NOTE"):
        return True
    if kind.vtt and head in {"STYLE", "REGION"} and text_lines[0].strip() == head:
        return True
    return timed and len(text_lines) == 1 and (kind.vtt or bool(_NUMBERED.fullmatch(text_lines[0])))


def _is_top(line: str, number: int) -> bool:
    """Return whether a line is a WebVTT header, also in the middle of a file."""
    words = line.upper().split()
    return words[0] == "WEBVTT" and (number == 1 or len(words) == 1)


def _spoken(start: float, end: float, words: str, line: int) -> Iterator[Cue]:
    """Yield a cue for each voice in it; they share its time by length."""
    pieces = _VOICE.split(words) if "<" in words else [words]
    voices = [("", _plain(pieces[0]))]
    voices += [(unescape(who), _plain(what)) for who, what in zip(pieces[1::2], pieces[2::2],
                                                                strict=True)]  # fmt: skip
    voices = [(who, what) for who, what in voices if what]
    whole = sum(len(what) for _, what in voices)
    shares = list(accumulate((len(what) for _, what in voices), initial=0))
    for (who, what), one, two in zip(voices, shares, shares[1:], strict=False):
        begin = round(start + (end - start) * one / whole, 3) if one else start
        over = round(start + (end - start) * two / whole, 3) if two < whole else end
        yield Cue(begin, over, what, who, line)


def _plain(words: str) -> str:
    """Return words without subtitle markup."""
    if "{" in words:
        words = CODE.sub("", words)
    if "<" in words:
        words = _TAG.sub("", _BREAK.sub(" ", words))
    return unescape(words)


def name_speakers(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Take `Name: ` as the speaker, if no voice in the whole transcript is marked.

    If the first words have a name, a name holds until the next.
    """
    known = speakers.known_names(cue.text for cue in cues)
    holds = bool(cues) and bool(speakers.split_speaker(cues[0].text, known))
    speaker = ""
    for cue in cues:
        if named := speakers.split_speaker(cue.text, known):
            speaker = named[0]
            yield cue._replace(text=named[1], speaker=speaker)
        else:
            yield cue._replace(speaker=speaker) if holds else cue
