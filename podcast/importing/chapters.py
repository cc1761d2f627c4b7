"""Imports chapters: in order, within the recording, with links and pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from episodes.audio import chapter_tags
from episodes.chapters import read as labels
from episodes.pictures import artwork
from episodes.text.quantities import plural, quantity
from episodes.text.timecodes import format_seconds
from feed.reader import plain_text
from podcast.importing import attachments
from podcast.network.limited_get import GateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from episodes.chapters.write import Row
    from episodes.frontmatter.chapter import Chapter
    from podcast.network.limited_get import Gate


def read(gate: Gate, address: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return chapters as front matter has them, and what is wrong with some. Raises GateError."""
    text, lost = gate.file(address, attachments.TEXT).text()
    listed, wrong = labels.parse_chapters(text, "chapters.json")
    if not listed.chapters:
        raise GateError(f"cannot be read ({wrong[0].message if wrong else 'there are none'})")
    said = {each.message for each in wrong if each.rule != "chapters-elsewhere"}
    said |= {f"its chapters: the file {lost}"} if lost else set()
    rows = zip(listed.chapters, listed.elsewhere, strict=True)
    return [_told(each, picture, address) for each, picture in rows], sorted(said)


def _told(chapter: Chapter, picture: str, address: str) -> dict[str, Any]:
    picture = picture or chapter.picture or ""
    more = {"link": chapter.link, "picture": urljoin(address, picture) if picture else None}
    return {"start": chapter.start, "title": chapter.title} | {
        key: value for key, value in more.items() if value
    }


def own(part: Path, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the chapters that a recording has, with links and pictures."""
    pictures = chapter_tags.chapter_pictures(part) if rows else {}
    found = [
        {"start": start, "title": title, "link": link, "picture": pictures.get(start)}
        for start, title, link in rows
    ]
    return [{key: value for key, value in row.items() if value not in ("", None)} for row in found]


def ordered(rows: list[dict[str, Any]], title: str, seconds: float) -> tuple[list[Any], list[str]]:
    """Return chapters as apps take them, in order and within the recording, and what changed."""
    said: list[str] = []
    timed = [row | {"start": at} for row in rows if (at := _start(row.get("start"))) is not None]
    if len(timed) < len(rows):
        lost = len(rows) - len(timed)
        said.append(f"{quantity(lost, 'chapter')} {plural(lost, 'has')} no readable time")
    inside = [each for each in timed if not seconds or each["start"] < seconds]
    if len(inside) < len(timed):
        beyond = len(timed) - len(inside)
        end = format_seconds(seconds)
        said.append(f"{quantity(beyond, 'chapter')} {plural(beyond, 'is')} after its end ({end})")
    found: dict[int, dict[str, Any]] = {}
    for each in sorted(inside, key=lambda row: row["start"]):
        found.setdefault(round(each["start"] * 1000), each)
    if len(found) < len(inside):
        said.append("chapters began at the same time; the first was kept")
    listed = list(found.values())
    if listed and listed[0]["start"] > 0:
        said.append(
            "chapters did not begin at 0:00; one was added, or apps would leave them all out"
        )
        listed.insert(0, {"start": 0.0, "title": title[:128]})
    return listed, said


def _start(said: object) -> float | None:
    """Read a time as chapters have it: seconds, or a clock with any number of decimals."""
    if isinstance(said, float):
        return said
    found = re.fullmatch(r"\s*((?:\d{1,3}:){0,2}\d{1,6})(?:[.,](\d{1,12}))?\s*", str(said))
    return plain_text.seconds(f"{found[1]}.{(found[2] or '0')[:3]}") if found else None


def pictures(gate: Gate, rows: Sequence[dict[str, Any]], place: Path) -> Iterator[str]:
    """Put the pictures of chapters into a folder, each once, and name them; yield what cannot be.

    `picture` of a row is an address, or what the recording had in it; it becomes a name or goes.
    """
    known: dict[str | bytes, str] = {}
    for number, row in enumerate(rows, 1):
        said = row.pop("picture", None)
        if not said:
            continue
        if said not in known:
            try:
                known[said] = _picture(gate, said, place, number)
            except GateError as error:
                known[said] = ""
                yield f"the picture of chapter {number} {error}"
        if known[said]:
            row["picture"] = known[said]


def _picture(gate: Gate, said: str | bytes, place: Path, number: int) -> str:
    part = place / ".picture"
    data = said if isinstance(said, bytes) else gate.get(said, attachments.PICTURE)
    name = f"chapter-{number:02}{attachments.save_picture(data, part, artwork.CHAPTER)}"
    part.replace(place / name)
    return name
