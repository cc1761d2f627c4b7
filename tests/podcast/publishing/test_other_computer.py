"""A second computer with another encoder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.computers.other_computer import earmark, live_at, web
from tests.kit.published_shows import history, public
from tests.kit.shows import EPISODE, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


def test_a_clone_with_another_ffmpeg_encodes_nothing_and_moves_nothing(
    make_show: Callable[..., Path], tmp_path: Path
) -> None:
    show, site = make_show(0), tmp_path / "site"
    for number in (1, 2):
        folder = show / "episodes" / f"{number:02}-talk"
        folder.mkdir(parents=True)
        text = EPISODE.format(title=f"Talk {number}", number=number, day=number, audio="a.wav")
        (folder / "episode.md").write_text(text, "utf-8")
        sound(folder / "a.wav", 2 + number)
    shows.program("ffmpeg")  # Debian's; the other one is in a wheel
    with web(site) as address:
        live_at(show, address)
        assert "made even (" in earmark("build", show)
        earmark("publish", show, "--to", site)
        before = public(site)
        clone = tmp_path / "clone" / "show"
        shutil.copytree(show, clone, ignore=shutil.ignore_patterns(".earmark", "public"))
        said = earmark("build", clone, path="")
        assert said.count("downloaded as published: another encoder made it") == 2
        assert "made even (" not in said
        assert earmark("publish", clone, "--to", site, path="").startswith("Nothing to publish")
        assert public(site) == before
        assert len(history(show, site)) == 1
