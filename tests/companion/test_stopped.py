"""A companion that is told to stop stops, whatever it was about to do."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import accompanied
import gathering
import making
import pytest
import serving

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60  # seconds


@pytest.mark.slow
def test_one_that_is_told_to_stop_while_it_starts_stops(tmp_path: Path) -> None:
    """A worker that does not listen yet never hears of it: the server must not wait for it."""
    port, show = serving.free_port(), gathering.catalogue(tmp_path / "show")
    accompanied.make(tmp_path / "companion", port)
    run = [making.program("earmark"), "web", "serve", str(tmp_path / "companion")]
    run += ["--catalogue", str(show), "--port", str(port), "--workers", "3"]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + PATIENCE
        while not accompanied.children(process.pid):
            assert time.monotonic() < until, "no worker was started"
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
