"""Describes what is wrong with one address, and groups the same symptoms into one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from episodes.findings import Finding, Level
from podcast.network.messages import Failure
from podcast.network.urls import clean_url

if TYPE_CHECKING:
    from collections.abc import Iterable

LINK = "link"  # each is another thing to mend, so each is told
_UNKNOWN = (Failure.NAME, Failure.LOST)
LONGEST, LONGEST_URL = 200, 2000  # characters of what a server sent that are worth showing
FEW = 3  # links; fewer may all be wrong by chance
_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


class Symptom(NamedTuple):
    """What was seen at an address, and the remedy, which is the same for many."""

    address: str
    key: str
    seen: str
    remedy: str
    level: Level = Level.ERROR


def findings(symptoms: Iterable[Symptom], show: str, *, each: bool = False) -> list[Finding]:
    """Return the findings, the gravest first; those with one remedy once, unless each is wanted."""
    alike: dict[object, list[Symptom]] = {}
    for symptom in dict.fromkeys(symptoms):
        apart = symptom.address if each or symptom.key == LINK else ""
        alike.setdefault((symptom.key, symptom.remedy, symptom.level, apart), []).append(symptom)
    found = [_finding(group, show) for group in alike.values()]
    return sorted(found, key=lambda finding: _ORDER[finding.level])


def calmed(symptoms: list[Symptom], links: int, show: str) -> list[Symptom]:
    """Return the symptoms, where no other site at all is known by DNS as one note.

    Then it is not the links that are wrong, but the network that was asked from.
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
    said = f"{shorten(first.seen)}{also}; {first.remedy}"
    return Finding(named(first.address, show), first.key, said, first.level)


def named(address: str, show: str) -> str:
    """Return an address as a person may see it: below the show's where it lies there."""
    return shorten(clean_url(address).removeprefix(show) or clean_url(address), LONGEST_URL)


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return what a server sent as it can be shown: printable, on one line, not too long."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= longest else f"{line[:longest]}…"
