"""What was withdrawn leaves the target, comes back by no rollback, and is gone for good."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from episodes.errors import EarmarkError
from podcast.building import pipeline
from podcast.cli import main
from podcast.publishing import release, withdrawn_files
from podcast.publishing.publish import PublishOptions
from podcast.publishing.release import CURRENT
from podcast.publishing.targets import folder
from podcast.show_folder import lockfile
from tests.kit.published_shows import (
    ADDRESS,
    built,
    edit,
    history,
    public,
    publish,
    rollback,
    whole,
)
from tests.kit.shows import AT, NOW, add_episode, leave_there

if TYPE_CHECKING:
    from podcast.publishing.destination import Bucket

SAID = "Some *notes*."
KIND = "episodes/01-talk.html"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def take_back(show: Path, number: int = 1) -> None:
    edit(show, number, f"number: {number}", f"number: {number}\nwithdrawn: 2026-11-01")


def give_back(show: Path, number: int = 1) -> None:
    edit(show, number, "\nwithdrawn: 2026-11-01", "")


def traces_in(site: Path) -> list[str]:
    """Return every file with a word of the first episode, records included."""
    found = [path for path in site.rglob("*") if path.is_file()]
    names = (path.relative_to(site).as_posix() for path in found)
    mine = {name for name in names if "01-talk" in name and name != KIND}
    words = {path.relative_to(site).as_posix() for path in found
             if b"What the 1. talk gives" in path.read_bytes()}  # fmt: skip
    return sorted(mine | words)


def corrected(show: Path, place: Bucket | Path) -> None:
    """Publish an episode and three corrections of it: its recording and its address change too."""
    publish(show, place)
    edit(show, 1, SAID, "Other notes.")
    publish(show, place)
    edit(show, 1, "title: Talk A", "title: Talk Z\nslug: talk-z")
    publish(show, place)
    edit(show, 1, "\nslug: talk-z", "")
    publish(show, place)


def test_everything_of_it_that_ever_was_there_is_deleted(show: Path, site: Path) -> None:
    corrected(show, site)
    assert len(list((site / "media").iterdir())) == 4
    take_back(show)
    done = publish(show, site)
    assert traces_in(site) == []
    assert [path.name[:2] for path in (site / "media").iterdir()] == ["02"]
    assert not list(site.rglob("*talk-z*"))
    assert public(site) == built(show)
    assert whole(site) == ["Talk B"]
    (said,) = done.said
    assert said.startswith("Withdrawn: Talk Z; removed from the feed, and its page says so.")
    records = {path.relative_to(site).as_posix() for path in (site / ".published").rglob("*.*")}
    assert records == {CURRENT}
    assert not list((site / ".published" / "kept").iterdir())


@pytest.mark.slow
def test_a_bucket_forgets_it_too(show: Path, rclone_bucket: tuple[Bucket, Path]) -> None:
    bucket, site = rclone_bucket
    corrected(show, bucket)
    take_back(show)
    publish(show, bucket)
    assert traces_in(site) == []
    assert public(site) == built(show)
    done = publish(show, bucket)
    assert (done.done, bool(done.plan)) == (False, False)
    with pytest.raises(EarmarkError, match="withdrawn"):
        rollback(show, bucket)


def test_a_dry_run_says_it_and_deletes_nothing(show: Path, site: Path) -> None:
    publish(show, site)
    take_back(show)
    before = public(site)
    done = publish(show, site, PublishOptions(dry_run=True))
    assert len(withdrawn_files.public_names(done.plan.withdrawn)) == 5
    assert public(site) == before


def test_publishing_again_moves_nothing(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(show, site)
    take_back(show)
    publish(show, site)
    monkeypatch.setattr(folder.Folder, "digest", None)
    monkeypatch.setattr(folder.Folder, "delete", None)
    done = publish(show, site)
    assert (done.done, bool(done.plan)) == (False, False)
    assert len(history(show, site)) == 2


@pytest.mark.parametrize("to", [None, 0, 1])
def test_no_rollback_brings_it_back(show: Path, site: Path, to: int | None) -> None:
    publish(show, site)
    edit(show, 1, SAID, "Other notes.")
    publish(show, site)
    lines = history(show, site)
    take_back(show)
    publish(show, site)
    after = public(site)
    with pytest.raises(EarmarkError, match="withdrawn later, and would make it public"):
        rollback(show, site, None if to is None else lines[to].id)
    assert public(site) == after
    assert len(history(show, site)) == 3, "history keeps its lines"


def test_what_came_after_can_be_rolled_back_as_ever(show: Path, site: Path) -> None:
    publish(show, site)
    take_back(show)
    publish(show, site)
    first = public(site)
    edit(show, 2, SAID, "Other notes.")
    publish(show, site)
    second = public(site)
    edit(show, 2, "Other notes.", "Third notes.")
    publish(show, site)
    rollback(show, site)
    assert {name: public(site)[name] for name in second} == second
    rollback(show, site)
    assert {name: public(site)[name] for name in first} == first
    with pytest.raises(EarmarkError, match="withdrawn"):
        rollback(show, site)
    edit(show, 2, "Third notes.", "Fourth notes.")
    publish(show, site)
    assert public(site)[KIND] == first[KIND]
    assert traces_in(site) == []


def test_who_comes_back_is_no_new_episode_and_can_be_taken_back_again(
    show: Path, site: Path
) -> None:
    publish(show, site)
    before = public(site)
    take_back(show)
    publish(show, site)
    give_back(show)
    with pytest.raises(EarmarkError, match=r"“Talk A” was withdrawn, .* add --restore"):
        publish(show, site)
    assert whole(site) == ["Talk B"]
    done = publish(show, site, PublishOptions(restore=True))
    assert done.said == ["Back again: Talk A"]
    assert public(site) == before
    rollback(show, site)
    assert whole(site) == ["Talk B"]
    take_back(show)
    publish(show, site, PublishOptions(again=True))
    assert traces_in(site) == []
    with pytest.raises(EarmarkError, match="withdrawn"):
        rollback(show, site)


def test_deletions_that_were_cut_off_are_gone_on_with_although_nothing_changed(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(show, site)
    take_back(show)
    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "delete", _only_the_lock)
        publish(show, site)
    assert traces_in(site)
    assert public(site)["feed.xml"] == built(show)["feed.xml"]
    lines = history(show, site)
    done = publish(show, site)
    assert done.done
    assert traces_in(site) == []
    assert history(show, site) == lines, "it is the same release"


def test_deletions_that_were_cut_off_go_with_the_next_change(
    show: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(show, site)
    take_back(show)
    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "delete", _only_the_lock)
        publish(show, site)
    first = public(site)
    edit(show, 2, SAID, "Other notes.")
    publish(show, site)
    assert traces_in(site) == []
    rollback(show, site)
    assert public(site)["episodes/02-talk.html"] == first["episodes/02-talk.html"]


def _only_the_lock(self: folder.Folder, name: str) -> None:
    if name == release.LOCK:
        (self.root / name).unlink(missing_ok=True)


def test_an_old_record_that_was_deleted_by_hand_is_no_way_back(show: Path, site: Path) -> None:
    corrected(show, site)
    (site / CURRENT).unlink()
    take_back(show)
    publish(show, site)
    assert traces_in(site) == []


def test_another_computer_with_the_shows_files_takes_it_back_too(
    show: Path, site: Path, tmp_path: Path
) -> None:
    publish(show, site)
    other = tmp_path / "other"
    show.rename(other)
    for name in (".earmark", "public"):
        _remove(other / name)
    take_back(other)
    _remove(other / "episodes" / "01-talk" / "recording.mp3")
    publish(other, site)
    assert traces_in(site) == []


def _remove(path: Path) -> None:
    for each in sorted(path.rglob("*"), reverse=True):
        each.rmdir() if each.is_dir() else each.unlink()
    path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("fresh", [False, True])
def test_names_of_before_go_although_the_recording_lies_on_another_server(
    show: Path, site: Path, *, fresh: bool
) -> None:
    leave_there(show)
    edit(show, 1, "number: 1", 'number: 1\nchapters: [{start: "0:00", title: A}]')
    publish(show, site)
    (show / "episodes" / "01-talk").rename(show / "episodes" / "05-talk")
    publish(show, site)
    if fresh:  # another computer has only what is under version control
        for name in (".earmark", "public"):
            _remove(show / name)
    run("withdraw", "05-talk", "--yes", "--show", show)
    done = run("publish", show, "--to", site)
    assert [name for name in public(site) if "01-talk" in name] == []
    assert [name for name in public(site) if "05-talk" in name] == ["episodes/05-talk.html"]
    assert f"{ADDRESS}{KIND}" in done.stdout
    assert len(re.findall(rf"{ADDRESS}transcripts/01-talk-", done.stdout)) == 4


def test_files_of_others_and_of_other_episodes_stay(show: Path, site: Path, tone: Path) -> None:
    add_episode(show, 3, tone, title="title: Talk C\nslug: 01-talk-two")
    publish(show, site)
    strange = ["media/01-talk.mp3", "media/01-talk-old.mp3", "notes.txt", "art/01-talk.jpg"]
    for name in strange:
        (site / name).write_bytes(b"theirs")
    take_back(show)
    publish(show, site)
    assert all((site / name).exists() for name in strange)
    assert len(list((site / "transcripts").glob("01-talk-two-*"))) == 4


def test_what_was_never_out_bars_no_rollback(show: Path, site: Path, tone: Path) -> None:
    publish(show, site)
    add_episode(show, 3, tone, date="date: 2026-12-24")
    edit(show, 2, SAID, "Other notes.")
    take_back(show, 3)
    done = publish(show, site)
    assert done.said == ["Corrected: Talk B; show notes or page"]
    rollback(show, site)
    assert b"Other notes" not in public(site)["episodes/02-talk.html"]


def test_pruning_and_withdrawing_go_together(show: Path, site: Path) -> None:
    corrected(show, site)
    take_back(show)
    publish(show, site, PublishOptions(prune=True), NOW + timedelta(days=40))
    assert traces_in(site) == []
    assert public(site) == built(show)


def test_small_files_and_pictures_go_as_well(show: Path, site: Path) -> None:
    text = (show / "show.md").read_text("utf-8")
    (show / "show.md").write_text(text.replace("author:", "recordings: {small: true}\nauthor:"))
    picture = show / "episodes" / "01-talk" / "picture.jpg"
    picture.write_bytes((show / "cover.jpg").read_bytes())
    edit(show, 1, "number: 1", 'number: 1\npicture: picture.jpg\npicture_alt: "A face"')
    publish(show, site)
    assert len([name for name in public(site) if "01-talk" in name]) == 9
    take_back(show)
    picture.unlink()
    publish(show, site)
    assert [name for name in public(site) if "01-talk" in name] == [KIND]


def test_a_build_that_changed_nothing_still_knows_where_to_look(show: Path, site: Path) -> None:
    publish(show, site)
    take_back(show)
    first = pipeline.build(show, now=NOW)
    again = pipeline.build(show, now=NOW)
    assert first.withdrawn == again.withdrawn != ()
    assert again.written == 0


# In words


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_the_command_says_what_went_and_where_else_it_may_be(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    run("withdraw", "01-talk", "--show", show, "--yes")
    would = run("publish", show, "--to", site, "--dry-run")
    row = "  withdrawn   5 files deleted: 1 recording and 4 transcripts\n"
    assert row in would.stdout
    assert "Purge" not in would.stdout
    done = run("publish", show, "--to", site, "--quiet")  # a timer does it, and says it
    assert row in done.stdout
    listed = done.stdout.partition("Purge or delete them there:\n")[2].split()
    audio = lockfile.read(show).episodes["guid-1"].file
    assert ADDRESS + audio in listed
    assert listed[-1] == ADDRESS + KIND
    assert len(listed) == 6
    assert run("publish", show, "--to", site, "--quiet").output == ""
    back = run("rollback", show, "--to", site)
    assert (back.exit_code, back.output.count("\n")) == (1, 1)


def test_a_recording_on_another_server_is_said_to_stay_there(show: Path, site: Path) -> None:
    leave_there(show)
    (show / "episodes" / "01-talk" / "transcript.vtt").unlink()  # nothing of it has to be deleted
    said = f"Its recording stays at {AT} until you delete it there. Earmark cannot delete it."
    run("publish", show, "--to", site)
    assert said in run("withdraw", "01-talk", "--show", show).stdout, "before it is agreed to"
    run("withdraw", "01-talk", "--show", show, "--yes")
    assert said in run("publish", show, "--to", site).stdout
    assert AT not in run("publish", show, "--to", site).stdout


def test_earlier_releases_are_said_to_be_gone(show: Path, site: Path) -> None:
    run("publish", show, "--to", site)
    edit(show, 2, SAID, "Other notes.")
    run("publish", show, "--to", site)
    run("withdraw", "01-talk", "--show", show, "--yes")
    done = run("publish", show, "--to", site)
    assert "earlier releases deleted: you cannot roll back to them" in done.stdout
