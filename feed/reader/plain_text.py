"""Converts text of a feed to plain text: no markup, one line, no longer than apps allow."""

from __future__ import annotations

import re

from episodes.text import markdown

_BREAK = re.compile(r"(?=</?(?:p|br|li|div|h[1-6]|tr|ul|ol|blockquote|dd|dt)\b)", re.IGNORECASE)
_MARKED = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_SENTENCE = re.compile(r"[.!?…][\"'”’)]?(?=\s)")
NONE = "(no title)"


def plain(text: str) -> str:
    """Return the words of what may be HTML on one line."""
    if not _MARKED.search(text):
        return " ".join(text.split())
    return markdown.plain_text(_BREAK.sub(" ", text))


def cut(text: str, longest: int) -> str:
    """Return a text of at most so many characters; what is cut ends in an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def sentences(text: str, longest: int = 400) -> str:
    """Return the first sentences of a text, as many as fit."""
    if len(text) <= longest:
        return text
    ends = [each.end() for each in _SENTENCE.finditer(text[: longest + 1])]
    return text[: ends[-1]] if ends and ends[-1] > 40 else cut(text, longest)


def whole(text: str, least: int = 1) -> int | None:
    """Return a whole number that is at least so much; None where it is none."""
    text = text.strip()
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?", text)
    return int(match[1]) if match and int(match[1]) >= least else None


def seconds(text: str) -> float:
    """Return a duration like 3723, 1:02:03 or 62:03; 0 where it is none."""
    text = text.strip()
    if not re.fullmatch(r"(\d{1,7}:){0,2}\d{1,7}(\.\d{1,9})?", text):
        return 0
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total if total < 1e6 else 0


def yes(text: str) -> bool:
    """Say whether a word means yes, in the ways in which feeds say it."""
    return text.strip().lower() in {"yes", "true", "explicit", "1"}
