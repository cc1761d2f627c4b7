"""The rules: a show that is right breaks none, and each is broken in exactly one way by its row."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.rules import RULES
from podcast.building import pipeline
from tests.kit import full_show
from tests.kit.broken_rules.media import HEARD
from tests.kit.broken_rules.output import BUILT, ELSEWHERE, FEED
from tests.kit.broken_rules.source import CARE, CHANGED, PROMISED, TOLD, WRITTEN
from tests.kit.broken_shows import (
    MD,
    MP3,
    ONE,
    SHOW,
    built,
    edit,
    line,
    released,
    swap,
)
from tests.kit.shows import NOW, ROOT, add_episode, sound
from tests.kit.shows import SHOW as SHOW_TEXT

CHAPTERS = """chapters:
  - {start: "0:00", title: Begin}
  - {start: "0:01", title: Going}
  - {start: "0:02", title: Ended}"""


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path) -> Path:
    """A show of two episodes that is right in every way, and built."""
    show = tmp_path_factory.mktemp("good") / "show"
    show.mkdir()
    (show / "show.md").write_text(SHOW_TEXT, encoding="utf-8")
    shutil.copy(cover, show / "cover.jpg")
    for number in (1, 2):
        add_episode(show, number, tone)
    skip = '{start: "0:01", end: "0:02", what: A}'
    note = f"content_note: {{text: Words on a hard night., skip: [{skip}]}}"
    edit(MD, "content_note: none", f"{note}\n{CHAPTERS}")(show)
    pipeline.build(show, now=NOW)
    return show


@pytest.fixture
def show(good: Path, tmp_path: Path) -> Path:
    return shutil.copytree(good, tmp_path / "show", symlinks=True)


def check(show: Path) -> list[Finding]:
    try:
        return pipeline.check(show, NOW)
    except SourceError as error:
        return error.findings


def test_a_show_that_is_right_breaks_no_rule(show: Path) -> None:
    assert check(show) == []


@pytest.mark.slow
def test_a_show_that_tells_everything_is_read_back_without_a_finding(
    tmp_path: Path, tone: Path, cover: Path
) -> None:
    show = tmp_path / "show"
    full_show.write(show, tone, cover)
    Image.new("RGB", (700, 700)).save(show / ONE / "lamp.png")
    edit(MD, "title: End}", "title: End, picture: lamp.png}")(show)
    pipeline.build(show, now=NOW)
    assert [str(each) for each in check(show) if each.path.startswith("public/")] == []


@pytest.mark.parametrize("rule", [*WRITTEN, *HEARD, *TOLD, *PROMISED, *CARE, *CHANGED])
def test_a_rule_is_broken_by_what_is_written(show: Path, rule: str) -> None:
    shutil.rmtree(show / "public")
    case = {**WRITTEN, **HEARD, **TOLD, **PROMISED, **CARE, **CHANGED}[rule]
    case.harm(show)
    (found,) = check(show)
    assert (found.rule, found.path, found.key) == (rule, case.path, case.key), str(found)
    assert found.line == case.line, str(found)
    assert found.level == RULES[rule].level
    assert found.fix


@pytest.mark.parametrize("rule", BUILT)
def test_a_rule_is_broken_by_what_was_built(show: Path, rule: str) -> None:
    case = BUILT[rule]
    case.harm(show)
    (found,) = check(show)
    assert (found.rule, found.key) == (rule, case.key), str(found)
    assert found.path.startswith(case.path)
    assert found.line > 0 or found.path != FEED


def test_lines_of_srt_are_read_back_too(show: Path) -> None:
    built("transcripts/01-*.srt", lambda data: data.replace(b"Hello.", b"Hello, " * 9))(show)
    (found,) = check(show)
    assert (found.rule, found.path[-4:]) == ("transcript-line", ".srt")


@pytest.mark.slow
def test_a_small_file_is_as_long_as_the_feed_says(show: Path) -> None:
    edit(SHOW, "licence:", "recordings: {small: true}\nlicence:")(show)
    pipeline.build(show, now=NOW)
    assert check(show) == []
    swap('<podcast:alternateEnclosure ([^>]*)length="', r'<podcast:alternateEnclosure \1length="1')(
        show
    )
    (found,) = check(show)
    assert (found.rule, found.key) == ("feed-length", "podcast:alternateEnclosure")


@pytest.mark.slow
def test_a_rule_is_broken_by_another_encoder(show: Path) -> None:
    other = sound(show / ONE / "other.wav", 3, volume=1)
    (show / MP3).unlink()
    line(MD, "audio", f"audio: {other.name}")(show)
    pipeline.build(show, now=NOW)
    released(show)
    lock = json.loads((show / "earmark.lock").read_text(encoding="utf-8"))
    lock["episodes"]["guid-1"] |= {"encoder": "another 1.0", "audio": "0" * 64}
    (show / "earmark.lock").write_text(json.dumps(lock), encoding="utf-8")
    shutil.rmtree(show / "public")
    (found,) = pipeline.build(show, now=NOW).findings
    assert (found.rule, found.path) == ("audio-renewed", f"{ONE}/other.wav")


def test_no_rule_lacks_its_breaking_case_and_no_case_its_rule() -> None:
    cases = [*WRITTEN, *HEARD, *TOLD, *PROMISED, *CARE, *CHANGED, *BUILT, *ELSEWHERE]
    assert sorted(cases) == sorted(RULES)
    for rule, file in ELSEWHERE.items():
        assert f'"{rule}"' in (ROOT / "tests" / file).read_text(encoding="utf-8"), rule
