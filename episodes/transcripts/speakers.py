"""Detects the names of speakers in front of their words.

A name begins with a capital: `Ann Lee: `, `Dr. A. Lee (she/her): `, `Speaker 2: `. Other words
before a colon are a name if every cue or paragraph has one, or if they come back often.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTICLE = r"(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|bin|bint|ibn|al|el|ap|ab|af|zu|y)"
_FURTHER = (
    rf"(?: (?:[^\W_a-z][\w.'’-]{{0,40}}|{_PARTICLE}(?![\w'’-])|[dl]['’]\w{{1,40}}|[&+]"
    r"|room \d{1,4}))"
)
NAME = (  # three or four capitalised words, and anything in brackets after them
    rf"[^\W\d_a-z][\w.'’-]{{0,40}}{_FURTHER}{{0,4}}(?: ?\([^()\n:]{{1,60}}\))?"
)
_LOOSE = r"[^\W_][^\n:：\[\]<>]{0,58}"
_UNSEEN = "[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]{0,3}"  # Word writes them
_DASH = rf"{_UNSEEN}(?:[-–—]{{1,2}}\s|>{{1,3}}\s?)?"
_COLON = r"\s?(?::\s+|：\s*)"
SPEAKER = re.compile(rf"{_DASH}\[?({NAME})\]?{_COLON}(\S.*)", re.DOTALL)
LOOSE = re.compile(rf"{_DASH}\[?({_LOOSE})\]?{_COLON}(\S.*)", re.DOTALL)
ALONE = re.compile(rf"{_DASH}\[?({NAME})\]?\s?[:：]?\s{{0,9}}")
_HEAD = re.compile(rf"{_DASH}\[?({_LOOSE})\]?\s?[:：](?:\s|$)")
# Words that people begin a sentence with.
_NO_NAMES = frozenset({
    "note", "notes", "remember", "reminder", "warning", "caution", "important", "example", "tip",
    "tips", "hint", "correction", "summary", "conclusion", "nb", "ps", "first", "second", "third",
    "next", "then", "finally", "lastly", "also", "so", "and", "but", "or", "because", "however",
    "today", "tomorrow", "yesterday", "now", "here", "yes", "no", "well", "okay",
})  # fmt: skip
_WORDS, _OFTEN = 6, 3  # words that a name has at most; how often it comes back


def split_speaker(text: str, known: frozenset[str]) -> tuple[str, str] | None:
    """Return the name and the words of `Name: words`; None if there is no name.

    `known` are names that count without a capital.
    """
    if (match := SPEAKER.fullmatch(text)) and match[1].strip().lower() not in _NO_NAMES:
        return match[1].strip(), match[2]
    loose = LOOSE.fullmatch(text) if known else None
    return (loose[1].strip(), loose[2]) if loose and loose[1].strip() in known else None


def doubtful_name(text: str) -> str:
    """Return the words before the colon if they are no certain name, else ""."""
    match = _HEAD.match(text) if ":" in text[:66] or "：" in text[:66] else None
    name = match[1].strip() if match else ""
    return name if len(name.split()) <= _WORDS and name.lower() not in _NO_NAMES else ""


def known_names(texts: Iterable[str]) -> frozenset[str]:
    """Return every name in texts, each a cue or a paragraph."""
    heads = [doubtful_name(text) for text in texts]
    if len(heads) > 1 and all(heads):
        return frozenset(heads)
    counted = Counter(filter(None, heads))
    return frozenset(name for name, times in counted.items() if times >= _OFTEN)
