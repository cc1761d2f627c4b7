"""Describes what is wrong with one address, and groups the same symptoms into one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding, Level
from podcast.network.messages import Failure
from podcast.network.urls import clean_url

if TYPE_CHECKING:
    from collections.abc import Iterable

LINK = "link"  # each needs another fix, so each is listed
_UNKNOWN = (Failure.NAME, Failure.LOST)
LONGEST, LONGEST_URL = 200, 2000  # characters of what a server sent that are worth showing
FEW = 3  # links; fewer may all be wrong by chance
_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


class Symptom(NamedTuple):
    """What is wrong with a URL, and the remedy, which is the same for many."""

    address: str
    key: str
    seen: str
    remedy: str
    level: Level = Level.ERROR


def group_symptoms(symptoms: Iterable[Symptom], show: str, *, each: bool = False) -> list[Finding]:
    """Return the findings, errors first; if not `each`, those with one remedy only once."""
    alike: dict[object, list[Symptom]] = {}
    for symptom in dict.fromkeys(symptoms):
        apart = symptom.address if each or symptom.key == LINK else ""
        alike.setdefault((symptom.key, symptom.remedy, symptom.level, apart), []).append(symptom)
    grouped = [_finding(group, show) for group in alike.values()]
    return sorted(grouped, key=lambda finding: _ORDER[finding.level])


def merge_if_offline(symptoms: list[Symptom], links: int, show: str) -> list[Symptom]:
    """Return the symptoms; if DNS knows no other site at all, those of links as one note.

    Then not the links are wrong, but this computer's network.
    """
    rest = [each for each in symptoms if each.key != LINK or not each.seen.startswith(_UNKNOWN)]
    lost = len(symptoms) - len(rest)
    if lost < links or links < FEW:
        return symptoms
    seen = f"none of the {links:,} links to other sites could be checked: DNS knows none of them"
    what = "test again when this computer is on a network that can reach other sites"
    return [*rest, Symptom(show, "offline", seen, what, Level.NOTE)]


def _finding(group: list[Symptom], show: str) -> Finding:
    first = group[0]
    more = len({symptom.address for symptom in group}) - 1
    also = f" ({more:,} more like it)" if more else ""
    message = f"{shorten(first.seen)}{also}; {first.remedy}"
    return Finding(describe_url(first.address, show), first.key, message, first.level)


def describe_url(address: str, show: str) -> str:
    """Return a URL as it is shown: below the show's if possible."""
    return shorten(clean_url(address).removeprefix(show) or clean_url(address), LONGEST_URL)


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return what a server sent as it can be shown: printable, on one line, not too long."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= longest else f"{line[:longest]}…"
