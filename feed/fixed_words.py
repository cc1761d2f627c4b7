"""Translates the fixed words of front matter that pages show, such as roles."""

from __future__ import annotations

from episodes.translations import marked
from episodes.translations import text as _

COVER = marked("Cover of %(title)s")  # what a picture shows if nobody has said it
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
