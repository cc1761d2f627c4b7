"""Writes transcripts as VTT, SRT and JSON 1.0; the HTML is a page.

Rules: W3C WebVTT; "transcript" of podcastindex.org/namespace/1.0, with its line lengths (VTT 65
characters, SRT two lines of 32).
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING

from episodes.text.timecodes import format_clock
from episodes.transcripts import same_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.transcripts.read import Cue, Transcript

LINE = 65  # characters a line of VTT may have and still fit a phone
SRT_LINE, SRT_LINES = 32, 2
_ARROW = re.compile(r"(?<!\S)(-->)(?!\S)")


def render(transcript: Transcript) -> dict[str, bytes]:
    """Return a file of each format with times, best first, by its ending."""
    if not transcript.timed:
        return {}
    written = {
        "vtt": render_vtt(transcript),
        "srt": render_srt(transcript),
        "json": render_json(transcript),
    }
    same_words.prove_same_words(transcript, written)
    return {ending: text.encode() for ending, text in written.items()}


def render_vtt(transcript: Transcript) -> str:
    """Return WebVTT with voices and lines short enough for a phone."""
    blocks = ["WEBVTT"]
    for cue in transcript.cues:
        text = cue.text
        words = text if len(text) <= LINE and text.isprintable() else "\n".join(_wrap(text, LINE))
        voice = f"<v {_escape(cue.speaker)}>" if cue.speaker else ""
        times = f"{format_clock(cue.start)} --> {format_clock(cue.end)}"
        blocks.append(f"{times}\n{voice}{_escape(words)}")
    return "\n\n".join(blocks) + "\n"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render_srt(transcript: Transcript) -> str:
    """Return SRT: two lines of 32 characters, so that a long cue becomes several.

    The parts of a long cue share its time by length. A speaker is named only at a change, as in
    captions; the reader expects that.
    """
    blocks, number, before = [], 0, ""
    for cue in transcript.cues:
        name = f"{cue.speaker}: " if cue.speaker and cue.speaker != before else ""
        before = cue.speaker
        parts, times = _shared(cue, f"{name}{cue.text}")
        for words, start, end in zip(parts, times, times[1:], strict=False):
            number += 1
            blocks.append(f"{number}\n{start} --> {end}\n{words}")
    return "\n\n".join(blocks) + "\n"


def _shared(cue: Cue, words: str) -> tuple[list[str], list[str]]:
    """Return the parts of a cue, two lines at most, and the times between them."""
    pieces = _ARROW.split(words) if "-->" in words else [words]  # beside times it is one itself
    lines = [line for piece in pieces for line in _wrap(piece.strip(), SRT_LINE) if line]
    if len(lines) <= SRT_LINES:
        return ["\n".join(lines)], [format_clock(cue.start, ","), format_clock(cue.end, ",")]
    parts = ["\n".join(lines[at : at + SRT_LINES]) for at in range(0, len(lines), SRT_LINES)]
    whole = sum(map(len, parts)) or 1
    shares = accumulate(map(len, parts), initial=0)
    times = (cue.start + (cue.end - cue.start) * share / whole for share in shares)
    return parts, [format_clock(each, ",") for each in times]


def render_json(transcript: Transcript) -> str:
    """Return `podcast:transcript` JSON 1.0."""
    segments = [
        ({"speaker": cue.speaker} if cue.speaker else {})
        | {"startTime": cue.start, "endTime": cue.end, "body": cue.text}
        for cue in transcript.cues
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False) + "\n"


def _wrap(text: str, width: int) -> Iterator[str]:
    """Yield lines of whole words (`textwrap` does this forty times slower)."""
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    start, size = 0, len(text)
    while size - start > width:
        end = text.rfind(" ", start, start + width + 1)
        end = end if end > start else text.find(" ", start + width)
        if end < 0:
            break
        yield text[start:end]
        start = end + 1
    yield text[start:]
