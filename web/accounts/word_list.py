"""Draws phrases from the EFF's long list, as the package xkcdpass carries it; its only door.

Words about injury, death, worth, bodies and the like are never drawn. They stay words of the list:
an older phrase that contains one still works.
"""

from __future__ import annotations

import secrets
from functools import cache
from importlib import resources
from pathlib import Path

from episodes.translations import marked
from web.accounts import phrases

# The same whether there is an account that is nearly meant, or none.
WRONG = marked(
    "That phrase does not match. Check the spelling and order of the words. Your phone may have "
    "changed one."
)


@cache
def words() -> tuple[str, ...]:
    """Return the words; those with a hyphen are left out, since spaces and hyphens do not count."""
    from xkcdpass import xkcd_password

    path = xkcd_password.locate_wordfile("eff-long")
    every_word = tuple(Path(path).read_text(encoding="utf-8").split())
    if len(every_word) != 6**5:
        raise RuntimeError(f"the list of words has {len(every_word)} of 7776")
    return tuple(word for word in every_word if word.isalpha())


@cache
def left_out() -> frozenset[str]:
    """Return the words that no new phrase holds."""
    text = (resources.files("web.accounts") / "words_left_out.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).split())


@cache
def drawn() -> tuple[str, ...]:
    """Return the words that new phrases are made of, each as likely as the next."""
    return tuple(word for word in words() if word not in left_out())


def new() -> str:
    """Return a phrase that nobody had before."""
    return phrases.make_phrase(drawn(), secrets.choice)


@cache
def _known() -> frozenset[str]:
    return frozenset(words())


def read(text: str) -> str:
    """Return the phrase that somebody typed, "" if it cannot be one."""
    return phrases.read(text, _known(), drawn()).phrase


def fault(text: str) -> str:
    """Return what is wrong with a phrase that cannot be one, in a sentence; "" if it can be."""
    return phrases.read(text, _known(), drawn()).fault
