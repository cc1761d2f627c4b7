"""Measures F4: from saving a file to the new page, served by `earmark preview`."""

from __future__ import annotations

import http.client
import subprocess
import time
from statistics import median
from typing import TYPE_CHECKING

import recordings
import shows
from table import Row, seconds
from timing import command, exponent, remove, settle
from workspace import EARMARK, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from workspace import Workspace

EPISODES = 300
WAIT = 60  # seconds for the first page, and for a changed one
BETWEEN = 1.3  # seconds between two saves, so that none meets the preview's own rhythm


def preview(space: Workspace) -> list[Row]:
    """Measure the median of seven saves, in a show of 300 and in one of 30."""
    times = 2 if space.quick else 7
    took, less = (_measure(space, count, times) for count in (EPISODES, EPISODES // 10))
    said = f"{EPISODES} episodes"
    work, growth = "preview: saved to served", exponent(less, took)
    return [Row("F4", work, said, seconds(took), "", "", took, 0.5, 0.2, growth, " s")]


def _measure(space: Workspace, count: int, times: int) -> float:
    show = recordings.hurried(space.folder / f"preview-{count}", count, space.cache)
    command(EARMARK, "build", show)()
    port = free_port()
    run = [str(EARMARK), "preview", str(show), "--port", str(port)]
    server = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        name = shows.talk(count // 2).name
        page = f"/episodes/{name}.html"
        _wait(port, page, b"<html")
        settle()
        took = []
        for number in range(times):
            time.sleep(BETWEEN + number * 0.137)  # at any moment between two of its looks
            took.append(_save(show / "episodes" / name / "episode.md", port, page, number))
    finally:
        server.terminate()
        server.wait()
        remove(show)
    return median(took)


def _save(path: Path, port: int, page: str, number: int) -> float:
    """Add a sentence; return the seconds until the page has it."""
    word = f"sentence-number-{number}"
    text = f"{path.read_text(encoding='utf-8')}\nOne more {word}.\n"
    path.write_text(text, encoding="utf-8")
    began = time.perf_counter()
    _wait(port, page, word.encode())
    return time.perf_counter() - began


def _wait(port: int, page: str, word: bytes) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
            line.request("GET", page)
            found = word in line.getresponse().read()
            line.close()
        except OSError:
            found = False
        if found:
            return
        time.sleep(0.01)
    raise SystemExit(f"the preview did not serve {word!r} on {page}")
