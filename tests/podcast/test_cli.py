"""The command: what it answers, with which exit code, and that it starts a show in three lines."""

from __future__ import annotations

import errno
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from episodes.pictures import artwork
from podcast import atomic_files
from podcast.building import pipeline
from podcast.cli import main
from podcast.creating import example
from podcast.show_folder import show_guid
from tests.kit.shows import ROOT, sound

MakeShow = Callable[..., Path]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_three_commands_make_a_podcast(tmp_path: Path) -> None:
    show, recording = tmp_path / "my show", sound(tmp_path / "my recording.wav", 2)
    made = run(
        "new", "show", show, "--title", 'Night: "shift"', "--address", "https://example.org/n"
    )
    assert made.exit_code == 0, made.output
    added = run("new", "episode", "First: a try", "--audio", recording, "--show", show)
    assert added.exit_code == 0, added.output
    built = run("build", show)
    assert built.exit_code == 0, built.output
    feed = (show / "public" / "feed.xml").read_text("utf-8")
    assert '<title>Night: "shift"</title>' in feed
    assert "https://example.org/n/media/01-first-a-try-" in feed
    assert "1 episode in" in built.stdout


def test_a_recording_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    next_line = run("new", "show", "show").stdout.splitlines()[-2]
    assert next_line.startswith('Next: earmark new episode "Its title" --show show --audio YOUR-')
    words = shlex.split(next_line.removeprefix("Next: earmark "))
    (tmp_path / "New Recording 7.m4a").touch()
    for name in ("YOUR-FILE", "recording.wav", "a" * 300):
        answer = run(*words[:-1], name)
        assert answer.exit_code in {1, 2}, answer.output
        assert "Traceback" not in answer.output
    answer = run(*words)
    assert "Type the name of your own recording, or drag the file into this window" in answer.stderr
    assert "There is: New Recording 7.m4a." in answer.stderr


def test_a_new_show_without_an_address_says_that_it_is_missing(tmp_path: Path) -> None:
    show = tmp_path / "show"
    run("new", "show", show)
    run("new", "episode", "First", "--audio", sound(tmp_path / "a.wav", 2), "--show", show)
    answer = run("build", show)
    assert answer.exit_code == 1
    assert "show.md:1: error: address: is missing; write where the show will be" in answer.stderr
    assert not (show / "public").exists()


def test_a_new_episode_goes_on_with_the_last_season(
    make_show: Callable[..., Path], tone: Path
) -> None:
    show = make_show(2)
    for number, season in ((1, "season: 1"), (2, "season: 2")):
        path = show / "episodes" / f"0{number}-talk" / "episode.md"
        text = path.read_text("utf-8").replace(f"number: {number}", f"{season}\nnumber: 1")
        path.write_text(text, "utf-8")
    assert run("new", "episode", "Next", "--audio", tone, "--show", show).exit_code == 0
    made = (show / "episodes" / "02-next" / "episode.md").read_text("utf-8")
    assert "\nseason: 2\nnumber: 2\n" in made


def test_a_second_new_episode_gets_the_next_number_and_a_minute_of_its_own(tmp_path: Path) -> None:
    show, recording = tmp_path / "show", sound(tmp_path / "a.wav", 2)
    run("new", "show", show, "--address", "https://example.org/n")
    for title in ("One", "Two", "Three"):
        assert run("new", "episode", title, "--audio", recording, "--show", show).exit_code == 0
    found = [str(each) for each in pipeline.check(show)]
    assert not [line for line in found if "number" in line or "same minute" in line]
    assert (show / "episodes" / "03-three" / "episode.md").is_file()


def test_a_show_is_never_overwritten(make_show: MakeShow) -> None:
    show = make_show()
    answer = run("new", "show", show)
    assert answer.exit_code == 1
    assert "is there already" in answer.stderr


def test_a_new_show_that_was_stopped_is_made_by_the_same_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_title: str, path: Path) -> None:
        path.write_bytes(b"half a picture")
        raise KeyboardInterrupt

    show = tmp_path / "show"
    with monkeypatch.context() as patch:
        patch.setattr(artwork, "draw_cover", stop)
        assert run("new", "show", show).exit_code == 130
    assert [path for path in show.rglob("*") if path.is_file()] == []
    answer = run("new", "show", show)
    assert answer.exit_code == 0, answer.output
    assert all((show / name).is_file() for name in ("show.md", "cover.jpg", ".gitignore"))


@pytest.mark.parametrize(
    "trouble", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full", "a", None, "b")]
)
def test_a_new_episode_that_was_stopped_leaves_no_folder(
    make_show: MakeShow, tone: Path, monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    def stop(_source: Path, to: Path) -> None:
        to.write_bytes(b"half a recording")
        raise trouble

    show = make_show()
    before = sorted(show.glob("episodes/*"))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", stop)
        assert run("new", "episode", "Again", "--audio", tone, "--show", show).exit_code
    assert sorted(show.glob("episodes/*")) == before
    assert run("new", "episode", "Again", "--audio", tone, "--show", show).exit_code == 0


def test_an_error_names_the_file_as_a_person_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "talk.zip"
    part = str(atomic_files.unfinished(path))
    assert atomic_files.concerned(PermissionError(errno.EACCES, "no", part)) == str(path)
    assert (
        atomic_files.concerned(OSError(errno.ENOSPC, "full", "from.wav", None, "to.wav"))
        == "to.wav"
    )
    assert (
        atomic_files.concerned(PermissionError(errno.EACCES, "no", "from.wav", None, "to"))
        == "from.wav"
    )
    assert atomic_files.concerned(OSError(errno.ENOSPC, "full")) == ""


def test_a_new_show_keeps_the_cover_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "cover.jpg").write_bytes(b"mine")
    answer = run("new", "show", tmp_path)
    assert "cover was drawn" not in answer.output
    assert (tmp_path / "cover.jpg").read_bytes() == b"mine"


def test_an_episode_is_never_overwritten(make_show: MakeShow, tone: Path) -> None:
    show = make_show()
    (show / "episodes" / "03-again").mkdir()
    answer = run("new", "episode", "Again", "--audio", tone, "--show", show)
    assert answer.exit_code == 1
    assert "is there already" in answer.stderr


def test_check_prints_findings_with_path_line_and_key(make_show: MakeShow) -> None:
    show = make_show()
    path = show / "episodes" / "01-talk" / "episode.md"
    path.write_text(path.read_text("utf-8").replace("number: 1", "numbr: 1"), encoding="utf-8")
    answer = run("check", show)
    assert answer.exit_code == 1
    wanted = "episodes/01-talk/episode.md:7: error: numbr: is not a key that Earmark knows; "
    wanted += "did you mean `number`?"
    assert wanted in answer.stderr
    assert "1 error" in answer.stdout


def test_check_prints_json(make_show: MakeShow) -> None:
    show = make_show()
    (show / "episodes" / "01-talk" / "transcript.vtt").unlink()
    answer = run("check", show, "--json")
    assert answer.exit_code == 0
    (finding,) = json.loads(answer.stdout)
    assert finding["key"] == "transcript"
    assert finding["level"] == "warning"


def test_check_fix_writes_missing_guids_and_nothing_else(make_show: MakeShow) -> None:
    show = make_show()
    path = show / "episodes" / "01-talk" / "episode.md"
    text = path.read_text("utf-8").replace("guid: guid-1\n", "")
    path.write_text(text, encoding="utf-8")
    assert run("check", show).exit_code == 1
    assert run("check", show, "--fix").exit_code == 0
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (new,) = [line for line in lines if line.startswith("guid: ")]
    assert "".join(line for line in lines if line != new) == text
    assert run("check", show, "--fix").exit_code == 0
    assert path.read_text("utf-8") == "".join(lines), "a guid is assigned once"


def test_the_guid_of_a_show_follows_the_namespace_rule() -> None:
    """Vectors of podcastindex.org/namespace/1.0."""
    import uuid

    for feed, guid in (
        ("mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ):
        assert str(uuid.uuid5(show_guid.NAMESPACE, feed)) == guid
    assert show_guid.guid_of_show("https://podnews.net/") == str(
        uuid.uuid5(show_guid.NAMESPACE, "podnews.net/feed.xml")
    )


@pytest.mark.parametrize("words", [("build", "--nonsense"), ("sing",), ("new", "episode")])
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_a_folder_without_a_show_is_one_finding(tmp_path: Path) -> None:
    answer = run("build", tmp_path)
    assert answer.exit_code == 1
    assert "show.md: error: is not there; run `earmark new show DIR`" in answer.stderr


def test_the_folder_above_a_show_names_it(make_show: MakeShow) -> None:
    show = make_show()
    answer = run("check", show.parent)
    assert f'name the show folder inside this one: "{show.name}"' in answer.output


def test_a_build_that_changes_nothing_says_so(make_show: MakeShow) -> None:
    show = make_show()
    assert run("build", show).exit_code == 0
    assert "Nothing changed: 2 episodes" in run("build", show).stdout


def test_the_demo_copies_a_show_that_is_right(tmp_path: Path) -> None:
    example.copy_example(tmp_path / "demo")
    errors = [each for each in pipeline.check(tmp_path / "demo") if each.level == "error"]
    assert errors == []
    assert not (tmp_path / "demo" / ".earmark" / "build.json").exists()


def test_the_demo_leaves_other_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    answer = run("demo", tmp_path)
    assert answer.exit_code == 1
    assert "name an empty folder" in answer.stderr


def test_help_and_a_build_of_nothing_load_no_heavy_library(make_show: MakeShow) -> None:
    show = make_show()
    pipeline.build(show)
    code = (
        "import sys; from click.testing import CliRunner; from podcast.cli import main; "
        "import json; found = [];\n"
        f"for words in (['--help'], ['build', {str(show)!r}]):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 0\n"
        "heavy = {'pydantic', 'ruamel', 'jinja2', 'lxml', 'feedgen', 'mutagen', 'PIL', 'rich',\n"
        "         'flask', 'markdown_it', 'nh3', 'segno', 'asyncio',\n"
        "         'secrets', 'unicodedata'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
