"""What a feed names beside recordings: transcripts, chapters, pictures, where they can be read."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from episodes import art, captions, labels, transcripts
from episodes.findings import Level
from episodes.values import CONTROL, format_seconds
from feed.reader import words
from podcast.taking.gate import GateError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from episodes.facts import Chapter
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


def chapters(gate: Gate, address: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return chapters as front matter has them, and what is wrong with some. Raises GateError."""
    text = gate.get(address, TEXT).decode("utf-8", "replace")
    read, wrong = labels.parse(text, "chapters.json")
    if not read.chapters:
        raise GateError(f"cannot be read ({wrong[0].message if wrong else 'there are none'})")
    said = {each.message for each in wrong if each.rule != "chapters-elsewhere"}
    return [_told(each) for each in read.chapters], sorted(said)


def _told(chapter: Chapter) -> dict[str, Any]:
    return {"start": chapter.start, "title": chapter.title} | (
        {"link": chapter.link} if chapter.link else {}
    )


def picture(gate: Gate, address: str, part: Path) -> str:
    """Fetch a picture that can be published into `part`; return its ending. Raises GateError."""
    if not address:
        raise GateError("is not named by the feed")
    part.write_bytes(gate.get(address, PICTURE))
    wrong = art.inspect(part, "it")
    if wrong:
        part.unlink()
        raise GateError(f"cannot be used: {wrong[0].said}")
    return art.ending(part)


def ordered(rows: list[dict[str, Any]], title: str, seconds: float) -> tuple[list[Any], list[str]]:
    """Return chapters as apps take them, in order and within the recording, and what changed."""
    said: list[str] = []
    timed = [row | {"start": at} for row in rows if (at := _start(row.get("start"))) is not None]
    if len(timed) < len(rows):
        said.append(f"{len(rows) - len(timed)} chapters have no time that can be read")
    inside = [each for each in timed if not seconds or each["start"] < seconds]
    if len(inside) < len(timed):
        beyond = len(timed) - len(inside)
        said.append(f"{beyond} chapters lie beyond its end ({format_seconds(seconds)})")
    found: dict[int, dict[str, Any]] = {}
    for each in sorted(inside, key=lambda row: row["start"]):
        found.setdefault(round(each["start"] * 1000), each)
    if len(found) < len(inside):
        said.append("chapters began at the same time; the first of them was kept")
    listed = list(found.values())
    if listed and listed[0]["start"] > 0:
        said.append(
            "chapters did not begin at 0:00; one was added, because apps leave all out else"
        )
        listed.insert(0, {"start": 0.0, "title": title[:128]})
    return listed, said


def _start(said: object) -> float | None:
    """Read a time as chapters have it: seconds, or a clock with any number of decimals."""
    if isinstance(said, float):
        return said
    found = re.fullmatch(r"\s*((?:\d{1,3}:){0,2}\d{1,6})(?:[.,](\d{1,12}))?\s*", str(said))
    return words.seconds(f"{found[1]}.{(found[2] or '0')[:3]}") if found else None
