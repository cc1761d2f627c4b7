"""An episode for a USB stick: what is in the file, that its page needs nothing else, same bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from podcast.cli import main
from tests.kit.shows import add_episode

MakeShow = Callable[..., Path]


@pytest.fixture
def show(make_show: MakeShow) -> Path:
    folder = make_show(2)
    path = folder / "episodes/01-talk/episode.md"
    text = path.read_text(encoding="utf-8")
    marks = "[{start: 0, title: Hello}, {start: 1, title: More}, {start: 2, title: End}]"
    path.write_text(text.replace("prompts:", f"chapters: {marks}\nprompts:"), encoding="utf-8")
    return folder


def pack(show: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["offline", *words, "--show", str(show)])


def test_the_file_has_the_recording_page_transcript_and_chapters(
    show: Path, tmp_path: Path
) -> None:
    done = pack(show, "01-talk", "--to", str(tmp_path / "a.zip"))
    assert done.exit_code == 0, done.output
    assert "unpack it and open index.html" in done.output
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        (media,) = (name for name in names if name.startswith("media/"))
        assert packed.read(media) == (show / "public" / media).read_bytes()
    assert names[0] == "index.html"
    for folder in ("transcripts/", "chapters/", "art/", "static/"):
        assert any(name.startswith(folder) for name in names), folder


def test_all_that_the_page_loads_or_links_to_is_in_the_file(show: Path, tmp_path: Path) -> None:
    pack(show, "01-talk", "--to", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        page = packed.read("index.html").decode()
        names = set(packed.namelist())
    links = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    own = {link.partition("#")[0] for link in links if not re.match(r"[a-z]+:|#", link)}
    assert own <= names
    assert "../" not in page
    assert "Content-Security-Policy" not in page  # what 'self' means for a file, browsers differ in


def test_the_same_episode_gives_the_same_bytes(show: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        pack(show, "01-talk", "--to", str(tmp_path / name))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("wanted", ["01-talk", "guid-1", "episodes/01-talk"])
def test_an_episode_is_found_by_folder_slug_and_guid(
    show: Path, tmp_path: Path, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = pack(show, wanted)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "01-talk.zip").is_file()


@pytest.mark.slow
def test_the_small_file_stays_where_lines_are_slow(show: Path, tmp_path: Path) -> None:
    text = (show / "show.md").read_text(encoding="utf-8")
    text = text.replace("licence:", "recordings: {small: true}\nlicence:")
    (show / "show.md").write_text(text, encoding="utf-8")
    pack(show, "01-talk", "--to", str(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert not any(name.endswith(".opus") for name in packed.namelist())
        assert b".opus" not in packed.read("index.html")


def test_an_episode_that_is_not_there_is_named(show: Path) -> None:
    done = pack(show, "nowhere")
    assert done.exit_code == 1
    assert 'no episode is called "nowhere"; write the name of its folder' in done.output


def test_an_episode_to_come_is_not_packed(show: Path, tone: Path, tmp_path: Path) -> None:
    add_episode(show, 3, tone, date="date: 2190-01-01 07:00")
    done = pack(show, "03-talk", "--to", str(tmp_path / "a.zip"))
    assert done.exit_code == 1
    assert "episodes/03-talk is scheduled for 2190-01-01 07:00 UTC" in done.output
    assert not (tmp_path / "a.zip").exists()


def test_an_episode_whose_recording_is_a_link_is_packed(show: Path, tmp_path: Path) -> None:
    (recording,) = (show / "episodes/01-talk").glob("*.mp3")
    real = recording.rename(recording.with_name("real.mp3"))
    recording.symlink_to(real.name)
    done = pack(show, "01-talk", "--to", str(tmp_path / "a.zip"))
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert any(name.startswith("media/") for name in packed.namelist())


def test_a_place_that_is_not_there_is_one_sentence(show: Path, tmp_path: Path) -> None:
    done = pack(show, "01-talk", "--to", str(tmp_path / "no" / "a.zip"))
    assert done.exit_code == 1
    assert "No such file or directory; no file is left half-written" in done.output


def test_a_show_with_an_error_is_not_packed(show: Path, tmp_path: Path) -> None:
    (show / "cover.jpg").unlink()
    done = pack(show, "01-talk", "--to", str(tmp_path / "a.zip"))
    assert done.exit_code == 1
    assert "show.md:1: error: cover: there is none" in done.output
