"""Sorts a show's episodes as each kind of podcast app does, and finds those out of order.

Apps sort by date, by season and number, by position in the feed, or by file name;
docs/clients.md and docs/reviewing.md list which app does what.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from episodes.model import newest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

    from episodes.model import Episode, Show

MINUTE = timedelta(minutes=1)
DATE, SERIAL, PLACE, FILES = "Newest first", "By number", "As in the feed", "By file name"
LAST = 1 << 32  # stands for a missing number: such an episode comes last


class View(NamedTuple):
    """What one kind of app shows: episodes from top to bottom.

    `upwards` means that listeners start at the bottom; `astray` are the folders of episodes that
    are out of order.
    """

    name: str
    apps: str
    episodes: tuple[Episode, ...]
    upwards: bool
    astray: frozenset[str]


class Orders(NamedTuple):
    """The intended order, oldest first, and that of each kind of app.

    `ordered` is whether the show has an order to keep; `joined` are pairs of episodes that
    AntennaPod takes for one; `coming` are the folders of scheduled episodes.
    """

    ordered: bool
    meant: tuple[Episode, ...]
    views: tuple[View, ...]
    joined: tuple[tuple[Episode, Episode], ...]
    coming: frozenset[str]

    @property
    def right(self) -> bool:
        """Return whether every kind of app keeps the order, except those that sort by file name."""
        return not self.joined and not any(view.astray for view in self.views if view.name != FILES)


def compare_orders(show: Show, now: datetime) -> Orders:
    """Return the order of a show in each kind of app, with scheduled episodes as if published."""
    oldest = tuple(reversed(newest_first(show.episodes)))
    ordered = show.facts.ordered
    certain = ordered and _certain(oldest)
    meant = tuple(sorted(oldest, key=_numbered(oldest))) if certain else oldest
    joined = tuple(_joined(oldest))
    kinds = _kinds(show, oldest, {older.folder for older, _ in joined})
    unsure = _unsure(show, oldest) if ordered else {}
    views = []
    for name, apps, episodes, upwards in kinds:
        astray = unsure.get(name, frozenset())
        if certain or (ordered and name != FILES):
            astray |= _astray(reversed(episodes) if upwards else episodes, meant)
        views.append(View(name, apps, episodes, upwards, astray))
    coming = frozenset(each.folder for each in oldest if each.published > now)
    return Orders(ordered, meant, tuple(views), joined, coming)


def _kinds(
    show: Show, oldest: tuple[Episode, ...], dropped: set[str]
) -> list[tuple[str, str, tuple[Episode, ...], bool]]:
    """Return (name, which apps, episodes from the top, whether the first is at the bottom)."""
    newest = tuple(reversed(oldest))
    shown = tuple(each for each in newest if each.folder not in dropped)
    serial = tuple(sorted(oldest, key=_numbered(oldest))) if show.facts.type == "serial" else newest
    kinds = [
        (DATE, "AntennaPod, gPodder, newsboat, and most others", shown, True),
        (SERIAL, "Apple Podcasts, and others that know of serial shows", serial, serial is newest),
        (PLACE, "castero, greg, yt-dlp, and players of a plain list", newest, True),
    ]
    if show.facts.ordered:
        files = tuple(sorted(oldest, key=lambda each: each.slug))
        kinds.append((FILES, "podget, poddl, USB sticks, car stereos", files, False))
    return kinds


def _certain(oldest: tuple[Episode, ...]) -> bool:
    """Return whether each full episode has its own number, which then gives the intended order."""
    full = [each for each in oldest if each.facts.type == "full"]
    positions = {_season_and_number(each) for each in full}
    return len(positions) == len(full) and not any(number == LAST for _, number in positions)


def _season_and_number(episode: Episode) -> tuple[int, int]:
    return episode.facts.season or 0, episode.facts.number or LAST


def _numbered(oldest: Sequence[Episode]) -> Callable[[Episode], tuple[int, int, int, int]]:
    """Return the key of apps that sort by season and number.

    A trailer comes above its season, a bonus below the episode that it followed. If they have no
    season, a bonus takes that of the full episode before it, a trailer that of the one after it.
    """
    keys: dict[str, tuple[int, int, int, int]] = {}
    before = (0, 0)
    for at, episode in enumerate(oldest):
        facts = episode.facts
        if facts.type == "full":
            before = _season_and_number(episode)
            keys[episode.folder] = (*before, 0, at)
        elif facts.type == "bonus":
            season = facts.season if facts.season is not None else before[0]
            number = before[1] if season == before[0] else facts.number or LAST
            keys[episode.folder] = (season, number, 1, at)
        else:
            keys[episode.folder] = (facts.season or _season_after(oldest[at:]), 0, 0, at)
    return lambda each: keys[each.folder]


def _season_after(episodes: Iterable[Episode]) -> int:
    """Return the season of the first full episode; 0 if there is none."""
    return next((_season_and_number(each)[0] for each in episodes if each.facts.type == "full"), 0)


def _joined(oldest: tuple[Episode, ...]) -> Iterable[tuple[Episode, Episode]]:
    """Yield (older, newer) episodes that AntennaPod takes for one: same title, same day."""
    first: dict[Hashable, Episode] = {}
    for episode in oldest:
        key = title_and_day(episode)
        if key in first:
            yield first[key], episode
        first[key] = episode


def title_and_day(episode: Episode) -> Hashable:
    """Return what AntennaPod identifies an episode by, apart from its guid."""
    return (re.sub(r"\W+", "", episode.facts.title).casefold(), episode.published.date())


def _unsure(show: Show, oldest: tuple[Episode, ...]) -> dict[str, frozenset[str]]:
    """Return the folders of full episodes whose place is undefined, by the kind of app."""
    full = [each for each in oldest if each.facts.type == "full"]
    near = [pair for pair in pairwise(full) if pair[1].published - pair[0].published < MINUTE]
    counts = Counter(map(_season_and_number, full))
    unclear = [
        each for each in full if counts[_season_and_number(each)] > 1 or not each.facts.number
    ]
    serial = show.facts.type == "serial"  # else such an app would begin with the newest
    return {
        DATE: frozenset(each.folder for pair in near for each in pair),
        SERIAL: frozenset(each.folder for each in (unclear if serial else full)),
    }


def _astray(episodes: Iterable[Episode], meant: tuple[Episode, ...]) -> frozenset[str]:
    """Return the fewest full episodes to move so that the others are in the intended order.

    These are all outside the longest increasing run of places (patience sorting).
    """
    at = {each.folder: position for position, each in enumerate(meant)}
    folders = [each.folder for each in episodes if each.facts.type == "full"]
    positions = [at[folder] for folder in folders]
    ends: list[int] = []  # the smallest last place of a run, by the length of the run
    lengths = []
    for position in positions:
        length = bisect_left(ends, position)
        ends[length : length + 1] = [position]
        lengths.append(length)
    longest, kept = len(ends) - 1, set()
    for folder, length in zip(reversed(folders), reversed(lengths), strict=True):
        if length == longest:
            kept.add(folder)
            longest -= 1
    return frozenset(set(folders) - kept)
