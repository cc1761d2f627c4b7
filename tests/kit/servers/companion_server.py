"""A companion as its operator runs it: the installed command, a process of its own, on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.kit import shows
from tests.kit.servers import preview_server
from web import settings as reading
from web.database.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.settings import Settings

PATIENCE = 60  # seconds until it must answer


class Accompanied(NamedTuple):
    """A companion that runs; `address` ends in /."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def settings(self) -> Settings:
        return reading.read(self.folder)

    def new_code(self) -> str:
        """Make a join code, as a lead does at the desk."""
        from web.desk import invitations

        database = Database(self.settings.database)
        code = invitations.new_code(database, self.settings, datetime.now(UTC))
        database.close()
        return code

    def kill(self) -> None:
        """SIGKILL it and all its workers, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


def children(of: int) -> list[int]:
    """Return the processes that a process started, those that died left out."""
    run = ["ps", "-o", "pid=,stat=", "--ppid", str(of)]
    done = subprocess.run(run, check=False, capture_output=True, text=True)
    found = [line.split() for line in done.stdout.splitlines()]
    return [int(pid) for pid, state in found if not state.startswith("Z")]


def make(folder: Path, port: int, path: str = "") -> None:
    """Make the settings, as `earmark web init` does."""
    address = f"http://127.0.0.1:{port}/{path}"
    options = ["--organisation", "Riverside Trust", "--contact", "training@example.org"]
    run = [shows.program("earmark"), "web", "init", str(folder), "--address", address, *options]
    done = subprocess.run(run, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def serve(folder: Path, catalogue: str | Path, *options: str) -> Iterator[Accompanied]:
    """Run `earmark web serve` until the block ends; settings are made where there are none."""
    if not (folder / reading.FILE).exists():
        make(folder, preview_server.free_port())
    address = reading.read(folder).address
    port = address.split(":")[2].split("/")[0]
    run = [shows.program("earmark"), "web", "serve", str(folder), "--catalogue", str(catalogue),
           "--port", port, *options]  # fmt: skip
    log = folder.with_name(f"{folder.name}.log")
    with log.open("ab") as said:
        process = subprocess.Popen(
            run, stdout=said, stderr=said, stdin=subprocess.DEVNULL, start_new_session=True
        )
    running = Accompanied(address, folder, process, log)
    try:
        _wait(running)
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)


def _wait(running: Accompanied) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.process.poll() is None:
        try:
            urllib.request.urlopen(running.address, timeout=10).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer from {running.address}: {running.log.read_text('utf-8')}")
