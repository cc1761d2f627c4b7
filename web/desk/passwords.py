"""Refuses passwords that are soon guessed: common ones, repeated ones, one's own name.

The only door to zxcvbn, which has the lists and knows the patterns; nothing is asked of a network.
"""

from __future__ import annotations

import re
import unicodedata

from episodes.translations import marked
from episodes.translations import text as _
from web.desk import rules

READ = 72  # characters that are looked at: more make no weak password of a strong one
WEAKEST = 3  # of 4: over 100 million guesses
EASY = marked(
    "This password is easy to guess. It is common, repeats itself or is made from a name. "
    "Four random words work well."
)


def wrong(password: str, name: str, organisation: str) -> str:
    """Return what is wrong with a new password, "" if nothing is."""
    if fault := rules.wrong_password(password, name):
        return fault
    from zxcvbn import zxcvbn  # most requests of a companion need none of its lists

    known = {"earmark", "companion", "podcast"}
    for text in (name, organisation):
        words = [word for word in re.split(r"\W+", text) if len(word) > 2]
        known |= {text, "".join(words), *words}
    read = unicodedata.normalize("NFKC", password)[:READ]  # as it is hashed
    score: int = zxcvbn(read, user_inputs=sorted(known))["score"]
    return _(EASY) if score < WEAKEST else ""
