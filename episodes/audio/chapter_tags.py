"""Reads and writes chapters in tags: CHAP frames of ID3, comments of Ogg and Opus.

Only this module and `tags.py` use mutagen. CHAP frames are in time order, which mutagen does not
keep (issue 506), below one CTOC, which Overcast needs. Vorbis comments follow
wiki.xiph.org/Chapter_Extension. Chapters of an M4A are read and written with ffmpeg, which knows
both of its formats.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mutagen import id3
from mutagen._vorbis import VComment

from episodes.text.timecodes import format_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from episodes.chapters.write import Mark, Row

_COMMENT = re.compile(r"CHAPTER(\d{2,3})(NAME|URL)?", re.IGNORECASE)
_CLOCK = re.compile(r"\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?\s*")


def smallest_encoding(text: str) -> id3.Encoding:
    """Return the smaller of the two encodings of ID3v2.3 that can hold a text."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return id3.Encoding.UTF16
    return id3.Encoding.LATIN1


def text_frame(kind: Callable[..., Any], text: str) -> Any:
    """Return a text frame."""
    return kind(encoding=smallest_encoding(text), text=[text])


def chapter_frames(marks: tuple[Mark, ...]) -> list[Any]:
    """Return the CHAP frames and the CTOC that lists them; [] without chapters."""
    chapters = [
        id3.CHAP(
            element_id=f"ch{i}",
            start_time=round(mark.start * 1000),
            end_time=round(mark.end * 1000),
            start_offset=0xFFFFFFFF,
            end_offset=0xFFFFFFFF,
            sub_frames=list(_inner(mark)),
        )
        for i, mark in enumerate(marks)
    ]
    if not chapters:
        return []
    toc = id3.CTOC(
        element_id="toc",
        flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
        child_element_ids=[frame.element_id for frame in chapters],
        sub_frames=[text_frame(id3.TIT2, "Chapters")],
    )
    return [*chapters, toc]


def _inner(mark: Mark) -> Iterator[Any]:
    yield text_frame(id3.TIT2, mark.title)
    if mark.link:
        yield id3.WXXX(encoding=0, desc="chapter url", url=mark.link)
    if mark.picture:
        yield id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=mark.picture)


def sort_chapter_frames(tag: bytes) -> bytes:
    """Sort the CHAP frames of an ID3v2.3 tag by their start: mutagen sorts them by size."""
    frames, at = [], 10
    while tag[at : at + 1].isalnum():
        end = at + 10 + int.from_bytes(tag[at + 4 : at + 8], "big")
        frames.append(tag[at:end])
        at = end

    def start(frame: bytes) -> int:
        times = frame.index(b"\0", 10) + 1
        return int.from_bytes(frame[times : times + 4], "big")

    chapters = sorted((f for f in frames if f.startswith(b"CHAP")), key=start)
    others = [f for f in frames if not f.startswith(b"CHAP")]
    return tag[:10] + b"".join(others + chapters) + tag[at:]


def chapter_comments(marks: tuple[Mark, ...]) -> list[tuple[str, str]]:
    """Return chapters as Vorbis comments; three digits, from 000, as the ffmpeg program does."""
    comments = []
    for number, mark in enumerate(marks):
        name = f"CHAPTER{number:03}"
        comments += [(name, format_clock(mark.start)), (f"{name}NAME", mark.title)]
        comments += [(f"{name}URL", mark.link)] if mark.link else []
    return comments


def chapters_of(tags: Any) -> tuple[Row, ...]:
    """Return the chapters in tags that mutagen read, in time order."""
    if isinstance(tags, id3.ID3):
        return tuple(sorted(map(_from_frame, tags.getall("CHAP")), key=lambda row: row[0]))
    return tuple(_from_comments(tags)) if isinstance(tags, VComment) else ()


def _from_frame(frame: Any) -> Row:
    inner = frame.sub_frames
    titles = [text for text_frame in inner.getall("TIT2") for text in text_frame.text]
    links = [link.url for link in inner.getall("WXXX")]
    return (frame.start_time / 1000, "".join(map(str, titles[:1])), "".join(links[:1]))


def chapter_pictures(path: Path) -> dict[float, bytes]:
    """Return the chapter pictures embedded in an MP3, by the second at which each starts.

    They are not checked; {} if there are none that can be read.
    """
    try:
        frames = id3.ID3(path).getall("CHAP")
    except Exception:  # mutagen passes on any error that a broken file causes
        return {}
    inner = ((each.start_time / 1000, each.sub_frames.getall("APIC")) for each in frames)
    return {start: pictures[0].data for start, pictures in inner if pictures}


def _from_comments(tags: Any) -> Iterator[Row]:
    """Yield chapters in time order, without those that have no valid time."""
    starts: dict[int, float] = {}
    values: dict[tuple[int, str], str] = {}
    for key, value in tags:
        if not (match := _COMMENT.fullmatch(key)):
            continue
        number, what = int(match[1]), (match[2] or "").upper()
        if what:
            values.setdefault((number, what), str(value))
        elif clock := _CLOCK.fullmatch(str(value)):
            hours, minutes, seconds = (int(part) for part in clock.groups()[:3])
            rest = float(f"0.{clock[4] or 0}")
            starts.setdefault(number, hours * 3600 + minutes * 60 + seconds + rest)
    for number, start in sorted(starts.items(), key=lambda item: (item[1], item[0])):
        yield round(start, 3), values.get((number, "NAME"), ""), values.get((number, "URL"), "")
