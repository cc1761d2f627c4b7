"""Reads transcripts in JSON and tables: Podcasting 2.0, Whisper.

Rules: section "transcript" of podcastindex.org/namespace/1.0. Whisper and programs built on it
write `start`, `end` and `text`; whisper.cpp has `transcription` with `offsets` in milliseconds.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from episodes.frontmatter.value_types import CONTROL, lines_of_key
from episodes.rules import finding
from episodes.transcripts.cues import Cue, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding

LONGEST = 1_000_000.0  # seconds: anything beyond is not a time in a recording
_JSON = re.compile(r"\s{0,999}(?:\{\s{0,999}\"|\[\s{0,999}\{\s{0,999}\")")
_TABLE = re.compile(r"start\tend\ttext[ \t]{0,9}(?:\n|$)")
_KEYS = (("startTime", "endTime", "body"), ("start", "end", "text"))
_MOST = 3  # wrong segments that are found one by one


def is_json(text: str) -> bool:
    """Return whether a text with another ending is JSON."""
    return bool(_JSON.match(text))


def is_table(text: str) -> bool:
    """Return whether a text is a table of Whisper: start, end, text."""
    return bool(_TABLE.match(text))


def parse_table(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    """Yield the rows of a table; its times are in milliseconds."""
    for number, line in enumerate(text.split("\n")[1:], 2):
        start, end, words = ([*line.split("\t", 2), "", ""])[:3]
        if re.fullmatch(r"\d{1,10}", start) and re.fullmatch(r"\d{1,10}", end):
            if line_text := one_line(words):
                yield Cue(int(start) / 1000, int(end) / 1000, line_text, "", number)
        elif line.strip():
            fix = "write start and end in milliseconds, then the words, with tabs between them"
            seen = "is not a line of a transcript"
            findings.append(finding("transcript-time", path, "", seen, line=number, fix=fix))


def parse(text: str, path: str, findings: list[Finding]) -> Iterator[Cue]:
    """Yield the segments of JSON; faults become findings with lines."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason, line = getattr(error, "msg", "too deep or long"), getattr(error, "lineno", 1)
        message, fix = f"is not valid JSON ({reason})", "export it again, or save it as VTT"
        findings.append(finding("transcript-json", path, "", message, line=line, fix=fix))
        return
    listed = _listed(document)
    if listed is None:
        findings.append(finding("transcript-json", path, "", "is JSON without segments", line=1))
        return
    start, end, body = _keys(listed)
    wrong = []
    for line, each in zip(lines_of_key(text, start, len(listed)), listed, strict=True):
        segment = each if isinstance(each, dict) else {}
        words, speaker = (_clean(segment.get(key)) for key in (body, "speaker"))
        began, over = _number(segment.get(start)), _number(segment.get(end))
        if words is None or began is None or over is None:
            wrong.append(line)
        elif words:
            yield Cue(began, over, words, speaker or "", line)
    for at, line in enumerate(wrong[:_MOST], 1):
        more = f" (and {len(wrong) - _MOST} more like it)" if at == _MOST < len(wrong) else ""
        fix = f"write {start} and {end} in seconds, and {body} as text"
        seen = f"is not a segment{more}"
        findings.append(finding("transcript-json", path, "", seen, line=line, fix=fix))


def _listed(document: Any) -> list[Any] | None:
    """Return the segments of a document; those of whisper.cpp in Whisper's form."""
    if isinstance(document, dict) and isinstance(rows := document.get("transcription"), list):
        return [_milliseconds(row) for row in rows]
    listed = document.get("segments") if isinstance(document, dict) else document
    return listed if isinstance(listed, list) else None


def _milliseconds(row: Any) -> Any:
    offsets = row.get("offsets") if isinstance(row, dict) else None
    if not isinstance(offsets, dict):
        return row
    times = (offsets.get(key) for key in ("from", "to"))
    start, end = (each / 1000 if isinstance(each, int) else None for each in times)
    return {"start": start, "end": end, "text": row.get("text"), "speaker": row.get("speaker")}


def _keys(listed: list[Any]) -> tuple[str, str, str]:
    """Return the keys that the first segment has."""
    first = next((each for each in listed if isinstance(each, dict)), {})
    return _KEYS[1] if "start" in first and "startTime" not in first else _KEYS[0]


def _clean(value: Any) -> str | None:
    """Return text on one line, without characters that no page can carry."""
    return one_line(CONTROL.sub("", value)) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LONGEST
    return round(float(value), 3) if good else None
