"""The words that phrases are made of: the EFF's long list, as the package xkcdpass carries it.

The only door to that package.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

from web.accounts import rules


@cache
def words() -> tuple[str, ...]:
    """Return the words; those with a hyphen are left out, since spaces and hyphens do not count."""
    from xkcdpass import xkcd_password

    place = xkcd_password.locate_wordfile("eff-long")
    found = tuple(Path(place).read_text(encoding="utf-8").split())
    if len(found) != 6**5:
        raise RuntimeError(f"the list of words has {len(found)} of 7776")
    return tuple(word for word in found if word.isalpha())


def new() -> str:
    """Return a phrase that nobody had before."""
    return rules.make_phrase(words(), secrets.choice)
