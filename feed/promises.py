"""What Podcasting 2.0 promises an app, and can be wrong in ways that a key's type does not show.

Rules as in `rules.py`; each names its source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.findings import Finding, Level
from episodes.values import format_seconds
from feed.namespace import SPDX
from feed.notes import licence_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.facts import EpisodeFacts, ShowFacts
    from feed.rules import Situation

SHORT, LONG = 15, 120  # seconds that a soundbite should take


def rhythm(situation: Situation) -> Iterator[Finding]:
    """A rule of recurrence is whole (RFC 5545; podcast:updateFrequency)."""
    said = situation.show.facts.rhythm
    if not said:
        return
    if said.on and said.every not in {"week", "two weeks"}:
        message = "names days; write `every: week` or `every: two weeks` beside it"
        yield Finding("show.md", "rhythm.on", message)
    if said.times and not said.starting:
        message = "counts episodes from no day; write `starting:` with that of the first"
        yield Finding("show.md", "rhythm.times", message)
    if said.times and not said.every:
        message = "counts episodes of no rhythm; write `every: week` or what it is"
        yield Finding("show.md", "rhythm.times", message)


def complete(situation: Situation) -> Iterator[Finding]:
    """A show that is complete gets no further episode (Apple: apps stop looking)."""
    coming = [each for each in situation.show.episodes if each.published > situation.now]
    if situation.show.facts.complete and coming:
        message = f"says that no episode will come, but {coming[-1].folder} will; remove one"
        yield Finding("show.md", "complete", message)


def soundbites(situation: Situation) -> Iterator[Finding]:
    """A soundbite lies within the recording and takes 15 to 120 seconds (podcast:soundbite)."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        for number, bite in enumerate(episode.facts.soundbites, 1):
            key, path = f"soundbites[{number}].end", f"{episode.folder}/episode.md"
            if bite.end <= bite.start:
                yield Finding(path, key, "is not after its start; write the later time")
            elif seconds is not None and bite.end > seconds + 1:
                yield Finding(path, key, f"is beyond the end ({format_seconds(seconds)})")
            elif not SHORT <= bite.end - bite.start <= LONG:
                message = f"makes it {bite.end - bite.start:.0f} seconds long; apps expect "
                message = f"{message}{SHORT} to {LONG}"
                yield Finding(path, key, message, Level.WARNING)


def licences(situation: Situation) -> Iterator[Finding]:
    """A licence of your own has an address where it can be read (podcast:license)."""
    show = situation.show
    own = [each for each in show.episodes if each.facts.licence != show.facts.licence]
    places: list[tuple[str, ShowFacts | EpisodeFacts]] = [("show.md", show.facts)]
    places += [(f"{each.folder}/episode.md", each.facts) for each in own]
    for path, facts in places:
        known = re.fullmatch(SPDX, facts.licence or "SPDX")
        if not known and not licence_link(facts.licence, facts.licence_link):
            message = "has no address, so apps are not told of it; write `licence_link:` too, or "
            message = f"{message}a licence that is known, like CC-BY-4.0"
            yield Finding(path, "licence", message, Level.WARNING)


def pages(situation: Situation) -> Iterator[Finding]:
    """Addresses of pages begin with https:// (podcastindex.org/namespace/1.0)."""
    facts = situation.show.facts
    found = [("show.md", key) for key in _plain_addresses(facts, ("funding", "comments"))]
    for episode in situation.show.episodes:
        keys = _plain_addresses(episode.facts, ("elsewhere", "comments"))
        found += [(f"{episode.folder}/episode.md", key) for key in keys]
    for path, key in found:
        message = "begins with http://; write https://, which every such page should answer"
        yield Finding(path, key, message, Level.WARNING)


def _plain_addresses(facts: object, lists: Iterable[str]) -> Iterator[str]:
    for name in lists:
        for number, each in enumerate(getattr(facts, name), 1):
            if each.link.startswith("http://"):
                yield f"{name}[{number}].link"


RULES = (rhythm, complete, soundbites, licences, pages)
