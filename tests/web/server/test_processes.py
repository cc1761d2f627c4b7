"""The server's processes: one that dies is replaced, and none outlives the main one."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from tests.kit.companion import cast
from tests.kit.servers import companion_server
from tests.kit.servers import preview_server as ports
from web import server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 60  # seconds


def wait_for(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        ports.get(address)
    except OSError:
        return False
    return True


@pytest.mark.slow
def test_a_worker_that_dies_twice_in_a_row_is_replaced_and_it_is_told(tmp_path: Path) -> None:
    show = cast.catalogue(tmp_path / "show")
    with companion_server.serve(tmp_path / "companion", show) as running:
        for _ in range(3):
            wait_for(lambda: companion_server.children(running.process.pid))
            for each in companion_server.children(running.process.pid):
                os.kill(each, signal.SIGKILL)
            wait_for(lambda: answers(running.address))
        assert running.process.poll() is None
        assert "stopped unexpectedly; it starts again" in running.log.read_text(encoding="utf-8")


@pytest.mark.slow
def test_workers_end_when_the_main_process_is_killed(tmp_path: Path) -> None:
    show = cast.catalogue(tmp_path / "show")
    with companion_server.serve(tmp_path / "companion", show, "--workers", "3") as running:
        wait_for(lambda: len(companion_server.children(running.process.pid)) == 3)
        workers = companion_server.children(running.process.pid)
        running.process.kill()
        running.process.wait(PATIENCE)
        wait_for(lambda: not any(is_alive(each) for each in workers))
    assert "main process has ended" in running.log.read_text(encoding="utf-8")
    with companion_server.serve(tmp_path / "companion", show) as again:
        assert answers(again.address)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_goes_on_ending_by_itself_is_given_up_with_a_sentence() -> None:
    runs = []

    def end() -> None:
        runs.append(1)
        raise SystemExit(1)

    with pytest.raises(EarmarkError, match="the server keeps stopping"):
        server.keep_running(end, (0, 0))
    assert len(runs) == 3


def test_what_is_told_to_stop_is_not_begun_again() -> None:
    runs: list[int] = []
    server.keep_running(lambda: runs.append(1), (0, 0))
    assert runs == [1]
