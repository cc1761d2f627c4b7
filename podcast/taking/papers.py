"""What a feed names beside recordings: transcripts and pictures, where they can be read."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from lxml import etree

from episodes import art, captions, transcripts
from episodes.findings import Level, errors
from episodes.values import CONTROL
from podcast.taking.gate import GateError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from feed.reader.taken import Paper
    from podcast.taking.gate import Gate

TEXT, PICTURE = 5_000_000, 20_000_000  # bytes
_BEST = ("text/vtt", "application/x-subrip", "application/srt", "application/json", "text/html",
         "text/plain")  # fmt: skip
_NAMES = {"text/vtt": "t.vtt", "application/x-subrip": "t.srt", "application/srt": "t.srt",
          "application/json": "t.json"}  # fmt: skip


def transcript(gate: Gate, papers: Sequence[Paper]) -> tuple[str, str] | None:
    """Return the name and the text of the best transcript that can be read; None without any.

    Written as Earmark itself writes it: what was said, when and by whom. Raises GateError with the
    last reason where none can be had.
    """
    reason: GateError | None = None
    for paper in sorted(papers, key=_rank):
        try:
            read = _transcript(gate.get(paper.url, TEXT), paper)
        except GateError as error:
            reason = error
            continue
        if read.timed:
            return "transcript.vtt", captions.render_vtt(read)
        rows = (f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text for cue in read.cues)
        return "transcript.txt", "\n\n".join(rows) + "\n"
    if reason:
        raise reason
    return None


def _rank(paper: Paper) -> int:
    return _BEST.index(paper.type) if paper.type in _BEST else len(_BEST)


def _transcript(data: bytes, paper: Paper) -> transcripts.Transcript:
    text = CONTROL.sub("", data.decode("utf-8", "replace"))
    if paper.type == "text/html" or re.match(r"\s*<(!doctype|html|cite|p)\b", text, re.IGNORECASE):
        text = _spoken(text)
    read, wrong = transcripts.parse(text, _NAMES.get(paper.type, "t.txt"))
    bad = [each for each in wrong if each.level is Level.ERROR]
    if bad or not read.cues:
        raise GateError(f"cannot be read ({bad[0].message if bad else 'it has no words'})")
    return read


def _spoken(text: str) -> str:
    """Return the HTML of a transcript as lines of name and words, with times where it has them.

    podcastindex.org/namespace/1.0: who in `<cite>`, when in `<time>`, what in `<p>`.
    """
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise GateError("cannot be read (it is no HTML)")
    rows, name, when = [], "", ""
    for each in root.iter("cite", "time", "p"):
        words = html.unescape(" ".join("".join(map(str, each.itertext())).split()))
        if each.tag == "cite":
            name = words.rstrip(":").strip()
        elif each.tag == "time":
            when = words
        elif words and next(each.iterancestors("header", "footer"), None) is None:
            rows.append(" ".join(filter(None, (when, f"{name}:" if name else "", words))))
            when = ""
    return "\n\n".join(rows)


def picture(gate: Gate, address: str, part: Path, smallest: int = art.SMALLEST) -> str:
    """Fetch a picture that can be published into `part`; return its ending. Raises GateError."""
    if not address:
        raise GateError("is not named by the feed")
    return keep(gate.get(address, PICTURE), part, smallest)


def keep(data: bytes, part: Path, smallest: int) -> str:
    """Write a picture that can be published into `part`; return its ending. Raises GateError."""
    part.write_bytes(data)
    wrong = errors(art.inspect(part, "it", art.Wish(smallest)))
    if wrong:
        part.unlink()
        raise GateError(f"cannot be used: {wrong[0].said}")
    return art.ending(part)
