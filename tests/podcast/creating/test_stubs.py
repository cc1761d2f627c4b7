"""The files that the documents show, and the stubs of a new episode, are right as they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from episodes.frontmatter import read
from episodes.frontmatter.schema import EpisodeFacts, ShowFacts
from podcast import front_matter_reference
from podcast.building import pipeline
from podcast.cli import main
from podcast.creating import stubs
from tests.kit.shows import ROOT, sound

CUES = "".join(
    f"00:{at:02}.000 --> 00:{at + 9:02}.000\n<v Alice>We talk about the shift.\n\n"
    for at in range(0, 50, 10)
)
WHEN = datetime(2026, 6, 1, 12, tzinfo=UTC)


def filled_in() -> tuple[str, str]:
    show, episode = re.findall(
        r"```markdown\n(.*?)```", (ROOT / "docs" / "filled-in.md").read_text("utf-8"), re.DOTALL
    )
    return show, episode


def placed(tmp_path: Path, cover: Path, texts: tuple[str, str]) -> Path:
    """Return the folder of a show with these two texts, a recording, transcript and cover."""
    folder = tmp_path / "show" / "episodes" / "01-asking"
    folder.mkdir(parents=True)
    text, episode = texts
    (tmp_path / "show" / "show.md").write_text(text, "utf-8")
    (tmp_path / "show" / "cover.jpg").write_bytes(cover.read_bytes())
    (folder / "episode.md").write_text(episode, "utf-8")
    (folder / "transcript.vtt").write_text(f"WEBVTT\n\n{CUES}", "utf-8")
    sound(folder / "recording.mp3", 60, ("-ac", "1", "-ar", "44100", "-b:a", "96k"), volume=1.45)
    return tmp_path / "show"


@pytest.fixture
def show(tmp_path: Path, cover: Path) -> Path:
    return placed(tmp_path, cover, filled_in())


def test_the_two_files_at_the_top_of_the_reference_have_nothing_to_fix(
    tmp_path: Path, cover: Path
) -> None:
    texts = (front_matter_reference.SHOW, front_matter_reference.EPISODE)
    made = placed(tmp_path, cover, texts)
    assert [str(each) for each in pipeline.check(made, WHEN)] == []
    assert pipeline.build(made, now=WHEN).out.joinpath("episodes", "01-asking.html").exists()


def test_the_filled_in_show_has_nothing_to_mend(show: Path) -> None:
    assert [str(each) for each in pipeline.check(show, WHEN)] == []


@pytest.mark.slow
def test_what_is_typed_is_what_is_published(show: Path) -> None:
    path = show / "show.md"
    text = path.read_text("utf-8").replace("phone: 116 123", "phone: 03001233393")
    path.write_text(text.replace("title: Before the night shift", "title: 1.10"), "utf-8")
    out = pipeline.build(show, now=WHEN).out
    page = (out / "episodes" / "01-asking.html").read_text("utf-8")
    feed = (out / "feed.xml").read_text("utf-8")
    for phone in ("03001233393", "08001111"):
        assert f'href="tel:{phone}">{phone}</a>' in page
        assert f"tel:{phone}" in feed
    assert "<title>1.10</title>" in feed


def test_the_filled_in_files_use_every_key_of_the_stubs() -> None:
    keys = set(re.findall(r"(?m)^# (\w+):", stubs.EPISODE))
    said = read.load_values(read.split_file(filled_in()[1], "x").matter, "x")
    assert keys <= set(said)
    assert {"contributors", "references", "reviewed_on", "content_note"} <= keys


def test_stubs_are_right_when_the_signs_before_them_are_taken_away(tmp_path: Path) -> None:
    show, recording = tmp_path / "show", sound(tmp_path / "a.wav", 2)
    for command in (
        ["new", "show", show],
        ["new", "episode", "One", "--audio", recording, "--show", show],
    ):
        assert CliRunner().invoke(main, [str(each) for each in command]).exit_code == 0
    (episode,) = show.glob("episodes/*/episode.md")
    for path, kind in ((show / "show.md", ShowFacts), (episode, EpisodeFacts)):
        text = path.read_text("utf-8")
        bare = re.sub(r"(?m)^# (?=\w+:(?: \S.*)?$| )", "", text)
        assert bare != text
        read.parse_facts(kind, read.split_file(bare, path.name), path.name)
