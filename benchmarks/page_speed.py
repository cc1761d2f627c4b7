"""Measures how fast an episode's page is on a slow phone, as Lighthouse simulates it."""

from __future__ import annotations

import shutil
import sys
from statistics import median
from typing import TYPE_CHECKING

from shows import ROOT
from table import Row
from timing import command, remove
from workspace import EARMARK, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from workspace import Workspace

PAGE = "episodes/02-listening.html"
SERVER = """
    include /etc/nginx/mime.types;
    gzip on;
    gzip_types text/css text/javascript application/javascript image/svg+xml;
    server {{ listen 127.0.0.1:{port}; root {public}; }}
"""


def measure(space: Workspace) -> list[Row]:
    """Measure the points that an episode's page loses: nginx serves it, packed."""
    sys.path.append(str(ROOT))  # the tests' server and browser, which are not installed
    from tests.kit.servers import nginx

    show, port = space.folder / "example", free_port()
    shutil.copytree(ROOT / "examples" / "starting-the-conversation", show)
    command(EARMARK, "build", show)()
    run = nginx.nginx(space.folder, SERVER.format(port=port, public=show / "public"))
    with nginx.running(run, space.folder, port):
        points = _points(f"http://127.0.0.1:{port}/{PAGE}", space)
    remove(show)
    name, lost = "an episode's page: Lighthouse, speed", 100 - points
    row = Row("P12", name, "points lost", f"{points:.0f}", "all", "100", lost, 2, 0, unit="")
    return [row]


def _points(address: str, space: Workspace) -> float:
    from tests.kit.clients import lighthouse

    reports = [_ask(address, space.folder / "report.json") for _ in range(space.times)]
    return median(lighthouse.points(each)["performance"] for each in reports)


def _ask(address: str, file: Path) -> dict[str, object]:
    from tests.kit.clients import lighthouse

    report = lighthouse.ask(address, file)
    if report is None:
        raise SystemExit("Lighthouse gave up")
    return report
