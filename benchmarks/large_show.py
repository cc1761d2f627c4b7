"""Measures F5, F6 and F7: a show of 10,000 episodes, time and peak memory of the command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import recordings
import shows
from rebuilding import edit
from table import Row
from timing import exponent, remove, settle
from workspace import EARMARK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workspace import Workspace

EPISODES = 10_000
ROUNDS = 3


class Cost(NamedTuple):
    """Seconds, and the peak memory in MB of the command's largest process."""

    seconds: float
    memory: float


def measure(space: Workspace) -> list[Row]:
    """Measure a build from nothing, after one change and after none, and a publish of nothing."""
    large, small = (_costs(space, space.count(each)) for each in (EPISODES, EPISODES // 10))
    said = f"{space.count(EPISODES):,} episodes"
    rows = []
    for name, work, goals, memory in (
        ("F5", "one changed", (4.0, 2.0), (250, 120)),
        ("F6", "nothing changed: build", (1.0, 0.6), None),
        ("F6", "nothing changed: publish to a folder", (1.5, 0.9), None),
        ("F7", "from nothing", None, (400, 200)),
    ):
        took, peak = large[work]
        growth = exponent(small[work].seconds, took)
        must, aim = goals or (None, None)
        time_row = Row(name, work, said, f"{took:.2f} s", "", "", took, must, aim, growth, " s")
        rows.append(time_row)
        if memory:
            peaked = f"{peak:.0f} MB"
            growth = exponent(small[work].memory, peak)
            rows.append(
                Row(name, f"{work}: memory", said, peaked, "", "", peak, *memory, growth, " MB")
            )
    return rows


def _costs(space: Workspace, count: int) -> dict[str, Cost]:
    show = recordings.hurried(space.folder / f"large-{count}", count, space.cache)
    target = space.folder / f"large-{count}-published"
    episode = show / "episodes" / shows.talk(count // 2).name / "episode.md"
    build = partial(_run, "build", show)
    publish = partial(_run, "publish", show, "--to", target)
    times = 1 if space.quick else ROUNDS
    costs = {"from nothing": build()}
    costs["one changed"] = _median(build, times, edit(episode))
    costs["nothing changed: build"] = _median(build, times)
    publish()
    costs["nothing changed: publish to a folder"] = _median(publish, times)
    remove(show, target)
    return costs


def _median(run: Callable[[], Cost], times: int, prepare: Callable[[], None] | None = None) -> Cost:
    taken = []
    for _ in range(times):
        if prepare:
            prepare()
        settle()
        taken.append(run())
    return Cost(median(each.seconds for each in taken), max(each.memory for each in taken))


def _run(*arguments: str | Path) -> Cost:
    """Run the command; memory counts it and every process that it started and waited for."""
    command = [str(EARMARK), *map(str, arguments)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    if status:
        sys.stderr.buffer.write(errors[-2000:])
        raise SystemExit(f"{command} failed")
    process.returncode = 0  # it has been waited for
    return Cost(took, usage.ru_maxrss / 1024)
