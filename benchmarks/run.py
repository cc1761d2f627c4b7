"""Runs the benchmarks: all, or those named (`run.py P2 P5`); `--quick` at a tenth of the size.

Each figure is a ratio to something else that was timed alternately with it; see
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import beginning
import companion
import encoding
import linting
import phones
import publishing
import rebuilding
import table
import tagging
import weighing
import writing
from place import Place
from shows import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

WORKS: dict[str, Callable[[Place], list[table.Row]]] = {
    "P1": tagging.tag,
    "P2": rebuilding.unchanged,
    "P3": rebuilding.edited,
    "P4": rebuilding.from_nothing,
    "check": linting.check,
    "P5": writing.write,
    "P6": encoding.encode,
    "P7": publishing.publish,
    "P9": phones.sync,
    "P10": companion.pages,
    "P10-crowd": companion.crowded,
    "P11": companion.reports,
    "P12": weighing.weigh,
    "P13": beginning.begin,
}
BY_NAME = {"P10-crowd"}  # only if you name it


def main() -> None:
    """Run the chosen benchmarks and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("works", nargs="*", metavar="ID", help=f"of {', '.join(WORKS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, once")
    asked = parser.parse_args()
    if unknown := set(asked.works) - set(WORKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(WORKS)}")
    made = ROOT / ".bench"
    made.mkdir(exist_ok=True)
    load, rows = _load(), list[table.Row]()
    with TemporaryDirectory(prefix="work-", dir=made) as folder:
        place = Place(Path(folder), asked.quick)
        try:
            for name in asked.works or [each for each in WORKS if each not in BY_NAME]:
                rows += _run(name, place)
        finally:
            _print(rows, load)


def _run(name: str, place: Place) -> list[table.Row]:
    began = time.perf_counter()
    rows = WORKS[name](place)
    print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return rows


def _load() -> str:
    """Print the load of the computer: P6 needs every core for itself."""
    return f"load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else "load unknown"


def _print(rows: list[table.Row], load: str) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    day = datetime.now(UTC).date()
    said = f"{day}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
    print(f"{said}, {load}\n\n{table.render(rows)}")


if __name__ == "__main__":
    main()
