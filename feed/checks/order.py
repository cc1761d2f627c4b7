"""Checks that every app shows the episodes of a serial show or a course in order.

Apps sort by date, by season and number, or by position in the feed, so all of these must agree.
Trailers and bonuses are left out. `feed/app_order.py` knows how each kind of app sorts.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from episodes.rules import finding
from feed.checks.context import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.model import Episode
    from feed.checks.context import Situation


def _full(situation: Situation) -> list[Episode]:
    """Return the full episodes, oldest first."""
    return [each for each in reversed(situation.show.episodes) if each.facts.type == "full"]


def _seasons(situation: Situation) -> dict[int | None, list[Episode]]:
    """Return the full episodes that have a number, oldest first, by season."""
    by_season: dict[int | None, list[Episode]] = defaultdict(list)
    for episode in _full(situation):
        if episode.facts.number:
            by_season[episode.facts.season].append(episode)
    return by_season


def kind(situation: Situation) -> Iterator[Finding]:
    """Check that a course is serial: apps show an episodic one from its end (Apple)."""
    facts = situation.show.facts
    if facts.medium == "course" and facts.type != "serial":
        message = "is episodic, so apps would start with the newest episode"
        yield finding("course-type", "show.md", "type", message)


def numbers(situation: Situation) -> Iterator[Finding]:
    """Check that numbers exist if needed, and go up with the dates (Apple sorts by them)."""
    ordered = situation.show.facts.ordered
    for episode in _full(situation):
        if ordered and not episode.facts.number:
            yield finding("number-missing", path_of(episode), "number", "is missing")
    for episodes in _seasons(situation).values():
        yield from _rising(episodes, ordered=ordered)


def _rising(episodes: list[Episode], *, ordered: bool) -> Iterator[Finding]:
    seen: dict[int, Episode] = {}
    highest = episodes[0]
    for episode in episodes:
        number, path = episode.facts.number or 0, path_of(episode)
        if ordered and number in seen:
            message = f"is also the number of {seen[number].folder}"
            yield finding("number-twice", path, "number", message)
        elif seen and number <= (highest.facts.number or 0):
            message = f"does not follow the date: {highest.folder} is older and has number "
            message = f"{message}{highest.facts.number}"
            yield finding("course-order" if ordered else "number-order", path, "number", message)
        else:
            highest = episode
        seen.setdefault(number, episode)


def gaps(situation: Situation) -> Iterator[Finding]:
    """Check that no number is left out; a season starts at 1 or continues the previous one."""
    if not situation.show.facts.ordered or any(chain(numbers(situation), seasons(situation))):
        return  # a wrong order is reported first
    gone = {(each.facts.season, each.facts.number) for each in situation.show.withdrawn}
    last = 0
    for season, episodes in sorted(_seasons(situation).items(), key=lambda row: row[0] or 0):
        left_out = {number for of, number in gone if of == season}
        first = episodes[0].facts.number or 0
        before = last if _after(last, first, left_out) == first else 0
        for episode in episodes:
            number = episode.facts.number or 0
            due = _after(before, number, left_out)
            if number != due:
                message = f"is {number}, but there is no number {due}"
                yield finding("number-gap", path_of(episode), "number", message)
            before = number
        last = before


def _after(before: int, number: int, left_out: set[int | None]) -> int:
    """Return the next number, at most `number`, without those of withdrawn episodes."""
    due = before + 1
    while due in left_out and due < number:
        due += 1
    return due


def seasons(situation: Situation) -> Iterator[Finding]:
    """Check that seasons, or modules, follow each other (Apple sorts by them first)."""
    full = _full(situation)
    if not situation.show.facts.ordered or not any(each.facts.season for each in full):
        return
    newest = full[0]
    for episode in full:
        season = episode.facts.season
        if season is None:
            yield finding("season-missing", path_of(episode), "season", "is missing")
        elif season < (newest.facts.season or 0):
            message = f"is {season}, but {newest.folder} is older and in season"
            message = f"{message} {newest.facts.season}"
            yield finding("season-order", path_of(episode), "season", message)
        else:
            newest = episode


def names(situation: Situation) -> Iterator[Finding]:
    """Check that seasons, or modules, have names if there are several (podcast:season)."""
    known = {each.facts.season for each in _full(situation) if each.facts.season}
    unnamed = sorted(known - set(situation.show.facts.seasons))
    if situation.show.facts.ordered and len(known) > 1 and unnamed:
        listed = " and ".join(map(str, unnamed))
        yield finding("season-name", "show.md", "seasons", f"has no name for season {listed}")


RULES = (kind, numbers, gaps, seasons, names)
