"""What the tests with clients share: the example on a server, and a show that uses every key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podcast.building import pipeline
from tests.kit import full_show
from tests.kit.servers import preview_server
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path) -> Path:
    """The folder of a built show in which every key is used; nobody changes it."""
    folder = tmp_path_factory.mktemp("full") / "show"
    full_show.write(folder, tone, cover)
    pipeline.build(folder, now=NOW)
    return folder


@pytest.fixture
def growing(tmp_path: Path, tone: Path, cover: Path) -> Iterator[preview_server.Served]:
    """A show of short episodes, served by `earmark preview`, to be changed while it is."""
    folder = tmp_path / "growing"
    full_show.write(folder, tone, cover)
    shutil.rmtree(folder / "episodes" / "04-talk")
    with preview_server.serve("preview", folder) as served:
        yield served
