"""Holds every rule that `earmark check` knows, in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.findings import Finding
from episodes.rules import (
    built_feed,
    corrections,
    directories,
    front_matter,
    media,
    order,
    podcast_namespace,
    safeguarding,
)

if TYPE_CHECKING:
    from episodes.rules.rule import Rule

RULES: dict[str, Rule] = {
    **front_matter.RULES, **media.RULES, **directories.RULES, **order.RULES, **safeguarding.RULES,
    **podcast_namespace.RULES, **corrections.RULES, **built_feed.RULES,
}  # fmt: skip


def finding(  # noqa: PLR0913 - what a finding says, in the order in which it is read
    rule: str, path: str, key: str, message: str, *, line: int = 0, fix: str = ""
) -> Finding:
    """Return the finding of a broken rule, with its level and, unless given, its fix."""
    row = RULES[rule]
    return Finding(path, key, message, row.level, line, rule, fix or row.fix)
