"""A companion that is told to stop stops, whatever it was about to do."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.servers import companion_server, preview_server

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60  # seconds


@pytest.mark.slow
def test_one_that_is_told_to_stop_while_it_starts_stops(tmp_path: Path) -> None:
    """A worker that does not listen yet never hears of it: the server must not wait for it."""
    port, show = preview_server.free_port(), cast.catalogue(tmp_path / "show")
    companion_server.make(tmp_path / "companion", port)
    run = [shows.program("earmark"), "web", "serve", str(tmp_path / "companion")]
    run += ["--catalogue", str(show), "--port", str(port), "--workers", "3"]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + PATIENCE
        while not companion_server.children(process.pid):
            assert time.monotonic() < until, "no worker was started"
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_one_that_is_told_to_stop_while_a_worker_keeps_dying_stops(tmp_path: Path) -> None:
    """granian takes a worker that died twice for a fault: it must not be started again."""
    show = cast.catalogue(tmp_path / "show")
    with companion_server.serve(tmp_path / "companion", show, "--workers", "2") as running:
        frozen, dying = companion_server.children(running.process.pid)
        os.kill(frozen, signal.SIGSTOP)  # granian waits for it while it stops its workers
        os.kill(dying, signal.SIGKILL)
        os.kill(_the_other(running.process.pid, {frozen, dying}), signal.SIGKILL)
        time.sleep(2)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(PATIENCE) == 0
        assert "starts again" not in running.log.read_text(encoding="utf-8")


def _the_other(parent: int, known: set[int]) -> int:
    until = time.monotonic() + PATIENCE
    while not (new := set(companion_server.children(parent)) - known):
        assert time.monotonic() < until, "the worker was not replaced"
        time.sleep(0.01)
    return new.pop()
