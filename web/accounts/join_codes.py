"""Makes and reads join codes, and decides whether one is valid; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from episodes.text import random_text
from web import typed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # of every code that was ever made; new ones spell nothing
CODE = 8  # characters of 25: 37 bits, behind limits on guessing
LONGEST_TYPED = 10_000  # characters of what is typed for a code: a whole e-mail may be pasted
_HALF = f"[{SIGNS}]{{{CODE // 2}}}"
FEWEST_USES = 8  # a code for fewer would tell who is behind an account


def make_code(choice: Callable[[Sequence[str]], str]) -> str:
    """Return a new join code, in two halves."""
    signs = random_text.draw(CODE, choice)
    return f"{signs[: CODE // 2]}-{signs[CODE // 2 :]}"


def normal_code(typed: str) -> str:
    """Return what counts of a join code, however it was typed or pasted; "" if there is none.

    It may stand within a link, behind a label or in a sentence.
    """
    if len(typed) > LONGEST_TYPED:
        return ""
    plain = typed_text.latin(unquote(typed)).upper()
    linked = re.search("/JOIN/+([^/?#]+)", plain)
    for part in (linked[1] if linked else "", plain, plain.rpartition(":")[2]):
        code = "".join(char for char in part if char.isascii() and char.isalnum())
        if len(code) == CODE and set(code) <= set(SIGNS):
            return code
    for between in ("-", "", " ?- ?", r"[^A-Z0-9]{1,3}"):
        if halves := re.findall(f"(?<![A-Z0-9])({_HALF}){between}({_HALF})(?![A-Z0-9])", plain):
            return "".join(halves[-1])
    return ""


def shown_code(typed: str) -> str:
    """Return a join code as on posters, or the typed text if it is not one."""
    code = normal_code(typed)
    return f"{code[: CODE // 2]}-{code[CODE // 2 :]}" if code else typed


def is_open(today: date, expires: date, withdrawn: date | None, uses_left: int) -> bool:
    """Return whether a join code can still be used; its last day counts."""
    return withdrawn is None and today <= expires and uses_left > 0
