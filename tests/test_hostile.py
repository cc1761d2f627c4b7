"""What the fuzzer found, each as it was mended; and some of its hostile shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from making import NOW, ROOT

from episodes.findings import SourceError
from episodes.rulebook import found
from podcast import pipeline
from podcast.recordings import Heard

SEED = int(os.environ.get("EARMARK_FUZZ_SEED", "20261101"))


@pytest.mark.slow
def test_hostile_shows_give_findings_and_change_nothing_else(tmp_path: Path) -> None:
    """In a process of its own, as `make fuzz` runs it: what ran here before has no part in it."""
    call = [sys.executable, str(ROOT / "tests" / "fuzzing.py"), "--shows", "300"]
    call += ["--seed", str(SEED), "--kept", str(tmp_path / "kept")]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        call, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert f"300 hostile shows of seed {SEED}: 0 finds, " in done.stdout, said
    assert done.returncode == 0, said
    assert not (tmp_path / "kept").exists(), said


@pytest.mark.parametrize("name", ["earmark.lock", ".earmark/seen.json", "public/feed.xml"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    make_show: Callable[..., Path], name: str
) -> None:
    show = make_show()
    pipeline.build(show, now=NOW)
    (show / name).unlink()
    os.mkfifo(show / name)
    said = pipeline.check(show, NOW)
    damaged = found("lock-file", "earmark.lock", "", "is damaged")
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
    right = [[1, 2, 3], ["mp3", 3.5, 96_000, 44_100, 1, True, []], "digest", {}]
    assert Heard.load(right)
    for at in range(5):
        header: list[object] = [*right[1]]  # type: ignore[misc]
        header[at] = wrong if at else 5
        assert Heard.load([right[0], header, "digest", {}]) is None


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
