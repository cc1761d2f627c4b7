"""Defines the root of every error that Earmark raises, and the error that carries findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from episodes.findings import Finding


class EarmarkError(Exception):
    """The root of all errors that Earmark raises on purpose; its text is for users."""


class SourceError(EarmarkError):
    """Something in the show folder is wrong; `findings` say what."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = list(findings)
