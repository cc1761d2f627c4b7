"""Chapters: one list, and each way of writing it down.

`podcast:chapters` JSON 1.2 (github.com/Podcastindex-org/podcast-namespace), the marks in a file's
own tags, and ffmetadata, from which the ffmpeg program makes the chapters of an M4A.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from episodes.rulebook import found
from episodes.tags import Mark
from episodes.values import format_seconds

if TYPE_CHECKING:
    from episodes.facts import Chapter
    from episodes.findings import Finding


CHPL = 127  # bytes of a chapter's title in an M4A that every player reads


def marks(chapters: tuple[Chapter, ...], seconds: float) -> tuple[Mark, ...]:
    """Return chapters in time order, each ending where the next begins; the last at the end."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    ends = [*(chapter.start for chapter in ordered[1:]), seconds]
    return tuple(
        Mark(chapter.start, max(end, chapter.start), chapter.title, chapter.link or "")
        for chapter, end in zip(ordered, ends, strict=False)
    )


def render_json(chapters: tuple[Chapter, ...], title: str) -> bytes:
    """Write `podcast:chapters` JSON 1.2. Never `toc: false`: AntennaPod then shows no title."""
    listed = [
        {"startTime": _plain(chapter.start), "title": chapter.title}
        | ({"url": chapter.link} if chapter.link else {})
        for chapter in sorted(chapters, key=lambda chapter: chapter.start)
    ]
    document = {"version": "1.2.0", "title": title, "chapters": listed}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


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


@lru_cache(maxsize=4096)
def stamp(seconds: float) -> str:
    """Write a chapter's time for the notes as Apple and Spotify read it: 00:12:34."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}"


def lint(chapters: tuple[Chapter, ...], path: str, seconds: float | None) -> list[Finding]:
    """Find what apps would show wrongly. `seconds` is the length of the recording."""
    if not chapters:
        return []
    wrong = []
    if chapters[0].start > 0:
        wrong.append(found("chapters-start", path, "chapters[1].start", "is not 0:00"))
    if len(chapters) < 3:
        wrong.append(found("chapters-few", path, "chapters", "are fewer than three"))
    for number, (one, two) in enumerate(pairwise(chapters), 2):
        if two.start <= one.start:
            message = f"is not after the chapter above it ({format_seconds(one.start)})"
            wrong.append(found("chapters-order", path, f"chapters[{number}].start", message))
    beyond = [n for n, each in enumerate(chapters, 1) if seconds and each.start >= seconds]
    for number in beyond:
        message = f"lies beyond the end of the recording ({format_seconds(seconds or 0)})"
        wrong.append(found("chapters-beyond", path, f"chapters[{number}].start", message))
    return wrong
