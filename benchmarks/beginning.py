"""Measures P13: how long Earmark takes to start, against an idle interpreter."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import shows
from place import EARMARK
from table import Row, compare
from timing import Run, command, rounds

if TYPE_CHECKING:
    from place import Place

TIMES = 15


def begin(place: Place) -> list[Row]:
    """Measure P13: `earmark --help`, and an empty build of a show without episodes."""
    show = shows.make(place.folder / "empty", 0, lambda _: b"")
    helped, built = command(EARMARK, "--help"), command(EARMARK, "build", show)
    built()
    runs = (Run(helped), Run(built), Run(command(sys.executable, "-c", "pass")))
    ours = rounds(*runs, times=3 if place.quick else TIMES, calm=False)
    against = "python -c pass"
    return [
        compare("P13", "earmark --help", "", against, (ours[0], ours[2]), 5, 3),
        compare("P13", "build, nothing to do", "no episodes", against, (ours[1], ours[2]), 15, 8),
    ]
