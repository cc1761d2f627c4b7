"""Translates the fixed words of front matter that pages show, such as roles."""

from __future__ import annotations

from episodes.translations import marked
from episodes.translations import text as _

COVER = marked("Cover of %(title)s")  # alt text if nobody has written any
WORDS = frozenset(
    {
        marked("host"), marked("guest"), marked("narrator"), marked("author"), marked("editor"),
        marked("producer"), marked("consultant"), marked("researcher"), marked("reviewer"),
        marked("lived experience"), marked("practice"), marked("research"),
        marked("guidance"), marked("statistics"),
    }
)  # fmt: skip


def shown(word: str) -> str:
    """Return the translation of a role, a kind of knowledge or a kind of reference."""
    return _(word)
