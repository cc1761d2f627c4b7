"""Measures P13: how long Earmark takes to start, against an idle interpreter."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import shows
from table import Row, compare
from timing import Run, command, rounds
from workspace import EARMARK

if TYPE_CHECKING:
    from workspace import Workspace

TIMES = 15


def start(space: Workspace) -> list[Row]:
    """Measure P13: `earmark --help`, and an empty build of a show without episodes."""
    show = shows.make(space.folder / "empty", 0, lambda _: b"")
    helped, built = command(EARMARK, "--help"), command(EARMARK, "build", show)
    built()
    runs = (Run(helped), Run(built), Run(command(sys.executable, "-c", "pass")))
    ours = rounds(*runs, times=3 if space.quick else TIMES, calm=False)
    against = "python -c pass"
    return [
        compare("P13", "earmark --help", "", against, (ours[0], ours[2]), 3, 2),
        compare(
            "P13", "build, nothing to do", "no episodes", against, (ours[1], ours[2]), 3.5, 2.5
        ),
    ]  # fmt: skip
