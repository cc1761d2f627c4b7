"""What the companion's tests with a browser share: it runs beside the example, learners arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import expect, watch
from tests.kit.companion.learner_browser import PATIENCE, Arrive, Learner, admit, complaints
from tests.kit.servers import companion_server, preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.kit.servers.companion_server import Accompanied


def settle(folder: Path, leave: str) -> None:
    """Make a companion whose exit button leads to this computer."""
    companion_server.make(folder, preview_server.free_port())
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f'leave = "{leave}"\n{text}', encoding="utf-8")


@pytest.fixture(scope="module")
def companion(
    tmp_path_factory: pytest.TempPathFactory, example: preview_server.Served
) -> Iterator[Accompanied]:
    """A companion of the example show; its exit button leads to the example's first page."""
    folder = tmp_path_factory.mktemp("companion") / "companion"
    settle(folder, example.address)
    with companion_server.serve(folder, example.address) as running:
        yield running


@pytest.fixture(scope="module")
def code(companion: Accompanied) -> str:
    """A join code of it."""
    return companion.new_code()


@pytest.fixture
def arrive(
    browser: Browser, companion: Accompanied, example: preview_server.Served
) -> Iterator[Arrive]:
    """Return a function that brings a learner; nobody's browser may have asked anybody else."""
    arrived: list[tuple[BrowserContext, Learner]] = []

    def bring(*, script: bool = True, joined: bool = False) -> Learner:
        context = browser.new_context(java_script_enabled=script, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        if joined:
            admit(companion, context)
        learner = Learner(watch(context), companion.address, script)
        arrived.append((context, learner))
        return learner

    yield bring
    for context, learner in arrived:
        context.close()
        foreign = [
            address
            for _, address in learner.seen.asked
            if not address.startswith((companion.address, example.address))
        ]
        assert foreign == []
        assert complaints(learner.seen) == []
