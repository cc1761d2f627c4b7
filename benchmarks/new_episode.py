"""Measures F1, F2 and F3: publishing over an ordinary line, against aws and rclone."""

from __future__ import annotations

import sys
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import publishing
import recordings
import relay
import shows
from table import Row, compare
from timing import Run, command, remove, rounds
from workspace import EARMARK

if TYPE_CHECKING:
    from pathlib import Path

    from publishing import Storage
    from relay import Line
    from workspace import Workspace

EPISODES = 200
TOOLS = {"earmark": publishing.earmark, "aws": publishing.aws, "rclone": publishing.rclone}


class Course(NamedTuple):
    """A show, and the storage behind the line that it is published to, one prefix a tool."""

    show: Path
    storage: Storage
    line: Line

    def run(self, tool: str, prefix: str) -> float:
        """Publish with a tool to a prefix; return the seconds."""
        return TOOLS[tool](self.show, self.storage, f"{prefix}-{tool}")()


def publish(space: Workspace) -> list[Row]:
    """Measure F1 to F3 in a show of 200 episodes: first, unchanged, one new episode of 5 MB."""
    size = space.count(EPISODES)
    show = recordings.hurried(space.folder / "course", size, space.cache)
    command(EARMARK, "build", show)()
    with publishing.serve(space.folder / "line") as storage, relay.line(storage.port) as line:
        course = Course(show, storage._replace(address=line.address), line)
        rows = [*_first(course, size, space), *_again(course, size, space)]
        rows += _new(course, size, space)
    remove(show)
    return rows


def _wire(folder: Path) -> float:
    """Return the seconds that the bytes of a folder take on the line."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / relay.UP


def _first(course: Course, size: int, space: Workspace) -> list[Row]:
    """Measure the first publish: every round to prefixes of its own."""
    runs = [Run(partial(_fresh, course, tool)) for tool in TOOLS]
    ours, aws, rclone = rounds(*runs, times=space.times)
    said = f"{size} episodes, {_wire(course.show / 'public') * relay.UP / 1e6:.0f} MB"
    work = "first publish over the line"
    return [
        compare("F2", work, said, "aws sync", (ours, aws), 0.85),
        compare("F2", work, said, "rclone sync", (ours, rclone), None),
        compare("F2", work, said, "the wire", (ours, _wire(course.show / "public")), 1.25, 1.1),
    ]


def _fresh(course: Course, tool: str) -> float:
    remove(course.show / ".earmark" / "sums.json")
    return course.run(tool, publishing.fresh_prefix())


def _again(course: Course, size: int, space: Workspace) -> list[Row]:
    """Measure a publish with nothing to do; what it needs is published at full speed."""
    course.line.slow = False
    for tool in TOOLS:
        course.run(tool, "kept")
    course.line.slow = True
    ours, aws, rclone = rounds(
        *(Run(partial(course.run, tool, "kept")) for tool in TOOLS), times=space.times
    )
    said, work = f"{size} episodes", "publish again over the line"
    return [
        compare("F2", work, said, "aws sync", (ours, aws), 0.2, 0.12),
        compare("F2", work, said, "rclone sync", (ours, rclone), None),
    ]


def _new(course: Course, size: int, space: Workspace) -> list[Row]:
    """Measure one new episode from the saved file to the live feed: ours builds as well."""
    talk, numbers = recordings.talks(space.cache), [size]
    moved, beside = list[float](), list[float]()

    def save() -> None:
        numbers[0] += 1
        number = numbers[0]
        shows.add(course.show, shows.talk(number), talk(number))
        course.line.reset()

    def ours() -> float:
        took = course.run("earmark", "kept")
        name = shows.talk(numbers[0]).name
        files = [each for each in (course.show / "public").rglob(f"*{name}*") if each.is_file()]
        own = sum(each.stat().st_size for each in files)
        moved.append(course.line.up)
        beside.append(course.line.up + course.line.down - own)
        _explain(course.line)
        return took

    others = [Run(partial(course.run, tool, "kept")) for tool in ("aws", "rclone")]
    times = rounds(Run(ours, save), *others, times=space.times)
    rest, wire = median(beside) / 1e6, median(moved) / relay.UP
    said, work = f"show of {size}, 5 MB", "a new episode, saved to live"
    return [
        compare("F1", work, said, "aws sync", (times[0], times[1]), 1.05, 0.9),
        compare("F1", work, said, "rclone sync", (times[0], times[2]), 0.4),
        compare("F1", work, said, "the wire", (times[0], wire), 1.35, 1.15),
        Row("F3", "moved beside its own files", said, f"{rest:.2f} MB", "", "", rest, 1.9, 0.5,
            unit=" MB"),
    ]  # fmt: skip


def _explain(line: Line) -> None:
    """Print which request was sent when, to see what waits for what."""
    if not line.requests:
        return
    began = line.requests[0][0]
    for at, request in line.requests:
        print(f"  {at - began:6.3f} {request[:110]}", file=sys.stderr)
