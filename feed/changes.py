"""The rules of what changes after it was published: corrections, newer versions, moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.rulebook import found
from feed.situation import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.model import Episode
    from feed.situation import Situation


def corrections(situation: Situation) -> Iterator[Finding]:
    """A correction is dated between the day of its episode and today."""
    for episode in situation.show.episodes:
        for number, each in enumerate(episode.facts.corrections, 1):
            key = f"corrections[{number}].on"
            if each.on < episode.facts.date.date():
                seen = f"is before the episode came out, on {episode.facts.date:%Y-%m-%d}"
                yield found("correction-day", path_of(episode), key, seen)
            elif (each.on - situation.now.date()).days > 1:  # it may be tomorrow where the lead is
                yield found("correction-day", path_of(episode), key, "is to come")


def versions(situation: Situation) -> Iterator[Finding]:
    """An episode that is replaced points to one that is there, and that one back."""
    show = situation.show
    known = {each.guid: each for each in show.episodes}
    every = known | {each.guid: each for each in show.withdrawn}
    for episode in show.episodes:
        yield from _other(episode, every, "replaced_by", "replaces")
        yield from _other(episode, every, "replaces", "replaced_by")
        if episode.facts.replaced_by in every.keys() - known.keys():
            yield found("replaced-unknown", path_of(episode), "replaced_by", "was withdrawn")
        if episode.facts.replaced_by in known and episode.newer is None:
            yield found("replaced-unknown", path_of(episode), "replaced_by", "leads back to itself")


def _other(episode: Episode, known: dict[str, Episode], key: str, back: str) -> Iterator[Finding]:
    guid = getattr(episode.facts, key)
    if guid is None:
        return
    other = known.get(guid)
    if other is None:
        yield found("replaced-unknown", path_of(episode), key, f'"{guid}" is no episode')
    elif getattr(other.facts, back) != episode.guid:
        fix = f"write `{back}: {episode.guid}` into {path_of(other)}"
        message = f"is not what {other.folder} says"
        yield found("replaced-half", path_of(episode), key, message, fix=fix)


def addresses(situation: Situation) -> Iterator[Finding]:
    """A show does not live where it lived before."""
    facts = situation.show.facts
    for number, each in enumerate(facts.former_addresses, 1):
        key = f"former_addresses[{number}]"
        if each == facts.address:
            yield found("address-former", "show.md", key, "is where the show lives")
        elif each in facts.former_addresses[: number - 1]:
            yield found("address-former", "show.md", key, "is there twice")


RULES = (corrections, versions, addresses)
