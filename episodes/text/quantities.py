"""Writes numbers with their nouns: "1 minute", "2 minutes", "1,200 files"; pure."""

from __future__ import annotations

IRREGULAR = {"person": "people", "has": "have", "is": "are", "was": "were", "this": "these"}


def plural(number: int, noun: str) -> str:
    """Return a noun or verb in the form for this number."""
    if number == 1:
        return noun
    head, space, last = noun.rpartition(" ")
    return f"{head}{space}{IRREGULAR.get(last, f'{last}s')}"


def quantity(number: int, noun: str) -> str:
    """Return a number with its noun; thousands have a comma."""
    return f"{number:,} {plural(number, noun)}"
