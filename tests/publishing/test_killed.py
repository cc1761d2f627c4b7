"""SIGKILL after every single change at the target: the feed stays whole, the next run goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from making import NOW, ROOT, add_episode
from releasing import built, edit, history, public, publish, rollback, whole

from episodes.findings import EarmarkError
from podcast import pipeline

if TYPE_CHECKING:
    from podcast.publishing.settings import Bucket

pytestmark = pytest.mark.slow
OLD, NEW = ["Talk B", "Talk A"], ["Talk C", "Talk B", "Talk Z"]
MOST = 60  # changes that this publish makes, and some more


def _change(show: Path, tone: Path) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")
    add_episode(show, 3, tone)
    pipeline.build(show, now=NOW)


def _kill(show: Path, place: str, last: int, endpoint: str = "") -> bool:
    """Publish in a process that dies after so many changes; say whether it did."""
    call = [sys.executable, str(ROOT / "tests" / "stopped.py"), str(show), place, str(last)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        call + ([endpoint] if endpoint else []), env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode != 0


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
        killed = _kill(mine, str(site), last)
        _alive(site, mine, last)
        if not killed:
            break
        publish(mine, site)
        assert {name: public(site)[name] for name in built(mine)} == built(mine)
        rollback(mine, site)
        assert {name: public(site)[name] for name in first} == first
        shutil.rmtree(tmp_path / f"{last}")
    assert 15 < last < MOST - 1


def test_a_bucket_survives_a_kill_after_every_change(
    show: Path, tone: Path, rclone_bucket: tuple[Bucket, Path]
) -> None:
    bucket, site = rclone_bucket
    publish(show, bucket)
    assert bucket.endpoint
    for last in range(1, MOST):
        _change_again(show, tone, last)
        place = f"{bucket.name}/{bucket.prefix}"
        killed = _kill(show, place, last, bucket.endpoint)
        titles = whole(site)
        assert len(titles) in {last + 1, last + 2}, f"after change {last}"
        if not killed:
            break
        publish(show, bucket)
        assert {name: public(site)[name] for name in built(show)} == built(show)
    assert 15 < last < MOST - 1
    assert len(history(show, bucket)) == last + 1


def test_a_withdrawal_is_gone_on_with_wherever_it_was_killed(show: Path, tmp_path: Path) -> None:
    _published_and_taken_back(show, tmp_path / "site")
    for last in range(1, MOST):
        mine, site = tmp_path / f"{last}" / "show", tmp_path / f"{last}" / "site"
        shutil.copytree(show, mine)
        shutil.copytree(tmp_path / "site", site)
        killed = _kill(mine, str(site), last)
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
        killed = _kill(mine, f"{place.name}/{place.prefix}", last, f"{place.endpoint}")
        assert whole(where) in (["Talk B", "Talk Z"], ["Talk B"]), f"after change {last}"
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


def _change_again(show: Path, tone: Path, number: int) -> None:
    """Correct the first episode, and add one more."""
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8") + f"\nOnce more: {number}.\n", "utf-8")
    day = f"date: 2026-10-{number % 28 + 1:02} 1{number // 28}:00"
    add_episode(show, number + 2, tone, title=f"title: Added {number} times", date=day)
    pipeline.build(show, now=NOW)
