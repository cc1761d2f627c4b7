"""Chapters: one list, and each way of writing it down.

`podcast:chapters` JSON 1.2 (github.com/Podcastindex-org/podcast-namespace), the marks in a file's
own tags, and ffmetadata, through which the ffmpeg program reads and makes the chapters of an M4A.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from episodes.findings import Level
from episodes.frontmatter.value_types import format_seconds
from episodes.rules import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from episodes.findings import Finding
    from episodes.frontmatter.schema import Chapter

CHPL = 127  # bytes of a chapter's title in an M4A that every player reads
MOST = 255  # chapters that a CTOC frame and a chpl atom can count
Row = tuple[float, str, str]  # start, title, link or "": what a recording says of a chapter
_SECTION = re.compile(r"\[CHAPTER\]\n((?:(?!\[)(?:\\[\s\S]|[^\n\\])*\n)*)")
_FIELD = re.compile(r"((?:\\[\s\S]|[^=\n\\])*)(?:=((?:\\[\s\S]|[^\n\\])*)|[^\n]*)(?:\n|\Z)")


class Mark(NamedTuple):
    """A chapter as a player needs it: seconds, title, a link or "", a JPEG or b""."""

    start: float
    end: float
    title: str
    link: str = ""
    picture: bytes = b""


def in_order(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Return chapters in the order of time."""
    return sorted(chapters, key=lambda chapter: chapter.start)


def marks(
    chapters: Sequence[Chapter], seconds: float, pictures: Mapping[str, bytes] | None = None
) -> tuple[Mark, ...]:
    """Return chapters in time order, each ending where the next begins; the last at the end.

    `pictures` are JPEGs by the name that chapters give them.
    """
    ordered = in_order(chapters)
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
    """Write `podcast:chapters` JSON 1.2. Never `toc: false`: AntennaPod then shows no title.

    `pictures` are addresses by the name that chapters give them.
    """
    document = {
        "version": "1.2.0",
        "title": title,
        "chapters": [_told(chapter, pictures or {}) for chapter in in_order(chapters)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _told(chapter: Chapter, pictures: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"startTime": _plain(chapter.start), "title": chapter.title}
    if chapter.link:
        told["url"] = chapter.link
    if picture := pictures.get(chapter.picture or ""):
        told["img"] = picture
    return told


def _plain(seconds: float) -> float | int:
    return int(seconds) if seconds.is_integer() else seconds


def render_ffmetadata(listed: tuple[Mark, ...]) -> str:
    """Write chapters as the ffmpeg program reads them."""
    lines = [";FFMETADATA1"]
    for mark in listed:
        title = re.sub(r"([=;#\\\n])", r"\\\1", _short(mark.title))
        times = [f"START={round(mark.start * 1000)}", f"END={round(mark.end * 1000)}"]
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", *times, f"title={title}"]
    return "\n".join(lines) + "\n"


def _short(title: str) -> str:
    """Cut a title to what the `chpl` atom holds: the ffmpeg program would cut inside a letter."""
    raw = title.encode()
    return title if len(raw) <= CHPL else raw[: CHPL - 3].decode(errors="ignore").rstrip() + "…"


def parse_ffmetadata(text: str) -> tuple[Row, ...]:
    """Read chapters as the ffmpeg program writes them; one without a time is left out."""
    rows = []
    for section in _SECTION.findall(text):
        said = {key.lower(): re.sub(r"\\([\s\S])", r"\1", value)
                for key, value in _FIELD.findall(section)}  # fmt: skip
        ticks = re.fullmatch(r"1/(\d{1,9})", said.get("timebase", ""))
        start = re.fullmatch(r"\d{1,18}", said.get("start", ""))
        if ticks and start and int(ticks[1]):
            rows.append((round(int(start[0]) / int(ticks[1]), 3), said.get("title", ""), ""))
    return tuple(sorted(rows, key=lambda row: row[0]))


@lru_cache(maxsize=4096)
def stamp(seconds: float) -> str:
    """Write a chapter's time for the notes as Apple and Spotify read it: 00:12:34."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}"


class Origin(NamedTuple):
    """Where chapters were written: a path, and the line of each where that has lines.

    `soft` makes warnings of errors: nobody asked for the chapters that a recording brought along.
    """

    path: str
    lines: tuple[int, ...] = ()
    soft: bool = False

    def finding(self, rule: str, number: int, key: str, message: str, *, fix: str = "") -> Finding:
        """Return a finding about the chapter with that number, counted from 1."""
        if self.path.endswith(".md"):
            return found(rule, self.path, f"chapters[{number}].{key}", message, fix=fix)
        line = self.lines[number - 1] if self.lines else 0
        message = f"chapter {number}: {key} {message}"
        return self._softened(found(rule, self.path, "", message, line=line, fix=fix))

    def whole(self, rule: str, message: str) -> Finding:
        """Return a finding about all of them."""
        if self.path.endswith(".md"):
            return found(rule, self.path, "chapters", message)
        return self._softened(found(rule, self.path, "", f"chapters {message}"))

    def _softened(self, finding: Finding) -> Finding:
        return finding._replace(level=Level.WARNING) if self.soft else finding


def lint(chapters: Sequence[Chapter], origin: Origin | str, seconds: float | None) -> list[Finding]:
    """Find what apps would show wrongly. `seconds` is the length of the recording."""
    origin = Origin(origin) if isinstance(origin, str) else origin
    return [*_few(chapters, origin), *_times(chapters, origin, seconds), *_long(chapters, origin)]


def _few(chapters: Sequence[Chapter], origin: Origin) -> Iterator[Finding]:
    if chapters and chapters[0].start > 0:
        yield origin.finding("chapters-start", 1, "start", "is not 0:00")
    if 0 < len(chapters) < 3:
        yield origin.whole("chapters-few", "are fewer than three")


def _times(chapters: Sequence[Chapter], origin: Origin, seconds: float | None) -> Iterator[Finding]:
    for number, (one, two) in enumerate(pairwise(chapters), 2):
        if two.start <= one.start:
            message = f"is not later than the previous chapter ({format_seconds(one.start)})"
            yield origin.finding("chapters-order", number, "start", message)
    for number, each in enumerate(chapters, 1):
        if seconds and each.start >= seconds:
            message = f"is after the end of the recording ({format_seconds(seconds)})"
            yield origin.finding("chapters-beyond", number, "start", message)


def _long(chapters: Sequence[Chapter], origin: Origin) -> Iterator[Finding]:
    for number, each in enumerate(chapters, 1):
        if (size := len(each.title.encode())) > CHPL:
            message = f"is {size} bytes long; apps cut it after {CHPL} in an M4A"
            yield origin.finding("chapters-title", number, "title", message)
