"""Defines a finding: one sentence about one place in the source."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Level(StrEnum):
    """The level of a finding: an error stops a build, a warning needs a look."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """What is wrong, where, and how to fix it.

    `path` is relative to the show folder, with forward slashes. `line` counts from 1; 0 means the
    whole file, or that the line has not been looked up. `rule` is a key of RULES in
    `episodes/rules/`; `waived` is the reason of a waiver.
    """

    path: str
    key: str
    message: str
    level: Level = Level.ERROR
    line: int = 0
    rule: str = ""
    fix: str = ""
    waived: str = ""

    @classmethod
    def load(cls, row: list[Any]) -> Finding:
        """Return the finding that was saved as JSON."""
        path, key, message, level, *rest = row
        return cls(path, key, message, Level(level), *rest)

    @property
    def where(self) -> str:
        """The place in the form that editors and terminals turn into a link."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def said(self) -> str:
        """What is wrong and how to fix it, without the place."""
        key = f"{self.key}: " if self.key else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{key}{self.message}{fix}"

    def __str__(self) -> str:
        mark = "" if self.level is Level.ERROR else f" {self.level}:"
        return f"{self.where}:{mark} {self.said}"


def errors_in(findings: list[Finding]) -> list[Finding]:
    """Return the findings that stop a build."""
    return [finding for finding in findings if finding.level is Level.ERROR]
