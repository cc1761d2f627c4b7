"""What keeps the episodes of a serial show or a course in order, in every app.

Apps sort by date, by season and number, or by the place in the feed: so all of these agree.
Trailers and bonuses stand outside. Rules as in `rules.py`; `orders.py` says what apps show.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from episodes.rulebook import found
from feed.situation import path as path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.findings import Finding
    from episodes.model import Episode
    from feed.situation import Situation


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
    """A course is serial: apps show an episodic one from its end (Apple)."""
    facts = situation.show.facts
    if facts.medium == "course" and facts.type != "serial":
        message = "is episodic, so apps would begin with the newest"
        yield found("course-type", "show.md", "type", message)


def numbers(situation: Situation) -> Iterator[Finding]:
    """Numbers are there where they are needed, and go up with the dates (Apple sorts by them)."""
    ordered = situation.show.facts.ordered
    for episode in _full(situation):
        if ordered and not episode.facts.number:
            yield found("number-missing", path_of(episode), "number", "is missing")
    for episodes in _seasons(situation).values():
        yield from _rising(episodes, ordered=ordered)


def _rising(episodes: list[Episode], *, ordered: bool) -> Iterator[Finding]:
    seen: dict[int, Episode] = {}
    highest = episodes[0]
    for episode in episodes:
        number, path = episode.facts.number or 0, path_of(episode)
        if ordered and number in seen:
            message = f"is also the number of {seen[number].folder}"
            yield found("number-twice", path, "number", message)
        elif seen and number <= (highest.facts.number or 0):
            message = f"does not follow the date: {highest.folder} is older and has "
            message = f"{message}{highest.facts.number}"
            yield found("course-order" if ordered else "number-order", path, "number", message)
        else:
            highest = episode
        seen.setdefault(number, episode)


def gaps(situation: Situation) -> Iterator[Finding]:
    """No number is left out; a season begins at 1, or goes on where the one before it ended."""
    if not situation.show.facts.ordered or any(chain(numbers(situation), seasons(situation))):
        return  # what is out of order is looked at first
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
                message = f"is {number}, and there is no {due}"
                yield found("number-gap", path_of(episode), "number", message)
            before = number
        last = before


def _after(before: int, number: int, left_out: set[int | None]) -> int:
    """Return the number that is due, up to one: that of an episode that was withdrawn is not."""
    due = before + 1
    while due in left_out and due < number:
        due += 1
    return due


def seasons(situation: Situation) -> Iterator[Finding]:
    """Seasons, or modules, follow one another (Apple sorts by them first)."""
    full = _full(situation)
    if not situation.show.facts.ordered or not any(each.facts.season for each in full):
        return
    newest = full[0]
    for episode in full:
        season = episode.facts.season
        if season is None:
            yield found("season-missing", path_of(episode), "season", "is missing")
        elif season < (newest.facts.season or 0):
            message = f"is {season}, but {newest.folder} is older and of season"
            message = f"{message} {newest.facts.season}"
            yield found("season-order", path_of(episode), "season", message)
        else:
            newest = episode


def names(situation: Situation) -> Iterator[Finding]:
    """Seasons, or modules, have names where there are several (podcast:season)."""
    known = {each.facts.season for each in _full(situation) if each.facts.season}
    unnamed = sorted(known - set(situation.show.facts.seasons))
    if situation.show.facts.ordered and len(known) > 1 and unnamed:
        listed = " and ".join(map(str, unnamed))
        yield found("season-name", "show.md", "seasons", f"has no name for {listed}")


RULES = (kind, numbers, gaps, seasons, names)
