"""What a join code and a phrase look like, and when they count; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

WORDS = 5  # of 7,772: 64.6 bits, behind a scrypt each
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that people take for another
CODE = 8  # signs: 39 bits, behind limits on guessing
FEWEST_USES = 8  # a code for fewer would tell who is behind an account


def make_phrase(words: Sequence[str], choice: Callable[[Sequence[str]], str]) -> str:
    """Return a new phrase."""
    return " ".join(choice(words) for _ in range(WORDS))


def make_code(choice: Callable[[Sequence[str]], str]) -> str:
    """Return a new join code, in two halves."""
    signs = "".join(choice(SIGNS) for _ in range(CODE))
    return f"{signs[: CODE // 2]}-{signs[CODE // 2 :]}"


def normal_code(code: str) -> str:
    """Return what counts of a join code, however it was typed; "" where it cannot be one."""
    signs = re.sub(r"[\s\-\u2010-\u2015]", "", code).upper()
    return signs if len(signs) == CODE and set(signs) <= set(SIGNS) else ""


def is_open(today: date, expires: date, withdrawn: date | None, uses_left: int) -> bool:
    """Say whether a join code can still be used; its last day counts."""
    return withdrawn is None and today <= expires and uses_left > 0
