"""What tests share."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from episodes.pictures import artwork
from podcast.building import pipeline
from tests.kit import shared_work, shows
from tests.kit.chromium import CHROMIUM
from tests.kit.servers import preview_server
from tests.kit.shows import NOW, SHOW, add_episode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

# How long an example takes says how busy the computer is. In CI nothing is left to chance: what was
# seen to pass there passes again.
IN_CI = "CI" in os.environ or "EARMARK_NOTHING_SKIPPED" in os.environ
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=IN_CI,
)
settings.load_profile("unhurried")
shared_work.compile_templates_once()
shared_work.compile_routes_once()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long value by its size: what it holds may differ each time, as a date inside gzip.

    Workers that collect other names than each other run no test at all.
    """
    if isinstance(val, str | bytes) and len(val) > 60:
        return f"{argname}-{len(val)}"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, the longest of all first: no core waits at the end."""

    def place(item: pytest.Item) -> float:
        marker = item.get_closest_marker("long")
        return marker.args[0] if marker else float("inf")

    items.sort(key=place)


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished MP3 of three seconds that fits: -19 LUFS, mono, 96 kbit/s."""
    path = shows.tone(tmp_path_factory.mktemp("tone") / "tone.mp3")
    shared_work.measure_once(path)
    return path


@pytest.fixture(scope="session")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cover that directories accept."""
    path = tmp_path_factory.mktemp("cover") / "cover.jpg"
    artwork.draw_cover("Night shift", path)
    shared_work.prepare_once(path)
    return path


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Let what a build froze be collected after the test; elsewhere the process ends with it."""
    yield
    gc.unfreeze()


@pytest.fixture
def make_show(tmp_path: Path, tone: Path, cover: Path) -> Callable[..., Path]:
    """Return a function that makes a show with so many episodes, right in every way."""

    def make(episodes: int = 2, name: str = "show") -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "show.md").write_text(SHOW, encoding="utf-8")
        shutil.copy(cover, folder / "cover.jpg")
        for number in range(1, episodes + 1):
            add_episode(folder, number, tone)
        return folder

    return make


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path) -> Path:
    """A show of three episodes that was built once; nobody changes it."""
    show = tmp_path_factory.mktemp("built") / "show"
    show.mkdir()
    (show / "show.md").write_text(SHOW, encoding="utf-8")
    shutil.copy(cover, show / "cover.jpg")
    for number in (1, 2, 3):
        add_episode(show, number, tone)
    pipeline.build(show, now=NOW)
    return show


@pytest.fixture
def show(built: Path, tmp_path: Path) -> Path:
    """A copy of that show for one test, which may break it."""
    return shutil.copytree(built, tmp_path / "show", symlinks=True)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[preview_server.Served]:
    """The example show, served by `earmark demo`; nobody changes it."""
    with preview_server.serve("demo", tmp_path_factory.mktemp("example") / "demo") as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        shows.missing("playwright is not installed")
    program = shows.program("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield started
        started.close()
