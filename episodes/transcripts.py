"""Transcripts: VTT, SRT, JSON or plain text with speakers, read as one list of cues.

Rules: W3C WebVTT; section "transcript" of podcastindex.org/namespace/1.0. Our own reader, because
a finding names the line and a published parser keeps none.
"""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes import scripts
from episodes.rulebook import found
from episodes.scripts import SPEAKER
from episodes.values import CONTROL, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from episodes.findings import Finding

LONGEST = 1_000_000.0  # seconds: what lies beyond is no time in a recording
_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})"
_ARROW = re.compile(rf"{_TIME}\s*-->\s*{_TIME}")
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[^\S\n]([^<>\n]*)>")  # never as far as the next arrow
_BLOCK = re.compile(r"((?:^[^\n]*\S[^\n]*\n?)+)\n*", re.MULTILINE)
_CLOCK = r"((?:[0-9][0-9]:)?[0-5][0-9]:[0-5][0-9])[.,]([0-9]{3})"
_LINE = r"[^\s<>&][^\n<>&]*"
_USUAL = re.compile(  # how nearly every cue is written; whatever else there is takes longer
    rf"([^\s>][^\n>]*\n)??{_CLOCK} --> {_CLOCK}(?: [^\n]*)?"
    rf"\n(?:<v ([^\n<>&]*)>)?({_LINE}(?:\n{_LINE})*)(?:</v>)?(?:\n\n+|\n?\Z)"
)
_TAG = re.compile(r"</?[a-z0-9.]*(?:\s[^<>]*)?>", re.IGNORECASE)
_SKIPPED = ("NOTE", "STYLE", "REGION", "WEBVTT")
DRAFT = re.compile(r"NOTE\s+earmark: draft\b")  # what `earmark transcribe` writes, until it is read
_LANGUAGE = re.compile(r"WEBVTT.*\n(?:[^\n]+\n)*?Language:\s*([A-Za-z-]+)")


class Cue(NamedTuple):
    """Words said together. `start` and `end` are seconds, both 0 where nobody timed them."""

    start: float
    end: float
    text: str
    speaker: str = ""
    line: int = 0


class Transcript(NamedTuple):
    """What was said, in order; the language where it tells one.

    `draft` is the line on which it says that nobody has read it yet, else 0.
    """

    cues: tuple[Cue, ...] = ()
    language: str = ""
    draft: int = 0

    @property
    def timed(self) -> bool:
        """Whether it can follow the recording."""
        return any(cue.end for cue in self.cues)


def parse(text: str, path: str) -> tuple[Transcript, list[Finding]]:
    """Read a transcript; what kind it is, is told by what stands in it."""
    text = CONTROL.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    findings: list[Finding] = []
    named = path.lower().endswith((".vtt", ".srt"))
    if named or text.startswith("WEBVTT") or _ARROW.search(text[:5_000]):
        cues = tuple(_timed(text, path, findings))
        if not any(cue.speaker for cue in cues):
            cues = tuple(_split(cues))
    elif text.lstrip().startswith("{") or path.lower().endswith(".json"):
        cues = tuple(_segments(text, path, findings))
    else:
        cues = plain(text)
    if not cues:
        findings.append(found("transcript-empty", path, "", "has no words in it"))
    language = _LANGUAGE.match(text[:1_000])
    return Transcript(cues, language[1] if language else "", _draft(text)), findings


def plain(text: str) -> tuple[Cue, ...]:
    """Read names and words, with times where they have some."""
    return tuple(Cue(*said) for said in scripts.parse(text))


def _draft(text: str) -> int:
    note = DRAFT.search(text) if text.startswith("WEBVTT") else None
    return text.count("\n", 0, note.start()) + 1 if note else 0


def _timed(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    at, number = 0, 1  # where the next block begins, and on which line
    while True:
        if usual := _USUAL.match(text, at):
            named, begin, rest, over, more, speaker, words = usual.groups()
            start, end = (_clock(begin) + int(rest)) / 1000, (_clock(over) + int(more)) / 1000
            yield Cue(start, end, _line(words), _line(speaker or ""), number + (named is not None))
            after = usual.end()
        elif block := _BLOCK.search(text, at):
            first = number + text.count("\n", at, block.start())
            yield from _block(first, block[1].removesuffix("\n"), path, findings)
            after = block.end()
        else:
            return
        number += text.count("\n", at, after)
        at = after


@lru_cache(maxsize=10_000)
def _clock(text: str) -> int:
    """Return the milliseconds of 01:02 or 01:02:03; many transcripts name the same times."""
    *hours, minutes, seconds = map(int, text.split(":"))
    return ((sum(hours) * 60 + minutes) * 60 + seconds) * 1000


def _line(text: str) -> str:
    """Return text on one line, with one space between words."""
    plain = text.isprintable() and "  " not in text  # then no space is another than this
    return text.strip() if plain else " ".join(text.split())


def _block(number: int, block: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    """Yield the cue of a block, however it is written, or find what is wrong with it."""
    lines = block.split("\n")
    at = 0 if "-->" in lines[0] else 1
    if at == 1 and "-->" not in "".join(lines[1:2]):
        if not lines[0].startswith(_SKIPPED):
            findings.append(found("transcript-time", path, "", "has no time", line=number))
        return
    if not (timing := _TIMING.fullmatch(lines[at])):
        fix = "write it like 00:01:02.000 --> 00:01:05.500"
        wrong = found("transcript-time", path, "", "is not a time", line=number + at, fix=fix)
        findings.append(wrong)
        return
    words = " ".join(lines[at + 1 :])
    begin, over = timing.groups()[:4], timing.groups()[4:]
    cue = _cue(_seconds(*begin), _seconds(*over), words, number + at)
    if cue.text:
        yield cue


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str) -> float:
    whole = int(minutes) * 60 + int(seconds) + (int(hours) * 3600 if hours else 0)
    return (whole * 1000 + int(rest if len(rest) == 3 else rest.ljust(3, "0"))) / 1000


def _cue(start: float, end: float, words: str, line: int) -> Cue:
    tagged = "<" in words
    voice = _VOICE.search(words) if tagged else None
    text = _words(_TAG.sub("", words) if tagged else words)
    return Cue(start, end, text, _words(voice[1]) if voice else "", line)


def _split(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Read `Name: ` as the speaker, where no voice in the whole transcript is marked.

    Where the first words have a name, it holds until the next: names stand where speakers change.
    """
    holds = bool(cues) and bool(SPEAKER.fullmatch(cues[0].text))
    speaker = ""
    for cue in cues:
        if said := SPEAKER.fullmatch(cue.text):
            speaker = said[1].strip()
            yield cue._replace(text=said[2], speaker=speaker)
        else:
            yield cue._replace(speaker=speaker) if holds else cue


def _words(text: str) -> str:
    """Resolve entities, and let no line break that they stand for through."""
    return _line(html.unescape(text) if "&" in text else text)


def _segments(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    """Yield the segments of `podcast:transcript` JSON 1.0."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason, line = getattr(error, "msg", "too deep or long"), getattr(error, "lineno", 1)
        message, fix = f"is not JSON here ({reason})", "export it again, or save it as VTT"
        findings.append(found("transcript-json", path, "", message, line=line, fix=fix))
        return
    listed = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        findings.append(found("transcript-json", path, "", "is JSON without segments", line=1))
        return
    for line, each in zip(places(text, "body", len(listed)), listed, strict=True):
        said = each if isinstance(each, dict) else {}
        words, speaker = (_clean(said.get(key)) for key in ("body", "speaker"))
        start, end = _number(said.get("startTime")), _number(said.get("endTime"))
        if words is None or start is None or end is None:
            fix = "write startTime and endTime in seconds, and body as text"
            findings.append(found("transcript-json", path, "", "is no segment", line=line, fix=fix))
        elif words:
            yield Cue(start, end, words, speaker or "", line)


def _clean(value: Any) -> str | None:
    """Return text on one line; JSON can say what no page can carry."""
    return _line(CONTROL.sub("", value)) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LONGEST
    return round(float(value), 3) if good else None


class Paragraph(NamedTuple):
    """Cues of one speaker that are read as one paragraph."""

    speaker: str
    cues: tuple[Cue, ...]


def paragraphs(transcript: Transcript, longest: float = 45) -> list[Paragraph]:
    """Join cues to paragraphs: a new one where the speaker changes, or after `longest` seconds."""
    groups: list[list[Cue]] = []
    for cue in transcript.cues:
        first = groups[-1][0] if groups else None
        same = first is not None and first.speaker == cue.speaker
        if first is None or not same or not transcript.timed or _full(groups[-1], cue, longest):
            groups.append([])
        groups[-1].append(cue)
    return [Paragraph(group[0].speaker, tuple(group)) for group in groups]


def _full(group: list[Cue], cue: Cue, longest: float) -> bool:
    return cue.end - group[0].start > longest and group[-1].text[-1:] in ".?!…”’\"'"
