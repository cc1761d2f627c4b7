"""Detects and reads chapter files: Audacity labels, plain lists, Podlove, JSON 1.2.

Also OGM, Matroska XML, WebVTT and ffmetadata. The format is detected from the content. Rules:
podlove.org/simple-chapters, and "JSON Chapters" of github.com/Podcastindex-org/podcast-namespace.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from episodes.chapters.write import MOST, parse_ffmetadata
from episodes.findings import Finding, Level
from episodes.frontmatter import value_errors
from episodes.frontmatter.chapter import Chapter
from episodes.frontmatter.value_types import CONTROL, lines_of_key
from episodes.rules import finding
from episodes.text.quantities import quantity
from episodes.transcripts import subtitles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from episodes.chapters.write import Row as Told

_LABEL = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,12})?)\t\s*\d{1,9}(?:[.,]\d{1,12})?(?:\t(.*))?")
_CLOCK = r"(?:\d{1,3}:)?\d{1,3}:\d\d(?:[.,]\d{1,9})?"
_STAMPED = re.compile(
    rf"[^\S\n]{{0,99}}(?:(?:[-*•–]|\d{{1,3}}[.)]) )?[\[(]?({_CLOCK})(?:[:;](\d\d)(?!\d))?[\])]?"
    rf"(?:\s{{0,9}}(?:-->|[–—-]|to)\s{{0,9}}{_CLOCK}(?:[:;]\d\d)?[\])]?(?=\s|$))?[\s|,;:–—-]*(.*)"
)
_TURNED = re.compile(rf"[\[(]?({_CLOCK})[\])]?")
_OGM = re.compile(r"\s{0,99}CHAPTER(\d{1,4})(NAME)?\s?=[^\S\n]{0,9}(.*)", re.IGNORECASE)
_PREFIX = re.compile(r"<([A-Za-z]\w{0,20}):chapters\b")
_LINK = re.compile(r"(.*\S)\s+<(https?://[^<>\s]*)>\s*")  # Podlove's lines: 00:01:02 Title <link>

_NAMESPACE = "http://podlove.org/simple-chapters"
_FEW = 3  # wrong lines that get a finding each


class ChapterRow(NamedTuple):
    """A chapter as it is written, and its line."""

    line: int
    start: Any
    title: Any
    link: Any = None
    picture: Any = None


class ReadChapters(NamedTuple):
    """Chapters in the order of the file, with the line of each.

    The last field has, for each, the URL of its picture if that is on another site, else "".
    """

    chapters: tuple[Chapter, ...]
    lines: tuple[int, ...]
    elsewhere: tuple[str, ...]


def parse_chapters(text: str, path: str) -> tuple[ReadChapters, list[Finding]]:
    """Parse chapters in any of these formats; faults become findings with lines."""
    text = CONTROL.sub("", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    findings: list[Finding] = []
    reader = _reader(text)
    labels = _read_rows(list(reader(text, path, findings)), path, findings)
    if not labels.chapters and not findings:
        findings.append(finding("chapters-empty", path, "", "has no chapters in it"))
    return labels, findings


def _reader(text: str) -> Callable[[str, str, list[Finding]], Iterator[ChapterRow]]:
    begin = text.lstrip()[:12]
    if begin.startswith(("{", "[")) and not _STAMPED.match(text):  # [0:00] Welcome
        return _json
    if begin.startswith("<"):
        return _xml
    if begin.startswith("WEBVTT") or subtitles.BEGINS.search(text[:5_000]):
        return _cues
    if begin.startswith(";FFMETADATA"):
        return _ffmetadata
    return _ogm if begin.upper().startswith("CHAPTER") and _OGM.match(text) else _lines


def chapters_from_recording(
    embedded: Sequence[Told], path: str
) -> tuple[ReadChapters, list[Finding]]:
    """Return the chapters in a recording; each fault is a warning."""
    findings: list[Finding] = []
    rows = [ChapterRow(0, start, " ".join(title.split()), link) for start, title, link in embedded]
    labels = _read_rows(rows, path, findings)
    return labels, [finding._replace(level=Level.WARNING) for finding in findings]


def _read_rows(rows: list[ChapterRow], path: str, findings: list[Finding]) -> ReadChapters:
    if len(rows) > MOST:
        findings.append(finding("chapters-many", path, "", f"has {quantity(len(rows), 'chapter')}"))
        rows = rows[:MOST]
    kept = []
    for number, row in enumerate(rows, 1):
        if chapter := _chapter(number, row, path, findings):
            kept.append((chapter, row.line, _remote_picture(row)))
    chapters, lines, elsewhere = zip(*kept, strict=True) if kept else ((), (), ())
    return ReadChapters(chapters, lines, elsewhere)


def _remote_picture(row: ChapterRow) -> str:
    picture = _clean(row.picture)
    return picture if isinstance(picture, str) and re.search(r"[/\\:]", picture) else ""


def _chapter(number: int, row: ChapterRow, path: str, findings: list[Finding]) -> Chapter | None:
    row = ChapterRow(row.line, *map(_clean, row[1:]))
    values = {"start": _seconds(row.start), "title": row.title}
    values |= {"link": row.link} if row.link else {}
    if _remote_picture(row):
        message = f"chapter {number} has a picture on another site"
        findings.append(finding("chapters-elsewhere", path, "", message, line=row.line))
    elif isinstance(row.picture, str) and row.picture:
        values["picture"] = row.picture
    try:
        return Chapter.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            rule, seen, fix = value_errors.explain_value(Chapter, tuple(detail["loc"]), detail)
            message = f"chapter {number}: {detail['loc'][0]} {seen}"
            findings.append(finding(rule, path, "", message, line=row.line, fix=fix))
        return None


def _clean(value: Any) -> Any:
    """Remove characters that no feed can carry; JSON can contain them."""
    return CONTROL.sub("", value) if isinstance(value, str) else value


def _seconds(value: Any) -> Any:
    """Return a number, also if it is written as text or with a decimal comma."""
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
        if re.fullmatch(r"\d{1,9}(\.\d{1,12})?", value):
            return float(value)
        return re.sub(r"(\.\d{3})\d+$", r"\1", value)
    return value


def _lines(text: str, path: str, findings: list[Finding]) -> Iterator[ChapterRow]:
    r"""Yield Audacity labels, or lines of time and title; `\` begins the range of a label.

    If no line begins with a time and each ends with one, the titles come first.
    """
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1)
             if line.strip() and not line.startswith("\\")]  # fmt: skip
    rows = [_label(number, line) or _stamped(number, line) for number, line in lines]
    if lines and not any(rows):
        rows = [_turned(number, line) for number, line in lines]
        rows = rows if all(rows) else [None for _ in rows]
    yield from filter(None, rows)
    wrong = [number for (number, _), row in zip(lines, rows, strict=True) if row is None]
    message = "is neither an Audacity label nor a time and a title"
    if len(wrong) > _FEW:
        message += f" (and {quantity(len(wrong) - 1, 'more line')} like it)"
        wrong = wrong[:1]
    findings += [finding("chapters-line", path, "", message, line=number) for number in wrong]


def _label(number: int, line: str) -> ChapterRow | None:
    label = _LABEL.fullmatch(line)
    return ChapterRow(number, label[1], label[2] or "") if label else None


def _stamped(number: int, line: str) -> ChapterRow | None:
    stamped = _STAMPED.fullmatch(line)
    if not stamped:
        return None
    linked = _LINK.fullmatch(stamped[3])
    title, link = (linked[1], linked[2]) if linked else (stamped[3], None)
    start = f"{stamped[1]}.{int(stamped[2]) * 40:03}" if stamped[2] else stamped[1]  # of 25 frames
    return ChapterRow(number, start, title, link)


def _turned(number: int, line: str) -> ChapterRow | None:
    title, _, time = line.strip().rpartition(" ")
    clock = _TURNED.fullmatch(time)
    return ChapterRow(number, clock[1], title.rstrip(" |,;:–—-")) if clock and title else None


def _ogm(text: str, path: str, findings: list[Finding]) -> Iterator[ChapterRow]:
    """Yield chapters of OGM: CHAPTER01=00:00:00.000, then CHAPTER01NAME=Welcome."""
    starts: dict[str, tuple[int, str]] = {}
    titles: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := _OGM.fullmatch(line):
            if match[2]:
                titles[match[1]] = match[3]
            else:
                starts[match[1]] = (number, match[3].strip())
        elif line.strip():
            message, fix = "is not a line of OGM chapters", "write it like CHAPTER01NAME=Why now"
            findings.append(finding("chapters-line", path, "", message, line=number, fix=fix))
    for each, (number, start) in starts.items():
        yield ChapterRow(number, start, titles.get(each, ""))


def _cues(text: str, path: str, findings: list[Finding]) -> Iterator[ChapterRow]:
    """Yield WebVTT or SRT cues as chapters; `Part 1: the talk` names no speaker here."""
    for cue in subtitles.parse(text, path, findings):
        title = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
        yield ChapterRow(cue.line, cue.start, title)


def _ffmetadata(text: str, _path: str, _findings: list[Finding]) -> Iterator[ChapterRow]:
    yield from (ChapterRow(0, start, title) for start, title, _ in parse_ffmetadata(f"{text}\n"))


def _xml(text: str, path: str, findings: list[Finding]) -> Iterator[ChapterRow]:
    """Yield Podlove's or Matroska's chapters, anywhere in the document."""
    if "<!DOCTYPE" in text.upper():
        message = "has a DOCTYPE, which a chapter file never needs"
        findings.append(finding("chapters-file", path, "", message, line=1, fix="remove it"))
        return
    from lxml import etree  # only if needed: it is slow to load

    text = re.sub(r"^\s*<\?xml[^>]*\?>", lambda head: "\n" * head[0].count("\n"), text)
    prefix = _PREFIX.search(text)
    if prefix and f"xmlns:{prefix[1]}=" not in text:
        text = f"{text[: prefix.end()]} xmlns:{prefix[1]}='{_NAMESPACE}'{text[prefix.end() :]}"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        message = f"is not valid XML ({' '.join(str(error.msg).split())[:80]})"
        findings.append(finding("chapters-file", path, "", message, line=line))
        return
    for element in root.iter("{*}ChapterAtom"):
        start, title = (element.findtext(f".//{{*}}{key}", "").strip()
                        for key in ("ChapterTimeStart", "ChapterString"))  # fmt: skip
        line = element.sourceline if isinstance(element.sourceline, int) else 0
        yield ChapterRow(line, start, title)
    for element in root.iter("{*}chapter"):
        attributes = element.attrib
        yield ChapterRow(
            element.sourceline if isinstance(element.sourceline, int) else 0,
            str(attributes.get("start", "")),
            str(attributes.get("title", "")),
            str(attributes.get("href", "")),
            str(attributes.get("image", "")),
        )


def _json(text: str, path: str, findings: list[Finding]) -> Iterator[ChapterRow]:
    """Yield the chapters of `podcast:chapters` JSON, without those hidden from lists."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        reason = getattr(error, "msg", "too deep or long")
        message = f"is not valid JSON ({reason})"
        findings.append(finding("chapters-file", path, "", message, line=line))
        return
    listed = document.get("chapters") if isinstance(document, dict) else document
    if not isinstance(listed, list):
        message, fix = "is JSON without chapters", 'write {"version": "1.2.0", "chapters": [...]}'
        findings.append(finding("chapters-file", path, "", message, line=1, fix=fix))
        return
    lines = lines_of_key(text, "startTime", len(listed))
    for line, each in zip(lines, listed, strict=True):
        chapter = each if isinstance(each, dict) else {}
        if chapter.get("toc") is False:
            message = "is hidden (toc: false), so it was left out"
            findings.append(finding("chapters-hidden", path, "", message, line=line))
            continue
        # ffprobe writes `start_time` and, in `tags`, the title.
        start = chapter.get("startTime", chapter.get("start_time", chapter.get("start")))
        tags = chapter.get("tags")
        title = chapter.get("title", tags.get("title", "") if isinstance(tags, dict) else "")
        yield ChapterRow(line, start, title, chapter.get("url"), chapter.get("img"))
