"""Times runs alternately, A B A B, and takes the median of each."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LONG = 10.0  # seconds; if a round takes longer, three are enough
ROUNDS = 5


class Run(NamedTuple):
    """A run: `prepare` is not timed, `go` returns the seconds that count."""

    go: Callable[[], float]
    prepare: Callable[[], None] = lambda: None


def command(*arguments: str | Path, folder: Path | None = None) -> Callable[[], float]:
    """Return a function that runs a program and returns its seconds, start to end."""

    def go() -> float:
        began = time.perf_counter()
        done = subprocess.run(
            [str(each) for each in arguments], cwd=folder, capture_output=True, check=False
        )
        took = time.perf_counter() - began
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace")[-2000:]
            raise SystemExit(f"{arguments[0]} failed:\n{said}")
        return took

    return go


def remove(*paths: Path) -> None:
    """Remove files and folders if they exist."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def settle() -> None:
    """Wait until everything is on the disk, so that one run does not pay for another's writes."""
    os.sync()
    time.sleep(0.1)


def rounds(*runs: Run, times: int = ROUNDS, calm: bool = True) -> list[float]:
    """Time the runs alternately and return the median of each, in seconds.

    The first round only warms up, unless it is long: then it counts, and there are three.
    """
    took = [[] for _ in runs]  # type: list[list[float]]
    _round(runs, took, calm=calm)
    if times > 1:
        if max(each[0] for each in took) > LONG:
            times = min(times, 3) - 1
        else:
            took = [[] for _ in runs]
        for _ in range(times):
            _round(runs, took, calm=calm)
    return [median(each) for each in took]


def _round(runs: Sequence[Run], took: list[list[float]], *, calm: bool) -> None:
    for run, seconds in zip(runs, took, strict=True):
        run.prepare()
        if calm:
            settle()
        seconds.append(run.go())


def exponent(small: float, large: float, factor: float = 10) -> float:
    """Return the exponent of growth: 1 is linear, less is better."""
    return math.log(large / small) / math.log(factor)
