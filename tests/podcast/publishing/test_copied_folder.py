"""A show's folder that was copied, restored or synced: who one is does not travel in a file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from episodes.errors import EarmarkError
from podcast.building import pipeline
from podcast.cache import identity
from podcast.publishing import release, remote_lock
from podcast.publishing.publish import PublishOptions
from podcast.publishing.targets.folder import Folder
from podcast.show_folder import lockfile
from tests.kit.published_shows import edit, publish, whole
from tests.kit.shows import NOW

pytestmark = pytest.mark.slow  # each publishes a show more than once

OLDER = r"(was published from (another computer or folder|this folder) on .*add --take-over)"


@pytest.fixture
def site(show: Path) -> Path:
    """Where the show was published to."""
    publish(show, show.parent / "site")
    return show.parent / "site"


def withdraw(show: Path) -> None:
    edit(show, 1, "title: Talk A\n", "title: Talk A\nwithdrawn: 2026-11-01\n")


def copied(show: Path, name: str = "copy") -> Path:
    """Return a copy of all of a show, `.earmark` with it, which publishes to the same place."""
    return shutil.copytree(show, show.parent / name, symlinks=True)


def test_a_copy_does_not_undo_what_was_withdrawn_since(show: Path, site: Path) -> None:
    copy = copied(show)
    withdraw(show)
    publish(show, site)
    edit(copy, 2, "title: Talk B", "title: Talk C")
    with pytest.raises(EarmarkError, match=OLDER):
        publish(copy, site)
    with pytest.raises(EarmarkError, match=r"“Talk A” was withdrawn, .* add --restore"):
        publish(copy, site, PublishOptions(take_over=True))
    assert whole(site) == ["Talk B"]
    publish(copy, site, PublishOptions(take_over=True, restore=True))
    assert whole(site) == ["Talk C", "Talk A"]


def test_a_copy_does_not_undo_a_correction(show: Path, site: Path) -> None:
    copy = copied(show)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    with pytest.raises(EarmarkError, match=OLDER):
        publish(copy, site)
    assert whole(site) == ["Talk B", "Talk Z"]


def test_a_backup_in_the_place_of_the_folder_is_older_too(show: Path, site: Path) -> None:
    backup = copied(show, "backup")
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    shutil.rmtree(show)
    backup.rename(show)
    edit(show, 2, "title: Talk B", "title: Talk C")
    with pytest.raises(EarmarkError, match=r"from this folder on .*from a backup or a sync"):
        publish(show, site)


def test_a_copy_or_a_renamed_folder_with_the_newest_files_publishes_on(
    show: Path, site: Path
) -> None:
    copy = copied(show)
    edit(copy, 1, "title: Talk A", "title: Talk Y")
    publish(copy, site)
    assert whole(site) == ["Talk B", "Talk Y"]
    moved = copy.rename(show.parent / "renamed")
    edit(moved, 1, "title: Talk Y", "title: Talk X")
    publish(moved, site)
    assert whole(site) == ["Talk B", "Talk X"]


def test_a_folder_that_was_moved_knows_its_releases_by_another_way_to_the_place(
    show: Path, site: Path
) -> None:
    (show.parent / "years" / "2026").mkdir(parents=True)
    moved = show.rename(show.parent / "years" / "2026" / "show")
    edit(moved, 1, "title: Talk A", "title: Talk Y")
    publish(moved, site)
    assert whole(site) == ["Talk B", "Talk Y"]


def test_a_clone_without_memory_publishes_on_with_the_lock_file_alone(
    show: Path, site: Path
) -> None:
    clone = show.parent / "clone"
    shutil.copytree(show, clone, ignore=shutil.ignore_patterns(".earmark", "public"))
    edit(clone, 1, "title: Talk A", "title: Talk Y")
    publish(clone, site)
    assert whole(site) == ["Talk B", "Talk Y"]


def test_a_copy_does_not_take_the_lock_of_another_for_its_own(show: Path, site: Path) -> None:
    copy = copied(show)
    edit(copy, 1, "title: Talk A", "title: Talk Y")
    with (
        remote_lock.hold_lock(Folder(site), identity.name_of(show), NOW),
        pytest.raises(remote_lock.BusyError),
    ):
        publish(copy, site)


def test_a_publish_that_was_killed_at_its_last_step_is_gone_on_with(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lockfile, "remember_release", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(show, site)
    edit(show, 1, "title: Talk Z", "title: Talk Y")
    publish(show, site)
    assert whole(site) == ["Talk B", "Talk Y"]


def test_a_forged_intent_is_not_believed(show: Path, site: Path) -> None:
    copy = copied(show)
    edit(show, 1, "title: Talk A", "title: Talk Z")
    publish(show, site)
    newest = release.parse((site / release.CURRENT).read_bytes(), "site").line.id
    code = '{"code": "1", "place": "../site", "release": "' + newest + '"}'
    (copy / ".earmark" / "intent.json").write_text(code, "utf-8")
    with pytest.raises(EarmarkError, match=OLDER):
        publish(copy, site)


def test_a_lock_without_words_is_soon_nobodys(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(show, 1, "title: Talk A", "title: Talk Z")
    (site / release.LOCK).write_bytes(b"")
    with pytest.raises(remote_lock.BusyError):
        publish(show, site)
    monkeypatch.setattr(Folder, "age", lambda *_: remote_lock.EVERY + 1.0)
    publish(show, site)
    assert whole(site) == ["Talk B", "Talk Z"]


def test_a_dry_run_removes_nothing(show: Path, site: Path) -> None:
    half = site / "media" / ".01-talk-0.mp3.part"
    half.write_bytes(b"half")
    edit(show, 1, "title: Talk A", "title: Talk Z")
    pipeline.build(show, now=NOW)
    publish(show, site, PublishOptions(dry_run=True))
    assert half.exists()
