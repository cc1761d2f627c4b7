"""SIGKILL while the recording is on its way and the build is not done; a line that drops."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from episodes.site_layout import MEDIA
from podcast.building import pipeline
from podcast.building.context import ProgressReport
from podcast.cache.build_record import read_record
from podcast.cache.store import CacheFolder
from podcast.publishing import session, unnamed_files
from tests.kit.computers.kill_publish import MOST, kill
from tests.kit.published_shows import built, public, publish, publish_early, settled
from tests.kit.servers import failing_proxy
from tests.kit.shows import NOW, add_episode

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.publishing.destination import Bucket

pytestmark = [pytest.mark.slow, pytest.mark.long(8)]


@pytest.mark.parametrize("change", ["kept", "deleted"])
def test_a_bucket_survives_a_kill_beside_the_build(
    show: Path, tone: Path, rclone_bucket: tuple[Bucket, Path], change: str
) -> None:
    bucket, site = rclone_bucket
    publish(show, bucket)
    for last in (0, 1, *range(2, MOST, 4)):
        folder = _add(show, tone, last)
        place = f"{bucket.name}/{bucket.prefix}"
        killed = kill(show, place, last, f"{bucket.endpoint}", "early")
        before = 2 if change == "deleted" else len(list((show / "episodes").iterdir())) - 1
        titles = settled(site)
        assert len(titles) in {before, before + 1}, f"after change {last}"
        if last < 2:  # the recording is on its way or up, and the build is not done
            assert len(titles) == before
        if not killed:
            break
        if change == "deleted":
            shutil.rmtree(folder)
        publish(show, bucket)
        made = built(show) if change == "kept" else _without_killed(show)
        assert {name: public(site)[name] for name in made} == made
        assert _names_in(site / MEDIA) == _named(show, bucket)
    assert 15 < last < MOST - 1


def _without_killed(show: Path) -> dict[str, bytes]:
    """Return what the last build made: a killed one has left the recording that was deleted."""
    record = read_record(CacheFolder(show))
    assert record
    return {name: data for name, data in built(show).items() if name in record.outputs}


def _names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _named(show: Path, bucket: Bucket) -> set[str]:
    """Return the recordings that a recorded release names: no other one may be there."""
    opened = session.open_target(show, bucket, NOW, ProgressReport())
    newest = session.newest_release(opened)
    former = unnamed_files.former_releases(opened, newest)
    names = {name for each in former for name in each.files}
    return {name.removeprefix(MEDIA) for name in names if name.startswith(MEDIA)}


def _add(show: Path, tone: Path, number: int) -> Path:
    """Add an episode; it is not built yet."""
    day = f"date: 2026-10-{number % 28 + 1:02} 1{number // 28}:00"
    return add_episode(show, number + 3, tone, title=f"title: Added {number}", date=day)


def test_a_line_that_drops_beside_the_build_is_tried_again(
    show: Path, tone: Path, broken: tuple[Bucket, failing_proxy.Network]
) -> None:
    bucket, network = broken
    publish(show, bucket)
    _add(show, tone, 0)
    network.fail(failing_proxy.CUT, "PUT", MEDIA, times=6)
    network.seen.clear()
    assert publish_early(show, bucket).done
    puts = [path for verb, path in network.seen if verb == "PUT" and MEDIA in path]
    assert len(puts) == 7
    assert not publish(show, bucket).plan


def test_a_recording_goes_up_once(
    show: Path, tone: Path, broken: tuple[Bucket, failing_proxy.Network]
) -> None:
    bucket, network = broken
    publish(show, bucket)
    _add(show, tone, 0)
    network.seen.clear()
    assert publish_early(show, bucket).done
    paths = [path.partition("?")[0] for verb, path in network.seen if verb == "PUT"]
    assert [path for path in paths if MEDIA in path] == [path for path in paths if MEDIA in path][
        :1
    ]
    assert not pipeline.build(show, now=NOW).written
