"""Defines the root of every error that Earmark raises, and the error that carries findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from episodes.findings import Finding


class EarmarkError(Exception):
    """The root of every error that Earmark raises on purpose; its text is for a person."""


class SourceError(EarmarkError):
    """Something in the show's folder is wrong; carries the findings that say what."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = list(findings)
