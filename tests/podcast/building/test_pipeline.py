"""Building: what is made, when it is made again, and when nothing is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from episodes import lockfile
from episodes.audio import encode, ffmpeg
from podcast import parallel
from podcast.building import master, pipeline, published_copy, render
from podcast.building.master_job import Mastered, MasterJob
from tests.kit.shows import NOW, add_episode, sound

MakeShow = Callable[..., Path]


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder with the digest of its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def moments(folder: Path) -> dict[str, int]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in files}


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_good_show_has_no_findings(make_show: MakeShow) -> None:
    assert pipeline.check(make_show(), NOW) == []


def test_a_build_makes_feed_pages_catalogue_media_art_and_transcripts(make_show: MakeShow) -> None:
    built = pipeline.build(make_show(), now=NOW)
    names = tree(built.out)
    assert {"feed.xml", "index.html", "catalogue.json", "static/site.css"} <= set(names)
    for folder, count in (("media", 2), ("episodes", 2), ("transcripts", 8), ("art", 2)):
        assert sum(name.startswith(f"{folder}/") for name in names) == count, folder


def test_the_enclosure_has_the_length_of_the_published_file(make_show: MakeShow) -> None:
    built = pipeline.build(make_show(), now=NOW)
    catalogue = json.loads((built.out / "catalogue.json").read_bytes())
    for episode in catalogue["episodes"]:
        media = episode["media"]
        assert (built.out / media["file"]).stat().st_size == media["length"]
        assert f'length="{media["length"]}"' in (built.out / "feed.xml").read_text("utf-8")


def test_a_second_build_of_an_unchanged_show_writes_nothing(make_show: MakeShow) -> None:
    show = make_show()
    built = pipeline.build(show, now=NOW)
    assert built.written > 0
    before = moments(built.out)
    assert pipeline.build(show, now=NOW).written == 0
    assert moments(built.out) == before


def test_an_unchanged_show_is_recognised_without_opening_it(
    make_show: MakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    from podcast.building import steps

    monkeypatch.setattr(steps, "build", lambda *_: pytest.fail("it built again"))
    assert pipeline.build(show, now=NOW).episodes == 2


def test_the_same_source_gives_the_same_bytes_in_another_place(make_show: MakeShow) -> None:
    one = make_show(3, "one")
    two = one.parent / "elsewhere" / "two"
    shutil.copytree(one, two)
    assert tree(pipeline.build(one, now=NOW).out) == tree(pipeline.build(two, now=NOW).out)


@pytest.mark.slow
def test_an_encoding_gives_the_same_bytes_in_another_place(
    make_show: MakeShow, tmp_path: Path
) -> None:
    one = make_show(0, "one")
    add_episode(one, 1, sound(tmp_path / "quiet.wav", 2, volume=0.2))
    two = tmp_path / "two"
    shutil.copytree(one, two)
    first, second = pipeline.build(one, now=NOW), pipeline.build(two, now=NOW)
    assert "made even" in first.said[0][1]
    assert tree(first.out) == tree(second.out)


def test_a_change_of_notes_touches_its_page_and_the_feed_alone(make_show: MakeShow) -> None:
    show = make_show(4)
    out = pipeline.build(show, now=NOW).out
    before = moments(out)
    edit(show / "episodes/02-talk/episode.md", "Some *notes*.", "Other notes.")
    pipeline.build(show, now=NOW)
    changed = {name for name, when in moments(out).items() if before.get(name) != when}
    assert changed == {"episodes/02-talk.html", "feed.xml", "catalogue.json"}


def test_a_change_of_title_gives_a_new_file_of_the_same_audio(make_show: MakeShow) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    before = lockfile.parse((show / "earmark.lock").read_text("utf-8")).episodes["guid-1"]
    edit(show / "episodes/01-talk/episode.md", "title: Talk A", "title: Another name")
    out = pipeline.build(show, now=NOW).out
    after = lockfile.parse((show / "earmark.lock").read_text("utf-8")).episodes["guid-1"]
    assert after.file != before.file
    assert after.audio == before.audio
    assert after.former == (before.file,)
    assert not (out / before.file).exists(), "the built folder keeps only what the feed names"
    assert "Another name" in (out / "episodes/02-talk.html").read_text("utf-8")


def test_touching_a_file_changes_nothing(make_show: MakeShow) -> None:
    show = make_show()
    out = pipeline.build(show, now=NOW).out
    before = moments(out)
    os.utime(show / "episodes/01-talk/episode.md")
    assert pipeline.build(show, now=NOW).written == 0
    assert moments(out) == before


def test_a_removed_episode_leaves_the_built_folder(make_show: MakeShow) -> None:
    show = make_show(3)
    pipeline.build(show, now=NOW)
    shutil.rmtree(show / "episodes/02-talk")
    out = pipeline.build(show, now=NOW).out
    assert not [name for name in tree(out) if "02-talk" in name]


def test_files_that_the_build_did_not_make_are_left_alone(make_show: MakeShow) -> None:
    show = make_show()
    out = pipeline.build(show, now=NOW).out
    (out / "robots.txt").write_text("mine", encoding="utf-8")
    edit(show / "show.md", "Short talks", "Shorter talks")
    pipeline.build(show, now=NOW)
    assert (out / "robots.txt").read_text("utf-8") == "mine"


def test_a_future_episode_is_held_back_until_its_time(make_show: MakeShow) -> None:
    show = make_show(2)
    early = datetime(2026, 10, 1, 12, tzinfo=UTC)
    built = pipeline.build(show, now=early)
    assert built.episodes == 1
    assert built.coming == [("2026-10-02T06:00:00+00:00", "Talk B")]
    assert "Talk B" not in (built.out / "feed.xml").read_text("utf-8")
    assert pipeline.build(show, now=early + timedelta(hours=1)).coming == built.coming
    later = pipeline.build(show, now=early + timedelta(days=1))
    assert later.episodes == 2
    assert later.coming == []


def test_a_damaged_published_file_is_noticed_and_made_again(make_show: MakeShow) -> None:
    show = make_show()
    out = pipeline.build(show, now=NOW).out
    before = tree(out)
    media = next((out / "media").iterdir())
    media.write_bytes(media.read_bytes()[:-10])
    pipeline.build(show, now=NOW)
    assert tree(out) == before


def test_verify_finds_damage_that_keeps_size_and_time(make_show: MakeShow) -> None:
    show = make_show()
    out = pipeline.build(show, now=NOW).out
    before = tree(out)
    media = next((out / "media").iterdir())
    stat = media.stat()
    damaged = bytearray(media.read_bytes())
    damaged[-1] ^= 1
    media.write_bytes(damaged)
    os.utime(media, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert pipeline.build(show, now=NOW).written == 0
    pipeline.build(show, now=NOW, verify=True)
    assert tree(out) == before


def test_a_deleted_built_folder_is_made_again_without_encoding(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(0)
    add_episode(show, 1, sound(tmp_path / "quiet.wav", 2, volume=0.2))
    out = pipeline.build(show, now=NOW).out
    before = tree(out)
    shutil.rmtree(out)
    monkeypatch.setattr(encode, "encode", lambda *_: pytest.fail("it encoded again"))
    assert tree(pipeline.build(show, now=NOW).out) == before


def test_another_computer_fetches_what_was_published(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(0)
    add_episode(show, 1, sound(tmp_path / "quiet.wav", 2, volume=0.2))
    out = pipeline.build(show, now=NOW).out
    clone = tmp_path / "clone"
    shutil.copytree(show, clone, ignore=shutil.ignore_patterns(".earmark", "public"))

    def published(addresses: tuple[str, ...], file: str, target: Path) -> bool:
        assert addresses == ("https://podcast.example.org/night/",)
        shutil.copyfile(out / file, target)
        return True

    monkeypatch.setattr(published_copy, "published", published)
    monkeypatch.setattr(ffmpeg, "encoder", lambda *_: "another encoder")
    monkeypatch.setattr(encode, "encode", lambda *_: pytest.fail("it encoded again"))
    built = pipeline.build(clone, now=NOW)
    assert tree(built.out) == tree(out)
    assert "downloaded" in built.said[0][1]
    assert built.findings == []


@pytest.mark.slow
def test_a_fetched_file_with_other_audio_does_not_count(
    make_show: MakeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(0)
    add_episode(show, 1, sound(tmp_path / "quiet.wav", 2, volume=0.5))
    pipeline.build(show, now=NOW)
    clone = tmp_path / "clone"
    shutil.copytree(show, clone, ignore=shutil.ignore_patterns(".earmark", "public"))
    edit(clone / "earmark.lock", '"encoder": "', '"encoder": "old ')

    def published(_address: str, _file: str, target: Path) -> bool:
        target.write_bytes(b"something else")
        return True

    monkeypatch.setattr(published_copy, "published", published)
    built = pipeline.build(clone, now=NOW)
    assert "made even" in built.said[0][1], "it was encoded here, not fetched"
    assert built.findings == [], "the same encoder under another name gives the same bytes"


def test_an_interrupted_build_goes_on_where_it_stopped(
    make_show: MakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(3)
    real = master.master
    done = threading.Event()

    def interrupted(job: MasterJob) -> Mastered:
        if job.episode.slug == "01-talk":
            result = real(job)
            threading.Timer(0.1, done.set).start()
            return result
        done.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(master, "master", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pipeline.build(show, now=NOW)
    assert not list(show.rglob("*.part"))
    assert not (show / "public" / "feed.xml").exists()
    monkeypatch.setattr(master, "master", real)
    built = pipeline.build(show, now=NOW)
    assert built.episodes == 3
    assert len(built.said) == 2, "what was done before is not done again"


def test_a_build_that_dies_while_rendering_leaves_the_old_feed(
    make_show: MakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show()
    out = pipeline.build(show, now=NOW).out
    feed = (out / "feed.xml").read_bytes()
    named = json.loads((out / "catalogue.json").read_bytes())["episodes"]
    edit(show / "episodes/01-talk/episode.md", "title: Talk A", "title: Another name")
    monkeypatch.setattr(render, "_render", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        pipeline.build(show, now=NOW)
    assert (out / "feed.xml").read_bytes() == feed
    for episode in named:
        assert (out / episode["media"]["file"]).exists(), "what the old feed announces is there"


def test_the_recording_is_never_written_to(make_show: MakeShow) -> None:
    show = make_show()
    recordings = sorted(show.rglob("recording.mp3"))
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in recordings]
    for path in recordings:
        path.chmod(0o444)
    pipeline.build(show, now=NOW)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in recordings] == before


def test_the_address_of_the_preview_stands_in_for_a_missing_one(make_show: MakeShow) -> None:
    show = make_show()
    edit(show / "show.md", "address: https://podcast.example.org/night/\n", "")
    edit(show / "show.md", "guid: 5b6d2b6c-4c2c-5f38-9f39-6d9bb4b8e1d2\n", "")
    assert [f.key for f in pipeline.check(show, NOW)] == ["address"]
    built = pipeline.build(show, now=NOW, address="https://podcast.invalid/")
    assert built.episodes == 2


def test_many_episodes_are_read_on_every_core_and_come_out_the_same(
    make_show: MakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make_show(9)
    edit(show / "show.md", "licence:", "recordings: {finished: true}\nlicence:")
    alone = tree(pipeline.build(show, now=NOW).out)
    shutil.rmtree(show / "public")
    shutil.rmtree(show / ".earmark")
    monkeypatch.setattr(parallel, "MANY", 2)
    monkeypatch.setattr(parallel, "workers", lambda: 3)
    assert tree(pipeline.build(show, now=NOW).out) == alone
