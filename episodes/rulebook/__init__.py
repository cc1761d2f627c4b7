"""The rules: everything that `earmark check` can find, one row each, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.findings import Finding
from episodes.rulebook import built, care, changed, heard, promised, told, written

if TYPE_CHECKING:
    from episodes.rulebook.row import Rule

RULES: dict[str, Rule] = {
    **written.RULES, **heard.RULES, **told.RULES, **care.RULES,
    **promised.RULES, **changed.RULES, **built.RULES,
}  # fmt: skip


def found(  # noqa: PLR0913 - what a finding says, in the order in which it is read
    rule: str, path: str, key: str, message: str, *, line: int = 0, fix: str = ""
) -> Finding:
    """Return what breaks a rule; how much it matters and, unless given, the fix are the rule's."""
    row = RULES[rule]
    return Finding(path, key, message, row.level, line, rule, fix or row.fix)
