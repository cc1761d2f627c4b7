"""The show's folder: which files belong together, and which are refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.errors import SourceError
from episodes.findings import Finding
from episodes.show_folder import read as source
from episodes.show_folder import text_files


def read(folder: Path) -> tuple[source.WrittenEpisode | None, list[Finding]]:
    findings: list[Finding] = []
    written = source.read_episode(folder, "episodes/01-talk", findings)
    return written, findings


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    folder = make_show(1)
    episode = folder / "episodes" / "01-talk" / "episode.md"
    text = episode.read_text().replace("audio: recording.mp3\n", "")
    episode.write_text(text)
    return folder


def test_files_that_nobody_named_are_found_by_their_endings(show: Path) -> None:
    written, findings = read(show)
    assert findings == []
    assert written
    assert written.recording == "episodes/01-talk/recording.mp3"
    assert written.transcript == "episodes/01-talk/transcript.vtt"
    assert written.picture is None
    assert written.slug == "01-talk"
    assert written.html == "<p>Some <em>notes</em>.</p>"


def test_two_recordings_must_be_chosen_between(show: Path) -> None:
    (show / "episodes" / "01-talk" / "b.wav").touch()
    _, findings = read(show)
    assert [(found.key, found.message, found.fix) for found in findings] == [
        ("audio", "could be b.wav or recording.mp3", "write which: `audio: NAME`")
    ]


def test_without_a_recording_it_says_what_to_put_there(show: Path) -> None:
    (show / "episodes" / "01-talk" / "recording.mp3").unlink()
    written, findings = read(show)
    assert written
    assert written.recording is None
    assert [found.key for found in findings] == ["audio"]
    assert "there is no recording" in findings[0].said


def test_a_leads_own_papers_are_no_transcripts(show: Path) -> None:
    for name in ("script.txt", "Notes.txt", "README.txt"):
        (show / "episodes" / "01-talk" / name).touch()
    assert read(show)[1] == []


def test_a_picture_is_only_taken_when_it_is_called_one(show: Path) -> None:
    (show / "episodes" / "01-talk" / "scan.jpg").touch()
    (show / "episodes" / "01-talk" / "picture.png").touch()
    written, findings = read(show)
    assert findings == []
    assert written
    assert written.picture == "episodes/01-talk/picture.png"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd", "must be the name of a file in the same folder"),
        ("/etc/passwd", "must be the name of a file in the same folder"),
        ("C:\\audio.wav", "must be the name of a file in the same folder"),
        ("C:audio.wav", "must be the name of a file in the same folder"),
        ("a\\b.wav", "must be the name of a file in the same folder"),
        ("..", "must be the name of a file in the same folder"),
        ("missing.wav", "is not there"),
        ("Recording.mp3", "is not there"),
        ("é" * 200 + ".wav", "is not there"),
        ("episode.md", "must end in .wav"),
        ("folder.wav", "is not a file"),
        ("pipe.wav", "is not a file"),
        ("outside.wav", "points outside the show folder"),
        ("loop.wav", "points outside the show folder"),
        ("nowhere.wav", "is not a file"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(show: Path, name: str, words: str) -> None:
    folder = show / "episodes" / "01-talk"
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    (folder / "outside.wav").symlink_to("/etc/passwd")
    (folder / "loop.wav").symlink_to("loop.wav")
    (folder / "nowhere.wav").symlink_to("nothing-here.wav")
    text = (folder / "episode.md").read_text()
    (folder / "episode.md").write_text(text.replace("number: 1", f"number: 1\naudio: '{name}'"))
    written, findings = read(show)
    assert written
    assert written.recording is None
    assert [(found.path, found.key) for found in findings] == [
        ("episodes/01-talk/episode.md", "audio")
    ]
    assert words in findings[0].said


def test_a_link_inside_the_show_is_followed(show: Path) -> None:
    folder = show / "episodes" / "01-talk"
    (folder / "recording.mp3").rename(show / "shared.mp3")
    (folder / "recording.mp3").symlink_to("../../shared.mp3")
    assert read(show)[1] == []


def test_an_episode_that_lies_elsewhere_is_refused(show: Path, tmp_path: Path) -> None:
    (show / "episodes" / "01-talk").rename(tmp_path / "elsewhere")
    (show / "episodes" / "01-talk").symlink_to(tmp_path / "elsewhere")
    written, findings = read(show)
    assert written is None
    assert [str(found) for found in findings] == [
        "episodes/01-talk: is outside the show folder; put the real file there, not a link"
    ]


def test_a_text_that_is_not_utf_8_is_named_by_its_line(show: Path) -> None:
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_bytes(path.read_bytes().replace(b"Some", b"Caf\xe9"))
    _, (found,) = read(show)
    assert found.line == path.read_bytes().count(b"\n", 0, path.read_bytes().index(b"\xe9")) + 1
    assert "has a character here that is not UTF-8" in found.said


def test_a_text_of_gigabytes_is_not_read(show: Path) -> None:
    with (show / "episodes" / "01-talk" / "episode.md").open("r+b") as file:
        file.truncate(5 << 30)
    assert "is larger than 5 MB" in read(show)[1][0].said


def test_a_pipe_is_not_waited_for(show: Path) -> None:
    (show / "episodes" / "01-talk" / "episode.md").unlink()
    os.mkfifo(show / "episodes" / "01-talk" / "episode.md")
    assert "is not a file" in read(show)[1][0].said


def test_names_that_are_not_utf_8_can_still_be_complained_of(show: Path) -> None:
    folder = os.fsencode(show / "episodes" / "01-talk")
    os.rename(os.path.join(folder, b"recording.mp3"), os.path.join(folder, b"Caf\xe9.mp3"))  # noqa: PTH104, PTH118
    _, (found,) = read(show)
    assert '"Caf?.mp3" is a name that this computer cannot show; rename it' in found.said
    findings: list[Finding] = []
    assert source.read_episode(show, "episodes/Caf\udce9", findings) is None
    assert findings[0].path == "episodes/Caf?"


def test_a_show_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "show.md").write_text("Hello")
    findings: list[Finding] = []
    assert source.read_show(tmp_path, findings) is None
    assert [found.line for found in findings] == [1]


def test_two_covers_must_be_chosen_between(show: Path) -> None:
    (show / "Cover.PNG").touch()
    findings: list[Finding] = []
    source.read_show(show, findings)
    assert [(found.path, found.key) for found in findings] == [("show.md", "cover")]


def test_a_missing_file_is_a_finding_not_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        text_files.read_text(tmp_path, "t.vtt")
    assert "t.vtt: is not there; check" in str(error.value)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("01-Opening the door", "01-opening-the-door"),
        ("Élan & Größe", "elan-groe"),
        ("../../etc", "etc"),
        ("日本", ""),
        ("-", ""),
        ("a" * 200, "a" * 80),
    ],
)
def test_a_name_for_addresses_holds_only_letters_digits_and_hyphens(name: str, slug: str) -> None:
    assert source.slugify(name) == slug


def test_findings_are_located_by_their_keys(show: Path) -> None:
    path = "episodes/01-talk/episode.md"
    findings = [
        Finding(path, "guid", "x"),
        Finding(path, "prompts[1]", "x"),
        Finding(path, "", "x"),
        Finding("episodes/01-talk/transcript.vtt", "guid", "x"),
        Finding("gone.md", "guid", "x"),
        Finding(path, "guid", "x", line=99),
    ]
    assert [found.line for found in source.locate_findings(show, findings)] == [3, 9, 0, 0, 0, 99]
