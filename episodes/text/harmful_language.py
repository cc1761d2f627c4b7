"""Finds harmful phrases about self-harm and suicide.

They are those of the Samaritans' media guidelines and NICE NG225, in English only. Transcripts are
not searched, because nobody can rewrite what was said.
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
# Each phrase contains one of these; searching for them first is a hundred times faster.
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
    """Yield a finding for each harmful phrase in what a lead wrote, at its line."""
    low = text.lower()
    if not any(root in low for root in _ROOTS):
        return
    for each in islice(_WORDS.finditer(text), MOST):
        phrase = " ".join(each[0].split())
        line = text.count("\n", 0, each.start()) + 1
        yield finding(f"word-{each.lastgroup}", path, "", f'says "{phrase}"', line=line)
