"""What the fuzzer found, each as it was mended; and some of its hostile shows."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from episodes.errors import SourceError
from episodes.rules import finding
from podcast.building import pipeline
from podcast.cache.probes import AudioProbe
from podcast.cache.store import CacheFolder
from podcast.cli import main
from podcast.publishing import checksums
from tests.fuzz.forgeries import parse_rows, written_rows
from tests.kit.shows import NOW, ROOT

SEED = int(os.environ.get("EARMARK_FUZZ_SEED", "20261101"))


@pytest.mark.slow
def test_hostile_shows_give_findings_and_change_nothing_else(tmp_path: Path) -> None:
    """In a process of its own, as `make fuzz` runs it: what ran here before has no part in it."""
    call = [sys.executable, "-m", "tests.fuzz.fuzz", "--shows", "300"]
    call += ["--seed", str(SEED), "--kept", str(tmp_path / "kept")]
    done = subprocess.run(
        call,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert f"300 hostile shows of seed {SEED}: 0 finds, " in done.stdout, said
    assert done.returncode == 0, said
    assert not (tmp_path / "kept").exists(), said


@pytest.mark.parametrize("name", ["earmark.lock", ".earmark/build.json", "public/feed.xml"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    make_show: Callable[..., Path], name: str
) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    (show / name).unlink()
    os.mkfifo(show / name)
    said = pipeline.check(show, NOW)
    damaged = finding("lock-file", "earmark.lock", "", "is damaged")
    assert said == ([damaged] if name == "earmark.lock" else [])


@pytest.mark.parametrize("name", [".earmark", ".earmark/art", ".earmark/audio"])
def test_nothing_is_remembered_behind_a_link(make_show: Callable[..., Path], name: str) -> None:
    show = make_show()
    outside = show.parent / "outside"
    outside.mkdir()
    (show / name).parent.mkdir(exist_ok=True)
    (show / name).symlink_to(outside)
    with pytest.raises(SourceError) as error:
        pipeline.check(show, NOW)
    assert [(each.path, each.rule) for each in error.value.findings] == [(name, "file-outside")]
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("wrong", [{}, [1], None, "long", float("inf")])
def test_what_is_remembered_of_a_recording_is_of_its_kind(wrong: object) -> None:
    right = [[1, 2, 3], ["mp3", 3.5, 96_000, 44_100, 1, True, [], True, 0.0, 1], "digest", {}]
    assert AudioProbe.load(right)
    for at in range(5):
        header: list[object] = [*right[1]]  # type: ignore[misc]
        header[at] = wrong if at else 5
        assert AudioProbe.load([right[0], header, "digest", {}]) is None


@pytest.mark.slow
@pytest.mark.parametrize("key", ["digest", "suffix", "width", "small_width"])
@pytest.mark.parametrize("value", [None, -1, 10**30, [], "/../../../../outside/cover.jpg"])
def test_what_is_remembered_of_a_picture_leads_nowhere_else(
    make_show: Callable[..., Path], key: str, value: object
) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    path = show / ".earmark" / "art.json"
    told = json.loads(path.read_bytes())
    told["pictures"]["cover.jpg"][key] = value
    path.write_text(json.dumps(told), encoding="utf-8")
    (show / "show.md").touch()  # so that what is remembered is asked for
    pipeline.build(show, now=NOW)
    assert pipeline.check(show, NOW) == []
    assert json.loads(path.read_bytes())["pictures"]["cover.jpg"][key] != value


@pytest.mark.parametrize("said", [5, [5], ["../outside.txt"], ["media/../../outside.txt"]])
def test_only_files_of_ours_are_removed_after_a_build_that_was_stopped(
    make_show: Callable[..., Path], said: object
) -> None:
    show = make_show()
    (show / "outside.txt").write_text("kept", encoding="utf-8")
    (show / ".earmark").mkdir()
    document = json.dumps({"code": "1", "files": said})
    (show / ".earmark" / "unfinished.json").write_text(document, encoding="utf-8")
    pipeline.build(show, now=NOW)
    assert (show / "outside.txt").is_file()


def test_a_source_of_support_without_a_way_to_it_is_printed_by_its_name(
    make_show: Callable[..., Path],
) -> None:
    show = make_show(1)
    text = (show / "show.md").read_text(encoding="utf-8")
    said = text.replace('    phone: "116 123"\n', "")
    (show / "show.md").write_text(said, encoding="utf-8")
    pipeline.build(show, now=NOW)
    page = (show / "public" / "episodes" / "01-talk.html").read_text(encoding="utf-8")
    assert "<strong>If you need support:</strong> Samaritans. More on the last page." in page


# What is remembered, forged --------------------------------------------------------------------


def forge(show: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    """Change what the last build remembers so that it fits together, and touch show.md."""
    memory = show / ".earmark"
    record, rows = ((memory / f"{name}.json").read_bytes() for name in FORGED)
    seen, known = json.loads(record), parse_rows(rows)
    change(seen, known)
    raw = written_rows(known)
    seen["digest"] = hashlib.sha256(raw).hexdigest()
    (memory / "episodes.json").write_bytes(raw)
    (memory / "build.json").write_text(json.dumps(seen), encoding="utf-8")
    (show / "show.md").touch()


FORGED = ("build", "episodes")
TALK = "episodes/01-talk"


@pytest.fixture
def packed(make_show: Callable[..., Path]) -> Path:
    """Return a show that was built, beside a file that nobody may touch."""
    show = make_show(1)
    pipeline.build(show, now=NOW)
    (show.parent / "secret.txt").write_text("secret", encoding="utf-8")
    return show


def published(show: Path) -> str:
    """Build and publish, and return all that lies at the target as text."""
    target = show.parent / "target"
    CliRunner().invoke(main, ["publish", str(show), "--to", str(target)])
    files = (each for each in target.rglob("*") if each.is_file())
    return "".join(each.read_bytes().decode("latin-1") for each in files)


@pytest.mark.parametrize("place", ["../../secret.txt", "media/../../../secret.txt"])
def test_a_forged_memory_deletes_and_publishes_nothing_outside(packed: Path, place: str) -> None:
    secret = packed.parent / "secret.txt"
    row = [secret.stat().st_size, secret.stat().st_mtime_ns]
    forge(packed, lambda seen, _: seen["outputs"].update({place: row}))
    assert "secret" not in published(packed)
    assert secret.read_text(encoding="utf-8") == "secret"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("slug", "../../../secret"),
        ("transcript_source", "../secret.txt"),
        ("transcript_source", f"{TALK}/../../../secret.txt"),
        ("recording", "../secret.txt"),
        ("transcripts", ["../../secret.txt"]),
        ("notes", "<script>alert(1)</script>"),
        ("published", "2026-01-01T00:00:00"),
    ],
)
def test_a_forged_episode_is_read_anew(packed: Path, key: str, value: object) -> None:
    before = (packed / "public" / "feed.xml").read_bytes()
    forge(packed, lambda _, known: known[TALK].update({key: value}))
    pipeline.build(packed, now=NOW)
    assert (packed / "public" / "feed.xml").read_bytes() == before
    assert (packed.parent / "secret.txt").read_text(encoding="utf-8") == "secret"


@pytest.mark.parametrize("folder", ["../outside", "episodes/none", ""])
def test_an_episode_without_a_folder_is_not_remembered(packed: Path, folder: str) -> None:
    forge(packed, lambda _, known: known.update({folder: known[TALK] | {"folder": folder}}))
    assert pipeline.build(packed, now=NOW).episodes == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "key", ["tree", "lock", "due", "outputs", "neighbours", "findings", "summary"]
)
@pytest.mark.parametrize("value", [5, "x", [None], {"a": 1}])
def test_a_memory_of_another_shape_is_none(packed: Path, key: str, value: object) -> None:
    forge(packed, lambda seen, _: seen.update({key: value}))
    assert pipeline.build(packed, now=NOW).episodes == 1
    assert pipeline.check(packed, NOW) == []


def test_a_link_in_the_place_of_a_built_file_is_built_anew(packed: Path) -> None:
    page = packed / "public" / "index.html"
    page.unlink()
    page.symlink_to(packed.parent / "secret.txt")
    row = [page.stat().st_size, page.stat().st_mtime_ns]
    forge(packed, lambda seen, _: seen["outputs"].update({"index.html": row}))
    assert "secret" not in published(packed)
    assert not page.is_symlink()


@pytest.mark.parametrize("name", ["public", "public/media", "public/episodes", "public/static"])
def test_nothing_is_built_behind_a_link(packed: Path, name: str) -> None:
    outside = packed.parent / "outside"
    outside.mkdir()
    (packed / name).rename(packed / "before")
    (packed / name).symlink_to(outside)
    for work in (pipeline.build, pipeline.check):
        with pytest.raises(SourceError) as error:
            work(packed, now=NOW)
        assert [(each.path, each.rule) for each in error.value.findings] == [(name, "file-outside")]
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", [".earmark/.build.json.part", "public/.feed.xml.part"])
def test_a_link_in_the_place_of_a_half_written_file_is_not_followed(
    packed: Path, name: str
) -> None:
    (packed / name).symlink_to(packed.parent / "secret.txt")
    (packed / "show.md").write_text(
        (packed / "show.md").read_text(encoding="utf-8").replace("type: ", "type:  "), "utf-8"
    )
    pipeline.build(packed, now=NOW)
    assert (packed.parent / "secret.txt").read_text(encoding="utf-8") == "secret"


@pytest.mark.parametrize("name", ["by", "publishing.lock", "sums.json", "publishing.jsonl"])
def test_records_of_publishing_that_are_links_are_made_anew(packed: Path, name: str) -> None:
    (packed / ".earmark" / name).symlink_to(packed.parent / "secret.txt")
    assert "secret" not in published(packed)
    assert (packed.parent / "secret.txt").read_text(encoding="utf-8") == "secret"


# A target that somebody packed -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda release: release["files"].update({"../secret.txt": ["1" * 64, 1, "1"]}),
        lambda release: release["files"].update({"feed.xml": ["../../../secret.txt", 1, "1"]}),
        lambda release: release["files"].update({"feed.xml": ["1" * 64, float("inf"), "1"]}),
        lambda release: release["history"][0].update(id="../../secret"),
        lambda release: release["history"][0].update(said=[5]),
        lambda release: release.update(history=[]),
        lambda release: release.update(version=float("inf")),
    ],
)
@pytest.mark.parametrize("command", ["publish", "rollback", "history"])
def test_a_forged_release_is_damaged(
    packed: Path, change: Callable[[dict[str, Any]], object], command: str
) -> None:
    published(packed)
    path = packed.parent / "target" / ".published" / "current.json"
    release = json.loads(path.read_bytes())
    change(release)
    path.write_text(json.dumps(release), encoding="utf-8")
    said = CliRunner().invoke(main, [command, str(packed), "--to", str(packed.parent / "target")])
    assert said.exit_code == 1
    assert "is damaged, even when it is read again; rename it there" in said.output
    assert (packed.parent / "secret.txt").read_text(encoding="utf-8") == "secret"


def test_nothing_is_published_behind_a_link(packed: Path) -> None:
    outside = packed.parent / "outside"
    outside.mkdir()
    (packed.parent / "target").mkdir()
    (packed.parent / "target" / "media").symlink_to(outside)
    to = str(packed.parent / "target")
    said = CliRunner().invoke(main, ["publish", str(packed), "--to", to])
    assert said.exit_code == 1
    assert "media is a link to another place; make it a folder" in said.output
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("text", ["[]", '{"episodes": [5]}', '{"episodes": 5}', '{"show": []}'])
def test_a_damaged_catalogue_at_the_target_is_replaced(packed: Path, text: str) -> None:
    published(packed)
    catalogue = packed.parent / "target" / "catalogue.json"
    catalogue.write_text(text, encoding="utf-8")
    published(packed)
    assert catalogue.read_bytes() == (packed / "public" / "catalogue.json").read_bytes()


def test_a_forged_digest_of_a_built_file_is_not_known(make_show: Callable[..., Path]) -> None:
    show = make_show(1)
    out = pipeline.build(show, now=NOW).out
    store = CacheFolder(show)
    right = checksums.checksums_of_build(store, out, show)
    known = store.load(checksums.SUMS, checksums.VERSION)["files"]
    forged = {name: [*row[:2], "\ud800"] for name, row in known.items()}
    store.save(checksums.SUMS, {"files": forged}, checksums.VERSION)
    assert checksums.checksums_of_build(store, out, show) == right
