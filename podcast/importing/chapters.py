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
from podcast.network.failures import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from episodes.chapters.write import Row
    from episodes.frontmatter.chapter import Chapter
    from podcast.network.client import Client


def read_chapters(client: Client, address: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return chapters as in front matter, and what is wrong with some. Raises FetchError."""
    text, lost = client.download(address, attachments.TEXT).text()
    listed, wrong = labels.parse_chapters(text, "chapters.json")
    if not listed.chapters:
        raise FetchError(f"cannot be read ({wrong[0].message if wrong else 'there are none'})")
    problems = {each.message for each in wrong if each.rule != "chapters-elsewhere"}
    problems |= {f"its chapters: the file {lost}"} if lost else set()
    rows = zip(listed.chapters, listed.elsewhere, strict=True)
    return [_values(each, picture, address) for each, picture in rows], sorted(problems)


def _values(chapter: Chapter, picture: str, address: str) -> dict[str, Any]:
    picture = picture or chapter.picture or ""
    more = {"link": chapter.link, "picture": urljoin(address, picture) if picture else None}
    return {"start": chapter.start, "title": chapter.title} | {
        key: value for key, value in more.items() if value
    }


def own_chapters(part: Path, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the chapters inside a recording, with links and pictures."""
    pictures = chapter_tags.chapter_pictures(part) if rows else {}
    chapters = [
        {"start": start, "title": title, "link": link, "picture": pictures.get(start)}
        for start, title, link in rows
    ]
    return [
        {key: value for key, value in row.items() if value not in ("", None)} for row in chapters
    ]


def put_in_order(
    rows: list[dict[str, Any]], title: str, seconds: float
) -> tuple[list[Any], list[str]]:
    """Return chapters as apps accept them, in order and within the recording, and the changes."""
    changes: list[str] = []
    timed = [row | {"start": at} for row in rows if (at := _start(row.get("start"))) is not None]
    if len(timed) < len(rows):
        lost = len(rows) - len(timed)
        changes.append(f"{quantity(lost, 'chapter')} {plural(lost, 'has')} no readable time")
    inside = [each for each in timed if not seconds or each["start"] < seconds]
    if len(inside) < len(timed):
        beyond = len(timed) - len(inside)
        end = format_seconds(seconds)
        changes.append(
            f"{quantity(beyond, 'chapter')} {plural(beyond, 'is')} after its end ({end})"
        )
    by_start: dict[int, dict[str, Any]] = {}
    for each in sorted(inside, key=lambda row: row["start"]):
        by_start.setdefault(round(each["start"] * 1000), each)
    if len(by_start) < len(inside):
        changes.append("chapters began at the same time; the first was kept")
    listed = list(by_start.values())
    if listed and listed[0]["start"] > 0:
        changes.append(
            "chapters did not begin at 0:00; one was added, or apps would leave them all out"
        )
        listed.insert(0, {"start": 0.0, "title": title[:128]})
    return listed, changes


def _start(value: object) -> float | None:
    """Parse the time of a chapter: seconds, or a clock with any number of decimals."""
    if isinstance(value, float):
        return value
    match = re.fullmatch(r"\s*((?:\d{1,3}:){0,2}\d{1,6})(?:[.,](\d{1,12}))?\s*", str(value))
    return plain_text.seconds(f"{match[1]}.{(match[2] or '0')[:3]}") if match else None


def save_pictures(client: Client, rows: Sequence[dict[str, Any]], folder: Path) -> Iterator[str]:
    """Save the pictures of chapters in a folder, each once; yield why some cannot be saved.

    `picture` of a row is a URL, or the bytes from the recording; it becomes a file name, or is
    deleted.
    """
    known: dict[str | bytes, str] = {}
    for number, row in enumerate(rows, 1):
        picture = row.pop("picture", None)
        if not picture:
            continue
        if picture not in known:
            try:
                known[picture] = _save(client, picture, folder, number)
            except FetchError as error:
                known[picture] = ""
                yield f"the picture of chapter {number} {error}"
        if known[picture]:
            row["picture"] = known[picture]


def _save(client: Client, picture: str | bytes, folder: Path, number: int) -> str:
    part = folder / ".picture"
    data = picture if isinstance(picture, bytes) else client.get(picture, attachments.PICTURE)
    name = f"chapter-{number:02}{attachments.save_picture(data, part, artwork.CHAPTER)}"
    part.replace(folder / name)
    return name
