"""Selects the sources of support that a page of other work shows in one line; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from episodes.catalogue import CatalogueSupport

EMERGENCY = {"999", "112", "911", "000"}  # of the UK, Europe, North America and Australia


def two_numbers(sources: Sequence[CatalogueSupport]) -> list[CatalogueSupport]:
    """Return the first source that answers and the emergency number, in the order of the show."""
    emergency = [each for each in sources if each.phone in EMERGENCY][:1]
    others = [each for each in sources if each.phone not in EMERGENCY]
    others.sort(key=lambda each: not each.phone)  # stable: those with a phone first
    chosen = [*others[: 2 - len(emergency)], *emergency]
    return [each for each in sources if each in chosen]
