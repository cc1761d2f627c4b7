"""Measures `earmark check` on a show without a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import recordings
from table import Row, seconds
from timing import Run, command, exponent, remove, rounds
from workspace import EARMARK

from podcast.parallel import workers

if TYPE_CHECKING:
    from workspace import Workspace

EPISODES = 1000
LIMIT, AIM = 1.5, 0.8  # seconds on two cores


def check(space: Workspace) -> list[Row]:
    """Measure every rule on every episode, with nothing cached."""
    ours, less = rounds(
        _look(space, space.count(EPISODES)),
        _look(space, space.count(EPISODES // 10)),
        times=space.times,
    )
    size, cores = f"{space.count(EPISODES):,} episodes", f"limit, {workers()} cores"
    growth = exponent(less, ours)
    said = seconds(ours), cores, ""
    return [Row("check", "every rule, nothing known", size, *said, ours, LIMIT, AIM, growth, " s")]


def _look(space: Workspace, count: int) -> Run:
    show = recordings.hurried(space.folder / f"check-{count}", count, space.cache)
    return Run(command(EARMARK, "check", show), lambda: remove(show / ".earmark"))
