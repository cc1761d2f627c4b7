"""What people put into a show folder by mistake is named, and what to do with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from episodes.errors import SourceError
from episodes.show_folder import file_choice, file_mistakes, scan
from podcast.building import pipeline
from tests.kit.broken_shows import edit
from tests.kit.shows import NOW

ONE = "episodes/01-talk"


def said(show: Path) -> list[str]:
    return [str(each) for each in pipeline.check(show, now=NOW)]


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of one episode whose recording is found without being named."""
    show = make_show(1)
    edit(f"{ONE}/episode.md", "audio: recording.mp3\n", "")(show)
    return show


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("recording.mov", "recording.mov is a video; export its audio as M4A or WAV"),
        ("Talk.3GP", "Talk.3GP is a video; export its audio"),
        ("recording.webm", "recording.webm is a video"),
        (
            "recording.wma",
            "recording.wma is in a format that Earmark cannot read; export it as WAV",
        ),
        ("recording.caf", "recording.caf is in a format"),
        ("recording.m4b", "recording.m4b is an M4A; rename it to recording.m4a"),
        ("talk.wave", "talk.wave is a WAV; rename it to talk.wav"),
        (".recording.wav.icloud", "recording.wav is still in iCloud; open it in Finder"),
        ("recording.wav.icloud", "recording.wav is still in iCloud"),
        ("recording.wav.crdownload", "recording.wav.crdownload is only partly downloaded"),
        ("recording.mp3.part", "recording.mp3.part is only partly downloaded"),
        ("recording.mp3 ", '"recording.mp3 " ends with a space; rename it'),
        ("recording.mp3\u00a0", "ends with a space; rename it"),
        ("talk.aup3", "talk.aup3 is an audio editor's project, not a recording; export it there"),
        ("Talk.zip", "Talk.zip is a zip file; unzip it"),
    ],
)
def test_what_lies_there_instead_of_a_recording_is_named(show: Path, name: str, words: str) -> None:
    (show / ONE / "recording.mp3").rename(show / ONE / name)
    (finding,) = said(show)
    assert f"{ONE}/episode.md:1: audio: there is no recording: " in finding
    assert words in finding
    assert "[audio-missing]" not in finding or finding.endswith("[audio-missing]")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cover.webp", "cover.webp is WebP; save it as JPEG or PNG, called cover.jpg"),
        ("Cover.HEIC", "Cover.HEIC is HEIC, as iPhones save photos; save it as JPEG or PNG"),
        ("cover.jfif", "cover.jfif is a JPEG; rename it to cover.jpg"),
        ("cover.gif", "cover.gif is GIF; save it as"),
        ("cover (1).jpg", "cover (1).jpg is there; rename it to cover.jpg"),
        ("Copy of cover.png", "Copy of cover.png is there; rename it to cover.png"),
        ("cover.jpg ", "ends with a space; rename it"),
        (".cover.jpg.icloud", "cover.jpg is still in iCloud"),
        ("cover.jpg.part", "cover.jpg.part is only partly downloaded"),
        ("logo.png", "logo.png is there; rename it to cover.png, or write `cover: logo.png`"),
        ("IMG_0001.HEIC", "IMG_0001.HEIC is HEIC"),
        ("cover.pdf", "cover.pdf is PDF; save it as JPEG or PNG"),
    ],
)
def test_what_lies_there_instead_of_a_cover_is_named(show: Path, name: str, words: str) -> None:
    (show / "cover.jpg").rename(show / name)
    (finding,) = said(show)
    assert finding.startswith("show.md:1: cover: is missing: ")
    assert words in finding


@pytest.mark.parametrize("wanted", ["show.md", f"{ONE}/episode.md"])
@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (".docx", " is a Word document; save it as plain text called "),
        (".doc", " is a Word document; save it as plain text called "),
        (".md.docx", " is a Word document; save it as plain text called "),
        (".odt", " is a LibreOffice document; save it as plain text called "),
        (".rtf", " is rich text (RTF); save it as plain text called "),
        (".pages", " is a Pages document; export it as plain text called "),
        (".md.txt", "is not there; rename "),
        (".txt", "is not there; rename "),
        (".markdown", "is not there; rename "),
        (".MD", "is not there; rename "),
        (" (1).md", "is not there; rename "),
        (".md\u00a0", "is not there; rename "),
        (".md.icloud", ": {} is still in iCloud; open it in Finder"),
    ],
)
def test_what_lies_there_instead_of_a_text_is_named(
    show: Path, wanted: str, ending: str, words: str
) -> None:
    path = show / wanted
    hidden = "." if ending.endswith("icloud") else ""
    path.rename(path.with_name(f"{hidden}{path.stem}{ending}"))
    command = pipeline.check if "/" in wanted else scan.scan
    try:
        heard = str(command(show)[0])  # type: ignore[index]
    except SourceError as error:
        heard = str(error)
    assert heard.startswith(f"{wanted}: is not there")
    assert words.format(path.name) in heard
    assert path.name in heard[len(wanted) :]


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("talk.mov", "talk.mov", '"talk.mov" cannot be used: talk.mov is a video; export its'),
        (".talk.mp3.icloud", "talk.mp3", "talk.mp3 is still in iCloud; open it in Finder"),
        ("talk.mp3.part", "talk.mp3", "talk.mp3.part is only partly downloaded"),
        ("talk.mp3", "talc.mp3", '"talc.mp3" is not there; did you mean talk.mp3?'),
        ("talk.mp3", "x/talk.mp3", "must be the name of a file in the same folder"),
    ],
)
def test_a_name_that_is_written_is_answered_alike(
    show: Path, name: str, written: str, words: str
) -> None:
    (show / ONE / "recording.mp3").rename(show / ONE / name)
    edit(f"{ONE}/episode.md", "title:", f"audio: {written}\ntitle:")(show)
    (finding,) = said(show)
    assert words in finding


def test_a_cover_that_is_written_is_answered_alike(show: Path) -> None:
    (show / "cover.jpg").rename(show / "IMG_1.HEIC")
    edit("show.md", "title:", "cover: IMG_1.HEIC\ntitle:")(show)
    (finding,) = said(show)
    assert '"IMG_1.HEIC" cannot be used: IMG_1.HEIC is HEIC, as iPhones save photos' in finding


def test_shouted_names_are_asked_to_be_written_small(show: Path) -> None:
    (show / ONE / "episode.md").rename(show / ONE / "EPISODE.MD")
    (finding,) = said(show)
    assert "is not there; rename EPISODE.MD to episode.md" in finding


@pytest.mark.parametrize(
    "name",
    ["~$ transcript.docx", "~WRL0001.docx", "~$cording.mp3", "._recording.mp3", ".DS_Store",
     "Thumbs.db", "desktop.ini", "other.mp3.crdownload", "other.mp3.part", "Icon\r"],
)  # fmt: skip
def test_what_programs_put_there_for_themselves_does_not_count(show: Path, name: str) -> None:
    before = scan.scan(show)
    (show / ONE / name).write_bytes(b"\0" * 165)
    assert scan.scan(show) == before
    assert said(show) == []


@pytest.mark.parametrize(
    ("there", "written"),
    [
        (unicodedata.normalize("NFD", "Gespräch.mp3"), "Gespräch.mp3"),
        ("Gespräch.mp3", unicodedata.normalize("NFD", "Gespräch.mp3")),
        ("my talk.mp3", "my\u00a0talk.mp3"),
        ("my\u00a0talk.mp3", "my talk.mp3"),
        ("my  talk.mp3", "my talk.mp3"),
        ("talk.mp3", '"talk.mp3 "'),
        ("ta\u200blk.mp3", "talk.mp3"),
        ("한국.mp3", unicodedata.normalize("NFD", "한국.mp3")),
    ],
)
def test_names_that_look_the_same_are_the_same(show: Path, there: str, written: str) -> None:
    (show / ONE / "recording.mp3").rename(show / ONE / there)
    edit(f"{ONE}/episode.md", "title:", f"audio: {written}\ntitle:")(show)
    assert said(show) == []


def test_pictures_of_chapters_are_found_under_names_that_look_the_same(
    show: Path, cover: Path
) -> None:
    (show / ONE / unicodedata.normalize("NFD", "Türe.jpg")).write_bytes(cover.read_bytes())
    rows = "".join(f'  - {{start: "0:0{n}", title: T, picture: Türe.jpg}}\n' for n in range(3))
    edit(f"{ONE}/episode.md", "title:", f"chapters:\n{rows}title:")(show)
    assert said(show) == []


def test_of_a_copy_it_is_said_that_it_may_be_deleted(show: Path) -> None:
    for name in ("recording (1).mp3", "recording - Copy.mp3"):
        (show / ONE / name).write_bytes(b"")
        (finding,) = said(show)
        assert f"delete {name} if it is a copy, or write which: `audio: NAME`" in finding
        (show / ONE / name).unlink()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("picture.webp", "picture: picture.webp is WebP; save it as JPEG or PNG"),
        ("transcript.pdf", "transcript: transcript.pdf is a PDF; save it as plain text"),
        ("01 Transcript.odt", "transcript: 01 Transcript.odt is a LibreOffice document"),
        ("transcript.sbv", "transcript: transcript.sbv is in a format that Earmark cannot read"),
    ],
)
def test_what_seems_meant_and_cannot_be_used_is_a_warning(
    show: Path, name: str, words: str
) -> None:
    for each in (show / ONE).glob("transcript.*"):
        each.unlink()
    (show / ONE / name).write_bytes(b"x")
    assert any(words in each and "warning" in each for each in said(show))


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.mov", "a.mov is a video; export its audio as M4A or WAV"),
     ("a.txt", "a.txt is not a recording; use .wav, .aif")],
)  # fmt: skip
def test_a_command_says_it_of_the_file_that_it_is_given(name: str, words: str) -> None:
    assert file_choice.why_no_recording(name).startswith(words)


@pytest.mark.parametrize("name", ["a (1).wav", "a - Copy.wav", "Copy of a.wav", "a copy 2.wav"])
def test_a_copy_is_known_by_its_name(name: str) -> None:
    assert file_mistakes.find_copies(["a.wav", name]) == [name]
    assert file_mistakes.find_copies([name]) == []
