"""Finds harmful phrases about self-harm and suicide.

After the Samaritans' media guidelines and NICE NG225. English only; what was said in a recording is
not looked at, because nobody can write it again.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from episodes.rules import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding

MOST = 10  # of one file
# One of these is in all of them; looking for them first is a hundred times quicker.
_ROOTS = ("commit", "suicide", "attempt", "attention", "harmer", "tablet", "pill", "mg",
          "milligram", "overdos")  # fmt: skip
_WORDS = re.compile(
    r"""\b(?:
      (?P<commit>commit(?:s|ted|ting)?\s+(?:suicide|self-?\s?harm))
    | (?P<attempt>(?:failed|unsuccessful|successful|completed)\s+
        (?:suicides?|(?:suicide\s+)?attempts?))
    | (?P<attention>attention[\s-]seek(?:ing|ers?))
    | (?P<person>self-?\s?harmers?)
    | (?P<method>\d+\s?(?:tablets|pills|mg|milligrams?)|overdos(?:e[ds]?|ing)\s+(?:of|on)\s)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def lint(text: str, path: str) -> Iterator[Finding]:
    """Find such words in what a lead wrote, each at its line."""
    low = text.lower()
    if not any(root in low for root in _ROOTS):
        return
    for each in islice(_WORDS.finditer(text), MOST):
        said = " ".join(each[0].split())
        line = text.count("\n", 0, each.start()) + 1
        yield finding(f"word-{each.lastgroup}", path, "", f'says "{said}"', line=line)
