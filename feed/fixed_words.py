"""Translates the fixed words of front matter that pages show: roles, kinds of knowledge."""

from __future__ import annotations

from episodes.translations import marked
from episodes.translations import text as _

WORDS = frozenset(
    {
        marked("host"), marked("guest"), marked("narrator"), marked("author"), marked("editor"),
        marked("producer"), marked("consultant"), marked("researcher"), marked("reviewer"),
        marked("lived experience"), marked("practice"), marked("research"),
        marked("guidance"), marked("statistics"),
    }
)  # fmt: skip


def shown(word: str) -> str:
    """Return a word of `Role`, of `Knowledge` or a kind of reference, as people read it."""
    return _(word)
