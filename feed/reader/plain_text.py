"""Converts a feed's text to plain text: no markup, one line, no longer than apps allow."""

from __future__ import annotations

import re

from episodes.text import markdown

_BREAK = re.compile(r"(?=</?(?:p|br|li|div|h[1-6]|tr|ul|ol|blockquote|dd|dt)\b)", re.IGNORECASE)
_MARKED = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_SENTENCE = re.compile(r"[.!?…][\"'”’)]?(?=\s)")
NONE = "(no title)"


def plain(text: str) -> str:
    """Return text or HTML as plain words on one line."""
    if not _MARKED.search(text):
        return " ".join(text.split())
    return markdown.plain_text(_BREAK.sub(" ", text))


def cut(text: str, longest: int) -> str:
    """Cut a text to a number of characters, with an ellipsis at the cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def sentences(text: str, longest: int = 400) -> str:
    """Return as many of the first sentences of a text as fit."""
    if len(text) <= longest:
        return text
    ends = [each.end() for each in _SENTENCE.finditer(text[: longest + 1])]
    return text[: ends[-1]] if ends and ends[-1] > 40 else cut(text, longest)


def whole(text: str, least: int = 1) -> int | None:
    """Parse a whole number of at least a minimum; None if it is not one."""
    text = text.strip()
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?", text)
    return int(match[1]) if match and int(match[1]) >= least else None


def seconds(text: str) -> float:
    """Parse a duration like 3723, 1:02:03 or 62:03; 0 if it is not one."""
    text = text.strip()
    if not re.fullmatch(r"(\d{1,7}:){0,2}\d{1,7}(\.\d{1,9})?", text):
        return 0
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total if total < 1e6 else 0


def yes(text: str) -> bool:
    """Return whether a word means yes in any of the spellings that feeds use."""
    return text.strip().lower() in {"yes", "true", "explicit", "1"}
