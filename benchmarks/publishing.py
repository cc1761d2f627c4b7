"""Measures P7 and P8: publishing to S3-compatible storage, against aws and rclone."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import recordings
import shows
from table import Row, compare
from timing import Run, command, exponent, remove, rounds
from workspace import EARMARK, beside, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workspace import Workspace

EPISODES = 500
KEY, SECRET = "benchmarkkey", "benchmark-secret"
BUCKET = "shows"


class Storage(NamedTuple):
    """A server and its folder; each prefix is used once, because the server caches names."""

    address: str
    folder: Path
    port: int


def publish(space: Workspace) -> list[Row]:
    """Measure P7 and P8: 500 recordings of 5 MB with pages, from nothing and unchanged."""
    size = space.count(EPISODES)
    show = shows.make(space.folder / "published", size, recordings.talks(space.cache))
    command(EARMARK, "build", show)()
    with serve(space.folder / "storage") as storage:
        first = rounds(*_first(show, storage), times=space.times)
        again = rounds(*_again(show, storage), times=space.times)
        less_first, less_again = _tenth(space, show, storage, size)
    remove(show)
    rows = []
    for name, work, times, less, goals in (
        ("P7", "publish from nothing", first, less_first, ((0.9, 0.75), (1, 0.85))),
        ("P8", "publish again, nothing changed", again, less_again, ((0.3, 0.2), (None, None))),
    ):
        growth = exponent(less, times[0])
        for tool, other, (must, aim) in zip(("aws", "rclone"), times[1:], goals, strict=True):
            rows.append(compare(name, work, f"{size} x 5 MB", f"{tool} sync",
                                (times[0], other), must, aim, growth))  # fmt: skip
    return rows


def _tenth(space: Workspace, show: Path, storage: Storage, size: int) -> list[float]:
    """Time a tenth of the episodes, for the growth."""
    for folder in sorted((show / "episodes").iterdir())[size // 10 :]:
        remove(folder)
    remove(show / "public", show / ".earmark", show / "earmark.lock")
    command(EARMARK, "build", show)()
    [first] = rounds(_first(show, storage)[0], times=space.times)
    [again] = rounds(_again(show, storage)[0], times=space.times)
    return [first, again]


_numbers = count()


def fresh_prefix() -> str:
    """Return a prefix that nobody used."""
    return f"round-{next(_numbers)}"


def _first(show: Path, storage: Storage) -> tuple[Run, Run, Run]:
    """Time each tool on its own empty prefix."""

    def clear() -> None:
        for path in (storage.folder / BUCKET).iterdir():
            shutil.rmtree(path)
        remove(show / ".earmark" / "sums.json")

    def run(tool: Callable[[Path, Storage, str], Callable[[], float]]) -> Run:
        def go() -> float:
            return tool(show, storage, fresh_prefix())()

        return Run(go, clear)

    return run(earmark), run(aws), run(rclone)


def _again(show: Path, storage: Storage) -> tuple[Run, Run, Run]:
    """Time each tool when nothing has changed."""
    runs = [tool(show, storage, f"again-{tool.__name__}-{fresh_prefix()}") for tool in _TOOLS]
    for run in runs:
        run()
    one, two, three = map(Run, runs)
    return one, two, three


def earmark(show: Path, storage: Storage, prefix: str) -> Callable[[], float]:
    """Return a function that publishes with our command."""
    destination = ("--to", f"s3://{BUCKET}/{prefix}", "--endpoint-url", storage.address)
    return command(EARMARK, "publish", show, *destination)


def aws(show: Path, storage: Storage, prefix: str) -> Callable[[], float]:
    """Return a function that copies with aws."""
    destination = (f"s3://{BUCKET}/{prefix}", "--endpoint-url", storage.address)
    return command(beside("aws"), "s3", "sync", "--only-show-errors", show / "public", *destination)


def rclone(show: Path, storage: Storage, prefix: str) -> Callable[[], float]:
    """Return a function that copies with rclone."""
    destination = f":s3,provider=Other,env_auth,endpoint='{storage.address}':{BUCKET}/{prefix}"
    return command(beside("rclone"), "sync", "--config", os.devnull, show / "public", destination)


_TOOLS = (earmark, aws, rclone)


@contextmanager
def serve(folder: Path) -> Iterator[Storage]:
    """Run rclone's S3 server until the block ends."""
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    os.environ.update(
        AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET, AWS_DEFAULT_REGION="us-east-1",
        AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )  # fmt: skip
    run = [str(beside("rclone")), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--config",
           os.devnull, "--auth-key", f"{KEY},{SECRET}", str(folder)]  # fmt: skip
    server = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        yield Storage(f"http://127.0.0.1:{port}", folder, port)
    finally:
        server.terminate()
        server.wait()
        remove(folder)
