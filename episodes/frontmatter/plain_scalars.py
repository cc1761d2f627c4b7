"""Keeps the written text of an unquoted value beside the value that YAML reads.

`03001233393` is a number in YAML and a phone number for listeners: only the key decides. What YAML
removed from a text (a comment, a character) is kept too.
"""

from __future__ import annotations

import re
from typing import Any

_BEFORE = re.compile(r" *(?:[-?][ \t]+)*")
_REMARK = re.compile(r"[ \t]*(?:,[ \t]+)?(?=#)")
_ITEM = re.compile(r"\n[ \t]*- ")
_BESIDE = re.compile(r":[ \t]+(#.*)$")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as libyaml counts lines
_BELOW = re.compile(r"[ \t]*\n(?:[ \t]*\n)*( *)(?:\t[ \t]*)?#")


class Plain(str):
    """A text as it was written, the value that YAML reads, and what YAML removed."""

    __slots__ = ("lost", "meant")
    meant: Any
    lost: str

    def __new__(cls, text: str, meant: Any, lost: str = "") -> Plain:
        """Store all three; `lost` begins with `#` for a comment, otherwise it is one character."""
        plain = super().__new__(cls, text)
        plain.meant, plain.lost = meant, lost
        return plain

    def __repr__(self) -> str:
        return f"Plain({str(self)!r}, {self.meant!r}, {self.lost!r})"


def remark_between(text: str, start: int, end: int) -> str:
    """Return the comment that YAML removed from an unquoted value between two offsets."""
    if _ITEM.search(text, start, end):
        return "-"
    if beside := _REMARK.match(text, end):
        return _line(text, beside.end())
    return _below(text, start, end) or (_above(text, start) if start < end else "")


def is_joined(text: str, end: int) -> bool:
    """Return whether a # comes straight after the quote or bracket that ends a value."""
    return text[end : end + 1] == "#" and text[end - 1] in "\"']}"


def swallows_lines(text: str, start: int, end: int) -> bool:
    """Return whether a quote closes on a line indented no further than where it opens."""
    floor = _floor(text, start)
    following = text[start:end].split("\n")[1:]
    return any(line.strip() and len(line) - len(line.lstrip(" ")) <= floor for line in following)


def near_remarks(text: str) -> set[int]:
    """Return the lines, counted from 0, on which a value may be cut by a comment."""
    lines = _BREAK.split(text) if "#" in text else []
    near: set[int] = set()
    written, after = 0, False  # the last line that is not blank, and whether it has a comment
    for number, line in enumerate(lines):
        if line.strip():
            if "#" in line:
                near |= {written, number}
            if after:
                near.add(number)
            written, after = number, "#" in line
    return near


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip()


def _floor(text: str, start: int) -> int:
    """Return the indent of the key or dash of a value."""
    begins = text.rfind("\n", 0, start) + 1
    before = _BEFORE.match(text, begins)
    column = before.end() - begins if before else 0
    if begins + column < start:
        return column  # there is a key between
    dash = max(text.rfind("-", begins, start), text.rfind("?", begins, start))
    return dash - begins if dash >= begins else column - 1


def _below(text: str, start: int, end: int) -> str:
    """Return the comment below a value, in place of its next line."""
    below = _BELOW.match(text, end)
    deep = below and len(below[1]) > _floor(text, start)
    return _line(text, below.end() - 1) if below and deep else ""


def _above(text: str, start: int) -> str:
    """Return the comment between a key and its value on separate lines."""
    begins = text.rfind("\n", 0, start) + 1
    if begins == start or text[begins:start].strip():
        return ""
    comment = ""
    while begins:
        begins = text.rfind("\n", 0, begins - 1) + 1
        line = _line(text, begins)
        bare = line.strip()
        if bare[:1] != "#" and bare:
            beside = _BESIDE.search(line)
            return beside[1] if beside else comment if bare.endswith(":") else ""
        comment = bare or comment
    return ""
