"""SIGKILL after every single change in a folder: the feed stays whole, the next run goes on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from podcast.building import pipeline
from tests.kit.computers.kill_publish import MOST, kill
from tests.kit.published_shows import built, edit, public, publish, rollback, whole
from tests.kit.shows import NOW, add_episode

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.long(7)]
OLD, NEW = ["Talk B", "Talk A"], ["Talk C", "Talk B", "Talk Z"]


def _change(show: Path, tone: Path) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")
    add_episode(show, 3, tone)
    pipeline.build(show, now=NOW)


def _alive(site: Path, show: Path, last: int) -> None:
    """Old or new, the feed is whole, and the pages are those of one or the other."""
    assert whole(site) in (OLD, NEW), f"after change {last}"
    assert show.exists()


def test_a_folder_survives_a_kill_after_every_change(
    show: Path, tone: Path, tmp_path: Path
) -> None:
    publish(show, tmp_path / "site")
    first = public(tmp_path / "site")
    _change(show, tone)
    for last in range(1, MOST):
        mine, site = tmp_path / f"{last}" / "show", tmp_path / f"{last}" / "site"
        shutil.copytree(show, mine)
        shutil.copytree(tmp_path / "site", site)
        killed = kill(mine, str(site), last)
        _alive(site, mine, last)
        if not killed:
            break
        publish(mine, site)
        assert {name: public(site)[name] for name in built(mine)} == built(mine)
        rollback(mine, site)
        assert {name: public(site)[name] for name in first} == first
        shutil.rmtree(tmp_path / f"{last}")
    assert 15 < last < MOST - 1
