"""Finds what a title or a URL reveals about the subject of a show."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.frontmatter.schema import ShowFacts

LONG = 5  # letters; a shorter word alone reveals nothing
ORDINARY = frozenset({  # words that may be in the URL of any training
    "about", "after", "again", "and", "are", "audio", "before", "between", "can", "course",
    "courses", "education", "episode", "episodes", "every", "first", "for", "from", "how", "into",
    "learning", "lessons", "not", "other", "our", "people", "podcast", "podcasts", "series",
    "short", "shows", "start", "talking", "talks", "that", "the", "their", "there", "these",
    "things", "this", "those", "through", "together", "training", "voice", "voices", "what",
    "when", "where", "which", "while", "who", "why", "with", "without", "work", "working", "you",
    "your",
})  # fmt: skip


_HARD = re.compile(
    r"self\W?(harm|injur)|suicid|overdos|eating\W?disorder|anorexi|bulimi|\babuse|\brape\b"
    r"|\baddict|\bhiv\b|depression|psychosis|mental\W?health"
)


def hard(text: str) -> str:
    """Return the hard subject that a title or host name reveals, or ""."""
    match = _HARD.search(_plain(text))
    return match[0] if match else ""


def find_revealing_words(facts: ShowFacts, address: str) -> list[str]:
    """Return the words of the title and categories that are in a URL, however they are written."""
    parts = [re.sub(r"[\W_]", "", part) for part in re.split(r"[/.]", _plain(unquote(address)))]
    texts = (facts.title, *facts.categories)
    words = dict.fromkeys(word for text in texts for word in _words(text))
    return [word for word in words if any(word.replace(" ", "") in part for part in parts)]


def _words(text: str) -> Iterator[str]:
    """Yield long words, and pairs of short words that belong together: self harm."""
    words = re.findall(r"[^\W\d_]+", _plain(text))
    for word, following in zip(words, [*words[1:], ""], strict=True):
        pair = {word, following}
        if len(word) >= LONG and word not in ORDINARY:
            yield word
        elif not pair & ORDINARY and all(3 <= len(each) < LONG for each in pair):
            yield f"{word} {following}"


def _plain(text: str) -> str:
    """Return text in lower case and without accents, as in URLs."""
    chars = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in chars if not unicodedata.combining(char))
