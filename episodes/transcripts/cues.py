"""Defines a transcript: cues with their times, speakers and words."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import NamedTuple

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class Cue(NamedTuple):
    """Words said together. `start` and `end` are in seconds, both 0 if not timed."""

    start: float
    end: float
    text: str
    speaker: str = ""
    line: int = 0


class Transcript(NamedTuple):
    """All cues in order, and the language if it is written.

    `draft` is the line that says that nobody has read it yet, else 0.
    """

    cues: tuple[Cue, ...] = ()
    language: str = ""
    draft: int = 0

    @property
    def timed(self) -> bool:
        """Whether its cues have times."""
        return any(cue.end for cue in self.cues)


def one_line(text: str) -> str:
    """Return text on one line, with single spaces."""
    plain = text.isprintable() and "  " not in text  # then no space is another than this
    return text.strip() if plain else " ".join(text.split())


def unescape(text: str) -> str:
    """Resolve entities, without the line breaks that they may stand for.

    An entity without a semicolon stays: `?a=1&copy=2` is a URL.
    """
    return one_line(_ENTITY.sub(_character, text) if "&" in text else text)


def _character(match: re.Match[str]) -> str:
    entity = match[0]
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity
