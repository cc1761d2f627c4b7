"""Writes chapters in every format that is published.

These are `podcast:chapters` JSON 1.2 (github.com/Podcastindex-org/podcast-namespace), the marks for
tags, and ffmetadata, with which ffmpeg reads and writes the chapters of an M4A.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from episodes.frontmatter.chapter import Chapter

CHPL = 127  # bytes of a chapter's title in an M4A that every player reads
MOST = 255  # chapters that a CTOC frame and a chpl atom can count
Row = tuple[float, str, str]  # start, title, link or "": a chapter in the tags of a recording
_SECTION = re.compile(r"\[CHAPTER\]\n((?:(?!\[)(?:\\[\s\S]|[^\n\\])*\n)*)")
_FIELD = re.compile(r"((?:\\[\s\S]|[^=\n\\])*)(?:=((?:\\[\s\S]|[^\n\\])*)|[^\n]*)(?:\n|\Z)")


class Mark(NamedTuple):
    """A chapter as players need it: seconds, title, a link or "", a JPEG or b""."""

    start: float
    end: float
    title: str
    link: str = ""
    picture: bytes = b""


def sort_chapters(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return chapters in the order of time."""
    return sorted(chapters, key=lambda chapter: chapter.start)


def make_marks(
    chapters: Sequence[Chapter], seconds: float, pictures: Mapping[str, bytes] | None = None
) -> tuple[Mark, ...]:
    """Return chapters in time order, each ending where the next begins, the last at the end.

    `pictures` are JPEGs by the name in the chapters.
    """
    ordered = sort_chapters(chapters)
    ends = [*(chapter.start for chapter in ordered[1:]), seconds]
    known = pictures or {}
    return tuple(
        Mark(
            chapter.start,
            max(end, chapter.start),
            chapter.title,
            chapter.link or "",
            known.get(chapter.picture or "", b""),
        )
        for chapter, end in zip(ordered, ends, strict=False)
    )


def render_json(
    chapters: Sequence[Chapter], title: str, pictures: Mapping[str, str] | None = None
) -> bytes:
    """Return `podcast:chapters` JSON 1.2, without `toc: false`, which AntennaPod shows untitled.

    `pictures` are URLs by the name in the chapters.
    """
    document = {
        "version": "1.2.0",
        "title": title,
        "chapters": [
            _chapter_document(chapter, pictures or {}) for chapter in sort_chapters(chapters)
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _chapter_document(chapter: Chapter, pictures: Mapping[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = {"startTime": _plain(chapter.start), "title": chapter.title}
    if chapter.link:
        document["url"] = chapter.link
    if picture := pictures.get(chapter.picture or ""):
        document["img"] = picture
    return document


def _plain(seconds: float) -> float | int:
    return int(seconds) if seconds.is_integer() else seconds


def render_ffmetadata(listed: tuple[Mark, ...]) -> str:
    """Return chapters as ffmetadata."""
    lines = [";FFMETADATA1"]
    for mark in listed:
        title = re.sub(r"([=;#\\\n])", r"\\\1", _short(mark.title))
        times = [f"START={round(mark.start * 1000)}", f"END={round(mark.end * 1000)}"]
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={title}"]
    return "\n".join(lines) + "\n"


def _short(title: str) -> str:
    """Cut a title to the size of the `chpl` atom; ffmpeg would cut inside a character."""
    raw = title.encode()
    return title if len(raw) <= CHPL else raw[: CHPL - 3].decode(errors="ignore").rstrip() + "…"


def parse_ffmetadata(text: str) -> tuple[Row, ...]:
    """Parse ffmetadata; chapters without a time are left out."""
    rows = []
    for section in _SECTION.findall(text):
        values = {key.lower(): re.sub(r"\\([\s\S])", r"\1", value)
                for key, value in _FIELD.findall(section)}  # fmt: skip
        ticks = re.fullmatch(r"1/(\d{1,9})", values.get("timebase", ""))
        start = re.fullmatch(r"\d{1,18}", values.get("start", ""))
        if ticks and start and int(ticks[1]):
            rows.append((round(int(start[0]) / int(ticks[1]), 3), values.get("title", ""), ""))
    return tuple(sorted(rows, key=lambda row: row[0]))
