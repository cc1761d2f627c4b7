"""SIGKILL while something is withdrawn: the feed stays whole, the next run takes the rest away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from podcast.building import pipeline
from tests.kit.computers.kill_publish import MOST, kill
from tests.kit.published_shows import built, edit, public, publish, rollback, settled, whole
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.publishing.destination import Bucket

pytestmark = [pytest.mark.slow, pytest.mark.long(9)]


def test_a_withdrawal_is_gone_on_with_wherever_it_was_killed(show: Path, tmp_path: Path) -> None:
    _published_and_taken_back(show, tmp_path / "site")
    for last in range(1, MOST):
        mine, site = tmp_path / f"{last}" / "show", tmp_path / f"{last}" / "site"
        shutil.copytree(show, mine)
        shutil.copytree(tmp_path / "site", site)
        killed = kill(mine, str(site), last)
        assert whole(site) in (["Talk B", "Talk Z"], ["Talk B"]), f"after change {last}"
        if not killed:
            break
        publish(mine, site)
        _gone(mine, site)
        shutil.rmtree(tmp_path / f"{last}")
    assert 15 < last < MOST - 1


def test_a_withdrawal_from_a_bucket_is_gone_on_with_wherever_it_was_killed(
    show: Path, tmp_path: Path, rclone_bucket: tuple[Bucket, Path]
) -> None:
    bucket, site = rclone_bucket
    for last in range(3, MOST, 5):
        mine = tmp_path / f"{last}"
        shutil.copytree(show, mine)
        place = bucket._replace(prefix=f"night{last}/")
        where = site.with_name(f"night{last}")
        _published_and_taken_back(mine, place)
        killed = kill(mine, f"{place.name}/{place.prefix}", last, f"{place.endpoint}")
        assert settled(where) in (["Talk B", "Talk Z"], ["Talk B"]), f"after change {last}"
        if not killed:
            break
        publish(mine, place)
        _gone(mine, where)
    assert 15 < last < MOST - 1


def _published_and_taken_back(show: Path, place: Path | Bucket) -> None:
    publish(show, place)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, place)
    edit(show, 1, "number: 1", "number: 1\nwithdrawn: 2026-11-01")
    pipeline.build(show, now=NOW)


def _gone(show: Path, site: Path) -> None:
    """Nothing of the first episode is there but its page, and no rollback brings it back."""
    assert public(site) == built(show)
    records = {path.parent.name for path in (site / ".published").rglob("*") if path.is_file()}
    assert records == {".published"}
    with pytest.raises(EarmarkError, match="withdrawn"):
        rollback(show, site)
