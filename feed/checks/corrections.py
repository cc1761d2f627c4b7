"""Checks changes to what is published: corrections, newer versions, moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from episodes.rules import finding
from feed.checks.context import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.model import Episode
    from feed.checks.context import Situation

TWO_DAYS = timedelta(days=2)


def corrections(situation: Situation) -> Iterator[Finding]:
    """Check that a correction is dated between the day of its episode and today."""
    for episode in situation.show.episodes:
        for number, each in enumerate(episode.facts.corrections, 1):
            key = f"corrections[{number}].on"
            if each.on < episode.facts.date.date():
                seen = f"is before the episode was published, on {episode.facts.date:%Y-%m-%d}"
                yield finding("correction-day", path_of(episode), key, seen)
            elif not situation.is_over(each.on, -TWO_DAYS):  # it may be tomorrow where the lead is
                yield finding("correction-day", path_of(episode), key, "is in the future")


def versions(situation: Situation) -> Iterator[Finding]:
    """Check that a replaced episode names an existing one, which names it back."""
    show = situation.show
    known = {each.guid: each for each in show.episodes}
    every = known | {each.guid: each for each in show.withdrawn}
    withdrawn = every.keys() - known.keys()
    for episode in show.episodes:
        yield from _other(episode, every, "replaced_by", "replaces")
        yield from _other(episode, every, "replaces", "replaced_by")
        if episode.facts.replaced_by in withdrawn:
            yield finding("replaced-unknown", path_of(episode), "replaced_by", "was withdrawn")
        if episode.facts.replaced_by in known and episode.newer is None:
            yield finding(
                "replaced-unknown", path_of(episode), "replaced_by", "leads back to itself"
            )


def _other(episode: Episode, known: dict[str, Episode], key: str, back: str) -> Iterator[Finding]:
    guid = getattr(episode.facts, key)
    if guid is None:
        return
    other = known.get(guid)
    if other is None:
        message = f'"{guid}" is not the guid of an episode'
        yield finding("replaced-unknown", path_of(episode), key, message)
    elif getattr(other.facts, back) != episode.guid:
        fix = f"write `{back}: {episode.guid}` into {path_of(other)}"
        message = f"does not match {other.folder}"
        yield finding("replaced-half", path_of(episode), key, message, fix=fix)


def addresses(situation: Situation) -> Iterator[Finding]:
    """Check that the address of a show is none of its former ones."""
    facts = situation.show.facts
    for number, each in enumerate(facts.former_addresses, 1):
        key = f"former_addresses[{number}]"
        if each == facts.address:
            yield finding("address-former", "show.md", key, "is the show's address now")
        elif each in facts.former_addresses[: number - 1]:
            yield finding("address-former", "show.md", key, "is listed twice")


RULES = (corrections, versions, addresses)
OF_ONE = frozenset({corrections})
