"""Measures `earmark check` on a show without a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import recordings
from place import EARMARK
from table import Row, seconds
from timing import Run, command, exponent, remove, rounds

from podcast.parallel import workers

if TYPE_CHECKING:
    from place import Place

EPISODES = 1000
LIMIT = 2.0  # seconds on each core


def check(place: Place) -> list[Row]:
    """Measure every rule on every episode, with nothing cached."""
    ours, less = rounds(
        _look(place, place.count(EPISODES)),
        _look(place, place.count(EPISODES // 10)),
        times=place.times,
    )
    size, cores = f"{place.count(EPISODES):,} episodes", f"limit, {workers()} cores"
    growth = exponent(less, ours)
    said = seconds(ours), cores, ""
    return [Row("check", "every rule, nothing known", size, *said, ours, LIMIT, None, growth, " s")]


def _look(place: Place, count: int) -> Run:
    show = recordings.hurried(place.folder / f"check-{count}", count, place.cache)
    return Run(command(EARMARK, "check", show), lambda: remove(show / ".earmark"))
