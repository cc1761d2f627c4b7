"""Finds the changes to front matter that put a show in the same order in every app."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from episodes.frontmatter.schema import ShowFacts
    from episodes.model import Episode

MINUTE = timedelta(minutes=1)


class OrderFix(NamedTuple):
    """A line for show.md (folder "") or episode.md: replaces `key`, or goes below `after`."""

    folder: str
    key: str
    value: str
    after: str


def find_fixes(facts: ShowFacts, episodes: Iterable[Episode]) -> list[OrderFix]:
    """Return the changes to make; none that would be a guess."""
    if not facts.ordered:
        return []
    full = sorted(
        (each for each in episodes if each.facts.type == "full"),
        key=lambda each: (each.published, each.facts.season or 0, each.facts.number or 0),
    )
    others = [each for each in episodes if each.facts.type != "full"]
    serial = OrderFix("", "type", "serial", "medium")
    wrong = facts.type != "serial"
    return [*([serial] if wrong else ()), *_numbers(full), *_dates(full, others)]


def _numbers(full: list[Episode]) -> Iterator[OrderFix]:
    """Yield missing numbers, if dates and other numbers allow only one."""
    by_season: dict[int | None, list[Episode]] = defaultdict(list)
    for episode in full:
        by_season[episode.facts.season].append(episode)
    near = any(after.published - before.published < MINUTE for before, after in pairwise(full))
    if near or (None in by_season and len(by_season) > 1):
        return  # neither the first episode nor the seasons are certain
    firsts = {season: _first(episodes) for season, episodes in by_season.items()}
    known = {first for numbers in firsts.values() for first in numbers}
    for season, episodes in by_season.items():
        if len(firsts[season] or known | {1}) > 1:
            continue
        first = next(iter(firsts[season] or {1}))
        for number, episode in enumerate(episodes, first):
            if first > 0 and not episode.facts.number:
                yield OrderFix(episode.folder, "number", str(number), "date")


def _first(episodes: list[Episode]) -> set[int]:
    """Return the possible numbers of the first episode, one from each numbered episode."""
    return {each.facts.number - at for at, each in enumerate(episodes) if each.facts.number}


def _dates(full: list[Episode], others: list[Episode]) -> Iterator[OrderFix]:
    """Yield later minutes for episodes with the same one, if their numbers give an order."""
    numbers = [(each.facts.season or 0, each.facts.number or 0) for each in full]
    if not all(number for _, number in numbers) or len({season > 0 for season, _ in numbers}) > 1:
        return
    if any(after <= before for before, after in pairwise(numbers)):
        return
    taken = {each.published for each in others}
    moved: list[tuple[Episode, datetime]] = []
    free = None
    for episode in full:
        when = episode.published if free is None else max(episode.published, free)
        while when != episode.published and when in taken:
            when += MINUTE
        if when != episode.published:
            moved.append((episode, when))
        free = when + MINUTE
    for episode, when in moved:
        written = episode.facts.date + (when - episode.published)
        exact = "minutes" if not written.second else "seconds"
        yield OrderFix(episode.folder, "date", written.isoformat(" ", exact), "title")
