"""A transcript in memory: cues with their times, speakers and words."""

from __future__ import annotations

import html
from typing import NamedTuple


class Cue(NamedTuple):
    """Words said together. `start` and `end` are seconds, both 0 where nobody timed them."""

    start: float
    end: float
    text: str
    speaker: str = ""
    line: int = 0


class Transcript(NamedTuple):
    """What was said, in order; the language where it tells one.

    `draft` is the line on which it says that nobody has read it yet, else 0.
    """

    cues: tuple[Cue, ...] = ()
    language: str = ""
    draft: int = 0

    @property
    def timed(self) -> bool:
        """Whether it can follow the recording."""
        return any(cue.end for cue in self.cues)


def joined(text: str) -> str:
    """Return text on one line, with one space between words."""
    plain = text.isprintable() and "  " not in text  # then no space is another than this
    return text.strip() if plain else " ".join(text.split())


def unescaped(text: str) -> str:
    """Resolve entities, and let no line break that they stand for through."""
    return joined(html.unescape(text) if "&" in text else text)
