"""SIGKILL after every single change in a bucket: the feed stays whole, the next run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.building import pipeline
from tests.kit.computers.kill_publish import MOST, kill
from tests.kit.published_shows import built, history, public, publish, settled
from tests.kit.shows import NOW, add_episode

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.publishing.destination import Bucket

pytestmark = [pytest.mark.slow, pytest.mark.long(8)]


def test_a_bucket_survives_a_kill_after_every_change(
    show: Path, tone: Path, rclone_bucket: tuple[Bucket, Path]
) -> None:
    bucket, site = rclone_bucket
    publish(show, bucket)
    assert bucket.endpoint
    for last in range(1, MOST):
        _change_again(show, tone, last)
        place = f"{bucket.name}/{bucket.prefix}"
        killed = kill(show, place, last, bucket.endpoint)
        titles = settled(site)
        assert len(titles) in {last + 1, last + 2}, f"after change {last}"
        if not killed:
            break
        publish(show, bucket)
        assert {name: public(site)[name] for name in built(show)} == built(show)
    assert 15 < last < MOST - 1
    assert len(history(show, bucket)) == last + 1


def _change_again(show: Path, tone: Path, number: int) -> None:
    """Correct the first episode, and add one more."""
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8") + f"\nOnce more: {number}.\n", "utf-8")
    day = f"date: 2026-10-{number % 28 + 1:02} 1{number // 28}:00"
    add_episode(show, number + 2, tone, title=f"title: Added {number} times", date=day)
    pipeline.build(show, now=NOW)
