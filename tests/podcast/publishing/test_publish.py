"""A show is published, corrected, rolled back and pruned; two computers do not undo each other."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from podcast.building import pipeline
from podcast.publishing import checksums, release, remote_lock
from podcast.publishing.publish import PublishOptions, UndoneError
from podcast.publishing.targets import folder
from podcast.show_folder import lockfile
from tests.kit.published_shows import built, edit, history, public, publish, rollback, whole
from tests.kit.shows import NOW, add_episode

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_an_empty_place_becomes_the_show(show: Path, site: Path) -> None:
    done = publish(show, site)
    assert done.done
    assert public(site) == built(show)
    assert whole(site) == ["Talk B", "Talk A"]
    assert done.said == ["New episode: Talk A", "New episode: Talk B"]


def test_publishing_again_moves_nothing(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    before = _times(site)
    monkeypatch.setattr(folder.Folder, "digest", None)  # nor is anything read again
    done = publish(show, site)
    assert not done.done
    assert not done.plan
    assert _times(site) == before


def _times(folder: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_a_dry_run_writes_nothing(show: Path, site: Path) -> None:
    done = publish(show, site, PublishOptions(dry_run=True))
    assert not done.done
    assert len(done.plan.puts) == len(built(show))
    assert not site.exists()


def test_a_correction_moves_what_changed_and_nothing_else(show: Path, site: Path) -> None:
    publish(show, site)
    edit(show, 1, "Some *notes*.", "Corrected *notes*.")
    done = publish(show, site)
    assert {put.name for put in done.plan.puts} == {
        "episodes/01-talk.html", "catalogue.json", "feed.xml",
    }  # fmt: skip
    assert done.said == ["Corrected: Talk A; show notes or page"]
    assert public(site) == built(show)


def test_a_rollback_brings_back_every_byte_and_can_be_rolled_back_further(
    show: Path, site: Path
) -> None:
    publish(show, site)
    first = public(site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    second = public(site)
    edit(show, 2, "Some *notes*.", "Other *notes*.")
    publish(show, site)
    rollback(show, site)
    assert public(site)["feed.xml"] == second["feed.xml"]
    assert {name: public(site)[name] for name in second} == second
    rollback(show, site)
    assert {name: public(site)[name] for name in first} == first
    assert whole(site) == ["Talk B", "Talk A"]
    with pytest.raises(EarmarkError, match="no release before this one"):
        rollback(show, site)


def test_history_tells_what_happened_newest_first(show: Path, site: Path) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site, now=NOW + timedelta(hours=1))
    rollback(show, site)
    lines = history(show, site)
    assert [line.what for line in lines] == ["rolled back", "published", "published"]
    assert lines[0].back == lines[2].id
    assert "New title: Talk Z (was: Talk A)" in lines[1].said


def test_a_named_release_is_brought_back(show: Path, site: Path) -> None:
    publish(show, site)
    first = public(site)
    for number in (1, 2):
        edit(show, number, "Some *notes*.", "New *notes*.")
        publish(show, site, now=NOW + timedelta(hours=number))
    rollback(show, site, history(show, site)[-1].id)
    assert {name: public(site)[name] for name in first} == first
    with pytest.raises(EarmarkError, match="no release nonsense"):
        rollback(show, site, "nonsense")


def test_what_was_rolled_back_is_not_published_again_by_itself(show: Path, site: Path) -> None:
    publish(show, site)
    edit(show, 1, "Some *notes*.", "Wrong *notes*.")
    publish(show, site)
    rollback(show, site)
    with pytest.raises(UndoneError):
        publish(show, site)
    publish(show, site, PublishOptions(again=True))
    assert public(site) == built(show)


def test_a_place_where_nothing_was_published_has_nothing_to_roll_back(
    show: Path, site: Path
) -> None:
    pipeline.build(show, now=NOW)
    with pytest.raises(EarmarkError, match="nothing was published"):
        rollback(show, site)


def test_what_another_computer_published_is_not_replaced_unless_told(
    show: Path, site: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(show, other)
    publish(show, site)
    edit(other, 1, "title: Talk A", "title: Another")
    with pytest.raises(EarmarkError, match=r"from another computer or folder on 01 November 2026"):
        publish(other, site)
    assert whole(site) == ["Talk B", "Talk A"]
    publish(other, site, PublishOptions(take_over=True))
    assert whole(site) == ["Talk B", "Another"]
    edit(show, 1, "title: Talk A", "title: Mine")
    with pytest.raises(EarmarkError, match="from another computer"):
        publish(show, site)


def test_another_computer_with_the_lock_file_publishes_on(
    show: Path, site: Path, tmp_path: Path
) -> None:
    publish(show, site)
    other = tmp_path / "elsewhere" / "show"  # the same place from there
    shutil.copytree(show, other, ignore=shutil.ignore_patterns(".earmark", "public"))
    known = lockfile.read(other).published
    edit(other, 1, "title: Talk A", "title: Another")
    lockfile.remember_release(other, "../../site", known["../site"])
    publish(other, site)
    assert whole(site) == ["Talk B", "Another"]


def test_a_second_lead_is_told_since_when_somebody_publishes(show: Path, site: Path) -> None:
    pipeline.build(show, now=NOW)
    with (
        remote_lock.hold_lock(folder.Folder(site), "another", NOW),
        pytest.raises(
            remote_lock.BusyError, match=r"is publishing there since 01 November, 12:00 UTC"
        ),
    ):
        publish(show, site)
    publish(show, site)


def test_a_lock_that_was_left_behind_is_forgotten_after_its_time(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.Folder(site).create(release.LOCK, b'{"by": "another"}')
    monkeypatch.setattr(folder.Folder, "age", lambda *_: remote_lock.LEASE + 1.0)
    publish(show, site)
    assert release.LOCK not in folder.Folder(site).listing()


def test_one_folder_publishes_once_at_a_time(show: Path, site: Path) -> None:
    publish(show, site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    pipeline.build(show, now=NOW)
    results: list[str] = []

    def run() -> None:
        try:
            results.append(f"done {publish(show, site).done}")
        except EarmarkError as error:
            results.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("done True") == 1
    assert whole(site) == ["Talk B", "Talk Z"]


def test_pruning_deletes_only_what_no_feed_of_thirty_days_named(show: Path, site: Path) -> None:
    publish(show, site)
    first = set(public(site))
    (site / "robots.txt").write_text("mine", "utf-8")
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site, PublishOptions(prune=True), NOW + timedelta(days=1))
    assert first < set(public(site))
    edit(show, 2, "Some *notes*.", "New *notes*.")
    publish(show, site, PublishOptions(prune=True), NOW + timedelta(days=40))
    assert set(public(site)) == {*built(show), "robots.txt"}
    assert first - set(public(site))
    assert whole(site) == ["Talk B", "Talk Z"]


def test_what_was_pruned_cannot_be_rolled_back_to_and_nothing_is_harmed(
    show: Path, site: Path
) -> None:
    publish(show, site)
    oldest = history(show, site)[0].id
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site, now=NOW + timedelta(days=1))
    edit(show, 2, "Some *notes*.", "New *notes*.")
    publish(show, site, PublishOptions(prune=True), NOW + timedelta(days=40))
    before = public(site)
    with pytest.raises(EarmarkError, match="was pruned"):
        rollback(show, site, oldest)
    assert public(site) == before


def test_a_file_that_somebody_removed_there_is_put_back(show: Path, site: Path) -> None:
    publish(show, site)
    next((site / "media").glob("01-*")).unlink()
    (site / "index.html").write_bytes(b"somebody else's page")
    done = publish(show, site)
    assert len(done.plan.fresh) == 1
    assert public(site) == built(show)


def test_a_recording_that_a_power_cut_damaged_is_not_published(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build(show, now=NOW)
    media = next((show / "public" / "media").glob("01-*"))
    was = media.stat()
    media.write_bytes(bytes(was.st_size))
    monkeypatch.setattr(checksums, "boot_time", lambda: was.st_mtime_ns + 1)  # after a power cut
    os.utime(media, ns=(was.st_atime_ns, was.st_mtime_ns))
    with pytest.raises(
        EarmarkError, match="damaged after it was built; run `earmark build --verify"
    ):
        publish(show, site)
    assert not site.exists()


def test_the_built_folder_itself_is_no_place_to_publish_to(show: Path) -> None:
    with pytest.raises(EarmarkError, match="is where the show is built"):
        publish(show, show / "public")


def test_a_new_episode_is_added_to_what_is_there(
    make_show: Callable[..., Path], site: Path, tone: Path
) -> None:
    show = make_show(1)
    publish(show, site)
    add_episode(show, 2, tone)
    done = publish(show, site)
    assert done.said[0] == "New episode: Talk B"
    assert not any("Gone" in said for said in done.said)
    assert whole(site) == ["Talk B", "Talk A"]


def test_a_full_disk_leaves_the_old_feed_whole(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    before = public(site)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    pipeline.build(show, now=NOW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(site))

    with monkeypatch.context() as patch:
        patch.setattr(folder, "settle", full)
        with pytest.raises(EarmarkError, match="No space left on device"):
            publish(show, site)
    assert public(site) == before
    publish(show, site)
    assert public(site) == before | built(show)
