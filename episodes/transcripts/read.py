"""Reads a transcript in any format as one list of cues.

Rules: W3C WebVTT; section "transcript" of podcastindex.org/namespace/1.0. Published parsers keep no
line numbers, which findings need.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import errors_in
from episodes.frontmatter.value_types import CONTROL
from episodes.rules import finding
from episodes.transcripts import data_formats, plain_text, rollup_captions, subtitles
from episodes.transcripts.cues import Cue, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from episodes.findings import Finding

__all__ = [
    "DRAFT",
    "Cue",
    "Paragraph",
    "Transcript",
    "parse_plain",
    "parse_transcript",
    "to_paragraphs",
]

DRAFT = re.compile(r"NOTE\s+earmark: draft\b")  # what `earmark transcribe` writes, until it is read
_LANGUAGE = re.compile(r"WEBVTT.*\n(?:[^\n]+\n)*?Language:\s*([A-Za-z-]+)")
_BEGINNING = 5_000  # characters in which the kind of a file is to be seen
_FORMS = {  # by what stands in the beginning
    "TTML": re.compile(r"<(?:\w{1,20}:)?tt[\s>]"),
    "SAMI": re.compile(r"<SAMI[\s>]", re.IGNORECASE),
    "an Aegisub file (ASS)": re.compile(r"\[Script Info\]|^Dialogue:\s{0,9}\d", re.MULTILINE),
    "MicroDVD, which counts frames": re.compile(r"^\{\d{1,9}\}\{\d{1,9}\}", re.MULTILINE),
    "SCC": re.compile(r"Scenarist_SCC"),
    "RTF": re.compile(r"\A\s{0,9}\{\\rtf"),
    "a table (CSV)": re.compile(
        r"\A(?=[^\n]{0,200}\b(?:start|begin|time|timestamp|timecode)\b)"
        r"(?=[^\n]{0,200}[,;]\"?(?:text|transcript|dialogue|content)\b)"
        r"[\w\" ()]{1,30}(?:[,;][\w\" ()]{1,30}){1,9}(?:\n|\Z)",
        re.IGNORECASE,
    ),
    "a web page": re.compile(r"\A\s{0,99}(?:<!doctype html|<html)", re.IGNORECASE),
    "XML": re.compile(r"\A\s{0,99}<\?xml"),
}


def parse_transcript(text: str, path: str) -> tuple[Transcript, list[Finding]]:
    """Parse a transcript; the format is detected from the content."""
    text = CONTROL.sub("", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    findings: list[Finding] = []
    name, start = path.lower(), text[:_BEGINNING]
    cues: Sequence[Cue]
    if text.startswith("WEBVTT"):
        cues = _subtitles(text, path, findings)
    elif form := next((form for form, mark in _FORMS.items() if mark.search(start)), None):
        findings.append(finding("transcript-form", path, "", f"is {form}", line=1))
        return Transcript(), findings
    elif name.endswith(".json") or data_formats.is_json(text):
        cues = tuple(data_formats.parse(text, path, findings))
    elif data_formats.is_table(text):
        cues = tuple(data_formats.parse_table(text, path, findings))
    elif name.endswith((".vtt", ".srt")) or subtitles.BEGINS.search(start):
        cues = _subtitles(text, path, findings)
    else:
        cues = parse_plain(text, path, findings)
    if not cues and not errors_in(findings):
        findings.append(finding("transcript-empty", path, "", "has no words in it"))
    language = _LANGUAGE.match(text[:1_000])
    return Transcript(tuple(cues), language[1] if language else "", _draft(text)), findings


def _subtitles(text: str, path: str, findings: list[Finding]) -> Sequence[Cue]:
    """Parse WebVTT or SRT; merge roll-up captions, and report that."""
    lines = text.split("\n")
    blank = not "".join(lines[1::2]).strip()  # a blank line behind each line
    doubled = blank and bool(subtitles.BEGINS.search(text[:_BEGINNING]))
    wrong: list[Finding] = []
    cues: Sequence[Cue]
    cues = tuple(subtitles.parse("\n".join(lines[::2]) if doubled else text, path, wrong))
    if doubled:
        cues = tuple(cue._replace(line=cue.line * 2 - 1) for cue in cues)
        wrong = [each._replace(line=each.line * 2 - 1) for each in wrong]
    findings += wrong
    if rollup_captions.is_rolling(cues):
        message = "repeats its lines from cue to cue; each is published once"
        findings.append(finding("transcript-repeats", path, "", message, line=cues[0].line))
        cues = rollup_captions.merge_rolling(cues)
    return cues if any(cue.speaker for cue in cues) else tuple(subtitles.name_speakers(cues))


def parse_plain(text: str, path: str, findings: list[Finding]) -> tuple[Cue, ...]:
    """Parse names and words, with times if there are any."""
    script = plain_text.parse(text)
    for line, words in script.left_out:
        findings.append(finding("transcript-left-out", path, "", f"left out: {words}", line=line))
    return tuple(Cue(*row) for row in script.said)


def _draft(text: str) -> int:
    note = DRAFT.search(text) if text.startswith("WEBVTT") else None
    return text.count("\n", 0, note.start()) + 1 if note else 0


class Paragraph(NamedTuple):
    """Cues of one speaker that are read as one paragraph."""

    speaker: str
    cues: tuple[Cue, ...]


def to_paragraphs(transcript: Transcript, longest: float = 45) -> list[Paragraph]:
    """Join cues into paragraphs of one speaker and at most `longest` seconds."""
    groups: list[list[Cue]] = []
    timed = transcript.timed
    for cue in transcript.cues:
        group = groups[-1] if groups and timed else None
        if group and group[0].speaker == cue.speaker and not _full(group, cue, longest):
            group.append(cue)
        else:
            groups.append([cue])
    return [Paragraph(group[0].speaker, tuple(group)) for group in groups]


def _full(group: list[Cue], cue: Cue, longest: float) -> bool:
    return cue.end - group[0].start > longest and group[-1].text[-1:] in ".?!…”’\"'"
