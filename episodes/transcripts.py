"""Transcripts: VTT, SRT or plain text with speakers, read as one list of cues, and written as VTT.

Rules: W3C WebVTT; section "transcript" of podcastindex.org/namespace/1.0. Our own reader, because
a finding names the line and a published parser keeps none.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, NamedTuple

from episodes.rulebook import found
from episodes.values import CONTROL, format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding

LINE = 65  # characters a line of captions may have and still fit a phone
_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[^\S\n]([^<>\n]*)>")  # never as far as the next arrow
_SAID = re.compile(r"<v\s([^<>&]*)>([^<>&]+)")  # how nearly every cue is written
_TAG = re.compile(r"</?[a-z0-9.]*(?:\s[^<>]*)?>", re.IGNORECASE)
_NAME = r"[^\W\d_a-z][\w.'’-]*(?: [(]?[^\W_a-z][\w.'’()-]*){0,3}"  # words that begin large
_SPEAKER = re.compile(rf"\[?({_NAME})\]?:\s+(\S.*)", re.DOTALL)
_SKIPPED = ("NOTE", "STYLE", "REGION", "WEBVTT")


class Cue(NamedTuple):
    """Words said together. `start` and `end` are seconds, both 0 where nobody timed them."""

    start: float
    end: float
    text: str
    speaker: str = ""
    line: int = 0


class Transcript(NamedTuple):
    """What was said, in order."""

    cues: tuple[Cue, ...] = ()

    @property
    def timed(self) -> bool:
        """Whether it can follow the recording."""
        return any(cue.end for cue in self.cues)


def parse(text: str, path: str) -> tuple[Transcript, list[Finding]]:
    """Read a transcript; what kind it is, is told by what stands in it."""
    text = CONTROL.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    findings: list[Finding] = []
    named = path.lower().endswith((".vtt", ".srt"))
    if named or text.startswith("WEBVTT") or _TIMING.search(text[:5_000]):
        cues = tuple(_timed(text, path, findings))
        if not any(cue.speaker for cue in cues):
            cues = tuple(map(_split, cues))
    else:
        cues = tuple(_plain(text))
    if not cues:
        findings.append(found("transcript-empty", path, "", "has no words in it"))
    return Transcript(cues), findings


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, lines) of each run of lines that are not blank."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _timed(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    for number, lines in _blocks(text):
        at = 0 if "-->" in lines[0] else 1
        if at == 1 and "-->" not in "".join(lines[1:2]):
            if not lines[0].startswith(_SKIPPED):
                findings.append(found("transcript-time", path, "", "has no time", line=number))
            continue
        if not (timing := _TIMING.fullmatch(lines[at])):
            fix = "write it like 00:01:02.000 --> 00:01:05.500"
            wrong = found("transcript-time", path, "", "is not a time", line=number + at, fix=fix)
            findings.append(wrong)
            continue
        words = " ".join(lines[at + 1 :])
        times = timing.groups()
        cue = _cue(_seconds(*times[:4]), _seconds(*times[4:]), words, number + at)
        if cue.text:
            yield cue


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int(rest.ljust(3, "0"))) / 1000


def _cue(start: float, end: float, words: str, line: int) -> Cue:
    if said := _SAID.fullmatch(words):
        return Cue(start, end, " ".join(said[2].split()), " ".join(said[1].split()), line)
    tagged = "<" in words
    voice = _VOICE.search(words) if tagged else None
    text = _words(_TAG.sub("", words) if tagged else words)
    return Cue(start, end, text, _words(voice[1]) if voice else "", line)


def _split(cue: Cue) -> Cue:
    """Read `Name: ` as the speaker, where no voice in the whole transcript is marked."""
    said = _SPEAKER.fullmatch(cue.text)
    return cue._replace(text=said[2], speaker=said[1].strip()) if said else cue


def _words(text: str) -> str:
    """Resolve entities, and let no line break that they stand for through."""
    return " ".join((html.unescape(text) if "&" in text else text).split())


def _plain(text: str) -> Iterator[Cue]:
    speaker = ""
    for number, lines in _blocks(text):
        words = " ".join(line.strip() for line in lines)
        if said := _SPEAKER.fullmatch(words):
            speaker, words = said[1].strip(), said[2]
        yield Cue(0, 0, words, speaker, number)


def lint(transcript: Transcript, path: str, seconds: float | None) -> list[Finding]:
    """Find what a reader or an app would trip over. `seconds` is the length of the recording."""
    wrong: list[Finding] = []

    def warn(rule: str, cue: Cue, message: str) -> None:
        wrong.append(found(f"transcript-{rule}", path, "", message, line=cue.line))

    if transcript.cues and not any(cue.speaker for cue in transcript.cues):
        warn("speakers", transcript.cues[0], "names no speakers")
    before: Cue | None = None
    for cue in transcript.cues if transcript.timed else ():
        if cue.end <= cue.start:
            warn("backwards", cue, "ends before it starts")
        elif before and cue.start < before.end - 0.001:
            said = f"starts before the one above it is over ({format_seconds(before.end)})"
            warn("overlap", cue, said)
        if seconds and cue.end > seconds + 1:
            said = f"lies beyond the end of the recording ({format_seconds(seconds)})"
            warn("beyond", cue, said)
        before = cue
    return wrong[:10]


def render_vtt(transcript: Transcript) -> str:
    """Write WebVTT: voices named, lines short enough for a phone."""
    blocks = ["WEBVTT"]
    for cue in transcript.cues:
        words = "\n".join(_wrap(cue.text))
        voice = f"<v {_escape(cue.speaker)}>" if cue.speaker else ""
        blocks.append(f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{voice}{_escape(words)}")
    return "\n\n".join(blocks) + "\n"


def _wrap(text: str) -> Iterator[str]:
    """Yield lines of whole words (`textwrap` does this twenty times slower)."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > LINE:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


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
