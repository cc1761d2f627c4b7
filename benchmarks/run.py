"""Runs the benchmarks: all, or those named (`run.py P2 P5`); `--quick` at a tenth of the size.

Each figure is a ratio to something else that was timed alternately with it; see
docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import check_speed
import companion
import encoding
import large_show
import new_episode
import on_postgresql
import page_speed
import page_weight
import preview_delay
import publishing
import rebuilding
import sign_in_crowd
import startup
import sync_apps
import table
import tagging
import writing
from shows import ROOT
from workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

WORKS: dict[str, Callable[[Workspace], list[table.Row]]] = {
    "P1": tagging.tag,
    "P2": rebuilding.unchanged,
    "P3": rebuilding.edited,
    "P4": rebuilding.from_nothing,
    "check": check_speed.check,
    "P5": writing.write,
    "P6": encoding.encode,
    "P7": publishing.publish,
    "F1": new_episode.publish,
    "F4": preview_delay.preview,
    "F5": large_show.measure,
    "F8": page_weight.weigh_long,
    "F10": sign_in_crowd.sign_in,
    "F11": on_postgresql.measure,
    "P9": sync_apps.sync,
    "P10": companion.pages,
    "P10-crowd": companion.crowded,
    "P11": companion.reports,
    "P12": page_weight.weigh,
    "Lighthouse": page_speed.measure,
    "P13": startup.start,
}
BY_NAME = {"P10-crowd"}  # only if you name it
LAST = Path(__file__).with_name("last_run.json")


def main() -> None:
    """Run the chosen benchmarks and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("works", nargs="*", metavar="ID", help=f"of {', '.join(WORKS)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, once")
    parser.add_argument("--keep", action="store_true", help=f"write the ratios to {LAST.name}")
    asked = parser.parse_args()
    if unknown := set(asked.works) - set(WORKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(WORKS)}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody's computer compiles at each start
    made = ROOT / ".bench"
    made.mkdir(exist_ok=True)
    load, rows = _load(), list[table.Row]()
    with TemporaryDirectory(prefix="work-", dir=made) as folder:
        space = Workspace(Path(folder), asked.quick)
        try:
            for name in asked.works or [each for each in WORKS if each not in BY_NAME]:
                rows += _run(name, space)
        finally:
            _print(rows, load)
    if asked.keep and not asked.quick:  # smaller rows would stand beside larger ones
        _keep(rows)


def _last() -> dict[str, float]:
    """Return the ratios of the last run that was kept."""
    return dict(json.loads(LAST.read_text(encoding="utf-8"))) if LAST.is_file() else {}


def _keep(rows: list[table.Row]) -> None:
    """Keep the ratios of these rows for the next comparison, and those of rows that did not run."""
    kept = {**_last(), **{table.key(row): round(row.ratio, 4) for row in rows}}
    LAST.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _run(name: str, space: Workspace) -> list[table.Row]:
    began = time.perf_counter()
    rows = WORKS[name](space)
    print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return rows


def _load() -> str:
    """Print the load of the computer: P6 needs every core for itself."""
    return f"load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else "load unknown"


def _print(rows: list[table.Row], load: str) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    day = datetime.now(UTC).date()
    said = f"{day}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
    print(f"{said}, {load}\n\n{table.render(rows, _last())}")


if __name__ == "__main__":
    main()
