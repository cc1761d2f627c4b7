"""What Podcasting 2.0 promises an app, and can be wrong in ways that a key's type does not show.

Rules as in `rules.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.rulebook import found
from episodes.values import format_seconds
from feed.notes import SPDX, licence_link
from feed.situation import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.facts import EpisodeFacts, ShowFacts
    from episodes.findings import Finding
    from feed.situation import Situation

SHORT, LONG = 15, 120  # seconds that a soundbite should take


def rhythm(situation: Situation) -> Iterator[Finding]:
    """A rule of recurrence is whole (RFC 5545; podcast:updateFrequency)."""
    said = situation.show.facts.rhythm
    if not said:
        return
    if said.on and said.every not in {"week", "two weeks"}:
        yield found("rhythm-days", "show.md", "rhythm.on", "names days of no week")
    if said.times and not said.starting:
        yield found("rhythm-count", "show.md", "rhythm.times", "counts episodes from no day")
    if said.times and not said.every:
        message, fix = "counts episodes of no rhythm", "write `every: week` or what it is"
        yield found("rhythm-count", "show.md", "rhythm.times", message, fix=fix)


def complete(situation: Situation) -> Iterator[Finding]:
    """A show that is complete gets no further episode (Apple: apps stop looking)."""
    coming = [each for each in situation.show.episodes if each.published > situation.now]
    if situation.show.facts.complete and coming:
        message = f"says that no episode will come, but {coming[-1].folder} will"
        yield found("complete-coming", "show.md", "complete", message)


def soundbites(situation: Situation) -> Iterator[Finding]:
    """A soundbite lies within the recording and takes 15 to 120 seconds (podcast:soundbite)."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        for number, bite in enumerate(episode.facts.soundbites, 1):
            key, path, length = f"soundbites[{number}].end", path_of(episode), bite.end - bite.start
            if length <= 0:
                yield found("soundbite-end", path, key, "is not after its start")
            elif seconds is not None and bite.end > seconds + 1:
                message = f"is beyond the end ({format_seconds(seconds)})"
                yield found("soundbite-end", path, key, message)
            elif not SHORT <= length <= LONG:
                yield found("soundbite-length", path, key, f"makes it {length:.0f} seconds long")


def licences(situation: Situation) -> Iterator[Finding]:
    """A licence of your own has an address where it can be read (podcast:license)."""
    show = situation.show
    own = [each for each in show.episodes if each.facts.licence != show.facts.licence]
    places: list[tuple[str, ShowFacts | EpisodeFacts]] = [("show.md", show.facts)]
    places += [(path_of(each), each.facts) for each in own]
    for path, facts in places:
        known = re.fullmatch(SPDX, facts.licence or "SPDX")
        if not known and not licence_link(facts.licence, facts.licence_link):
            message = "has no address, so apps are not told of it"
            yield found("licence-address", path, "licence", message)


def pages(situation: Situation) -> Iterator[Finding]:
    """Addresses of pages begin with https:// (podcastindex.org/namespace/1.0)."""
    facts = situation.show.facts
    plain = [("show.md", key) for key in _plain_addresses(facts, ("funding", "comments"))]
    for episode in situation.show.episodes:
        keys = _plain_addresses(episode.facts, ("elsewhere", "comments"))
        plain += [(path_of(episode), key) for key in keys]
    for path, key in plain:
        yield found("page-plain", path, key, "begins with http://")


def _plain_addresses(facts: object, lists: Iterable[str]) -> Iterator[str]:
    for name in lists:
        for number, each in enumerate(getattr(facts, name), 1):
            if each.link.startswith("http://"):
                yield f"{name}[{number}].link"


RULES = (rhythm, complete, soundbites, licences, pages)
