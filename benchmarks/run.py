"""The benchmarks: `run.py`, or `run.py P2 P5` for some of them, `--quick` for a tenth of the size.

Each figure is a ratio against something else that was timed in turn with it; see
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import beginning
import encoding
import rebuilding
import table
import tagging
import writing
from place import Place
from shows import ROOT
from timing import remove

if TYPE_CHECKING:
    from collections.abc import Callable

WORKS: dict[str, Callable[[Place], list[table.Row]]] = {
    "P1": tagging.tag,
    "P2": rebuilding.unchanged,
    "P3": rebuilding.edited,
    "P4": rebuilding.anew,
    "P5": writing.write,
    "P6": encoding.encode,
    "P13": beginning.begin,
}


def main() -> None:
    """Run what was asked for and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("works", nargs="*", metavar="ID", help=f"of {', '.join(WORKS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, once")
    asked = parser.parse_args()
    if unknown := set(asked.works) - set(WORKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(WORKS)}")
    place = Place(ROOT / ".bench" / "work", asked.quick)
    remove(place.folder)
    place.folder.mkdir(parents=True)
    rows: list[table.Row] = []
    try:
        for name in asked.works or WORKS:
            rows += _run(name, place)
    finally:
        remove(place.folder)
        _print(rows)


def _run(name: str, place: Place) -> list[table.Row]:
    began = time.perf_counter()
    rows = WORKS[name](place)
    print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return rows


def _print(rows: list[table.Row]) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    day = datetime.now(UTC).date()
    print(f"{day}, {cores} cores, {platform.system()}, Python {platform.python_version()}\n")
    print(table.render(rows))


if __name__ == "__main__":
    main()
