"""Defines a finding: one sentence about one place in the source."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Level(StrEnum):
    """How much a finding matters: an error stops a publish, a warning asks for a look."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """What is wrong, where, and what to write instead.

    `path` is relative to the show's folder with forward slashes; `line` counts from 1, and 0
    means that the finding is about the file as a whole, or that nobody looked the line up yet.
    `rule` names a row of `episodes/rulebook`; `waived` is the lead's reason to leave it as it is.
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
        """Read what JSON made of a finding."""
        path, key, message, level, *rest = row
        return cls(path, key, message, Level(level), *rest)

    @property
    def where(self) -> str:
        """The place, as editors and terminals make a link of it."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def said(self) -> str:
        """What is wrong and what to do, without the place."""
        key = f"{self.key}: " if self.key else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{key}{self.message}{fix}"

    def __str__(self) -> str:
        mark = "" if self.level is Level.ERROR else f" {self.level}:"
        return f"{self.where}:{mark} {self.said}"


def errors_in(findings: list[Finding]) -> list[Finding]:
    """Return those findings that stop a publish."""
    return [finding for finding in findings if finding.level is Level.ERROR]
