"""Measures P10 and P11: pages of a companion with many learners, and listening reports."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import crowd
from table import Row
from timing import exponent, remove
from workspace import EARMARK, beside, free_port, program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crowd import Crowd
    from workspace import Workspace

LEARNERS, EPISODES = 1000, 500
PAGES = 15  # requests for each page
CONNECTIONS, SECONDS = 8, 5  # of the load
WAIT = 30  # seconds for a server to start
LIMIT, AIM = 50.0, 12.0  # milliseconds of a learner's page
DESK = 300.0, 100.0  # milliseconds of the desk


def pages(space: Workspace) -> list[Row]:
    """Measure P10: home page, an episode's page, the desk; a tenth of the episodes for growth."""
    learners = space.count(LEARNERS)
    large, said = _pages(space, "large", learners, EPISODES)
    small, _ = _pages(space, "small", learners, EPISODES // 10)
    return _rows(said, large, small)


def crowded(space: Workspace) -> list[Row]:
    """Measure P10 with ten times as many learners; runs only by name: minutes and 1.5 GB."""
    times, said = _pages(space, "crowd", 10 * space.count(LEARNERS), EPISODES)
    return _rows(said, times)


def _pages(
    space: Workspace, name: str, learners: int, episodes: int
) -> tuple[dict[str, float], str]:
    """Return the milliseconds of each page, and the size of the database."""
    address, folder = free_address(), space.folder / name
    began = time.perf_counter()
    made = crowd.make(folder, address, learners, episodes)
    print(f"{name} was made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    with serving(made, folder, address):
        times = {each[0]: _page(address, *each) for each in _asked(made)}
    size = made.size()
    remove(folder)
    said = f"{learners:,} x {episodes}, {size / 1e6:.0f} MB"
    return times, f"{said}, {size / (learners * episodes):.0f} B each"


def _rows(said: str, large: dict[str, float], small: dict[str, float] | None = None) -> list[Row]:
    rows = []
    for work, took in large.items():
        goals = DESK if "desk" in work else (LIMIT, AIM)
        growth = exponent(small[work], took) if small else None
        shown = f"{took:.1f} ms"
        rows.append(Row("P10", work, said, shown, "", "", took, goals[0], goals[1], growth, " ms"))
    return rows


def _asked(made: Crowd) -> tuple[tuple[str, str, str], ...]:
    """Return (name, path, whose cookie); the first request to the desk counts months."""
    return (
        ("a learner's home page", "/", made.learner),
        ("an episode's page", f"/listen/{crowd.guid(7)}", made.learner),
        ("the desk's figures", "/desk/numbers/", made.lead),
        ("the desk's spreadsheet", "/desk/numbers/numbers.csv", made.lead),
    )


def _page(address: str, work: str, path: str, cookie: str) -> float:
    """Return the median time of a page in milliseconds."""
    line = http.client.HTTPConnection(address.split("/")[2], timeout=600)
    times = []
    for _round in range(PAGES + 1):
        began = time.perf_counter()
        line.request("GET", path, headers={"Cookie": f"earmark={cookie}"})
        answer = line.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{work}: {answer.status}")
    line.close()
    return median(times[1:])


def reports(space: Workspace) -> list[Row]:
    """Measure P11: listening reports, against a text from the same server with the same load."""
    rates = report_rates(space, "beacon", ("report", "text"))
    ours, text = rates["report"], rates["text"]
    shown = (f"{ours:.0f}/s", "a text", f"{text:.0f}/s")
    # The table's goals are upper limits: this one counts how many times as long a report takes.
    return [Row("P11", "a listening report", f"{CONNECTIONS} at once", *shown, text / ours, 2.6, 2)]


def report_rates(space: Workspace, name: str, targets: tuple[str, ...]) -> dict[str, float]:
    """Return the requests per second of each target: `report`, `text`."""
    address, folder = free_address(), space.folder / name
    made = crowd.make(folder, address, space.count(LEARNERS), 10)
    script = _script(space.folder / f"{name}.lua", made)
    rates: dict[str, list[float]] = {each: [] for each in targets}
    for _ in range(1 if space.quick else 3):
        for target in targets:
            load = ("-s", str(script)) if target == "report" else ()
            with unlimited(made, folder, address, target):
                rates[target].append(_load(f"{address}heard", *load))
    remove(folder)
    return {target: median(each) for target, each in rates.items()}


def _script(path: Path, made: Crowd) -> Path:
    """Write the script of the load: each request adds 15 seconds to one of many pages."""
    tokens = ",".join(f'"{made.token(listener)}"' for listener in made.listeners)
    path.write_text(
        f"local tokens = {{{tokens}}}\n"
        "function init() base, n = (os.time() % 1000000) * 2000, 0 end\n"
        "function request()\n"
        "  n = n + 1\n"
        "  local at = n * 15 % 1185\n"
        '  local text = \'{"token":"%s","sequence":%d,"runs":[[%d,%d]],"place":%d,"x":0}\'\n'
        "  local body = text:format(tokens[n % #tokens + 1], base + n, at, at + 15, at + 15)\n"
        '  return wrk.format("POST", nil, {["Content-Type"] = "text/plain"}, body)\n'
        "end\n",
        encoding="utf-8",
    )
    return path


def _load(address: str, *options: str) -> float:
    """Return requests per second; raise if any response is wrong."""
    run = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options, address]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if "Non-2xx" in said or not found:
        raise SystemExit(said)
    return float(found[1])


def free_address() -> str:
    """Return a free address on this computer."""
    return f"http://127.0.0.1:{free_port()}/"


@contextmanager
def serving(made: Crowd, folder: Path, address: str) -> Iterator[None]:
    """Run `earmark web serve` during the block."""
    port = address.rpartition(":")[2].strip("/")
    run = [EARMARK, "web", "serve", made.settings.folder, "--catalogue", folder / "show", "--port",
           port]  # fmt: skip
    with _running([str(each) for each in run], address):
        yield


@contextmanager
def unlimited(made: Crowd, folder: Path, address: str, target: str) -> Iterator[None]:
    """Run the server as `earmark web serve` does, without rate limits: one computer sends all."""
    os.environ.update(EARMARK_COMPANION=str(made.settings.folder),
                      EARMARK_CATALOGUE=str(folder / "show"))  # fmt: skip
    port = address.rpartition(":")[2].strip("/")
    run = [str(beside("granian")), "--interface", "wsgi", "--port", port, "--workers", "1",
           "--blocking-threads", "128", "--factory", "--no-log", "--working-dir",
           str(Path(__file__).parent), f"unlimited:{target}"]  # fmt: skip
    with _running(run, address):
        yield


@contextmanager
def _running(run: list[str], address: str) -> Iterator[None]:
    host = address.split("/")[2].split(":")
    server = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + WAIT
        while True:
            try:
                socket.create_connection((host[0], int(host[1])), 1).close()
                break
            except OSError:
                if time.monotonic() > until or server.poll() is not None:
                    raise SystemExit(f"{run[0]} does not answer") from None
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()
