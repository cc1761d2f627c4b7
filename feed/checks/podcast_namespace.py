"""Checks the Podcasting 2.0 values that can be wrong although their types are right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes.rules import finding
from episodes.text.timecodes import format_seconds
from feed.checks.context import path as path_of
from feed.show_notes import SPDX, licence_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.findings import Finding
    from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
    from feed.checks.context import Situation

SHORT, LONG = 15, 120  # seconds, the length of a soundbite


def rhythm(situation: Situation) -> Iterator[Finding]:
    """Check that a recurrence rule is complete (RFC 5545; podcast:updateFrequency)."""
    recurrence = situation.show.facts.rhythm
    if not recurrence:
        return
    if recurrence.on and recurrence.every not in {"week", "two weeks"}:
        yield finding("rhythm-days", "show.md", "rhythm.on", "needs a rhythm of weeks")
    if recurrence.times and not recurrence.starting:
        yield finding("rhythm-count", "show.md", "rhythm.times", "needs a first day")
    if recurrence.times and not recurrence.every:
        message, fix = "needs a rhythm", "write `every: week`, or whatever it is"
        yield finding("rhythm-count", "show.md", "rhythm.times", message, fix=fix)


def complete(situation: Situation) -> Iterator[Finding]:
    """Check that a complete show has no scheduled episode (Apple: apps stop looking)."""
    coming = [each for each in situation.show.episodes if each.published > situation.now]
    if situation.show.facts.complete and coming:
        message = f"says that there will be no more episodes, but {coming[-1].folder} is scheduled"
        yield finding("complete-coming", "show.md", "complete", message)


def soundbites(situation: Situation) -> Iterator[Finding]:
    """Check that a soundbite is in the recording and 15 to 120 seconds long."""
    for episode in situation.show.episodes:
        seconds = situation.seconds.get(episode.slug)
        for number, bite in enumerate(episode.facts.soundbites, 1):
            key, path, length = f"soundbites[{number}].end", path_of(episode), bite.end - bite.start
            if length <= 0:
                yield finding("soundbite-end", path, key, "is not later than its start")
            elif seconds is not None and bite.end > seconds + 1:
                message = f"is after the end of the recording ({format_seconds(seconds)})"
                yield finding("soundbite-end", path, key, message)
            elif not SHORT <= length <= LONG:
                yield finding("soundbite-length", path, key, f"makes it {length:.0f} seconds long")


def licences(situation: Situation) -> Iterator[Finding]:
    """Check that a licence of your own has a URL where people can read it (podcast:license)."""
    show = situation.show
    own = [each for each in show.episodes if each.facts.licence != show.facts.licence]
    sources: list[tuple[str, ShowFacts | EpisodeFacts]] = [("show.md", show.facts)]
    sources += [(path_of(each), each.facts) for each in own]
    for path, facts in sources:
        known = re.fullmatch(SPDX, facts.licence or "SPDX")
        if not known and not licence_link(facts.licence, facts.licence_link):
            message = "has no web address, so it is left out of the feed"
            yield finding("licence-address", path, "licence", message)


def pages(situation: Situation) -> Iterator[Finding]:
    """Check that URLs of pages begin with https:// (podcastindex.org/namespace/1.0)."""
    facts = situation.show.facts
    plain = [("show.md", key) for key in _plain_addresses(facts, ("funding", "comments"))]
    for episode in situation.show.episodes:
        keys = _plain_addresses(episode.facts, ("elsewhere", "comments"))
        plain += [(path_of(episode), key) for key in keys]
    for path, key in plain:
        yield finding("page-plain", path, key, "begins with http://")


def _plain_addresses(facts: object, lists: Iterable[str]) -> Iterator[str]:
    for name in lists:
        for number, each in enumerate(getattr(facts, name), 1):
            if each.link.startswith("http://"):
                yield f"{name}[{number}].link"


RULES = (rhythm, complete, soundbites, licences, pages)
OF_ONE = frozenset({soundbites, licences, pages})
