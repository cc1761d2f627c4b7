"""How a long build is coming along: the first recording is named at once, and few lines follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from podcast.terminal.progress import Display
from tests.kit.computers.real_terminal import Terminal
from tests.kit.shows import sound

NAMES = [f"episodes/{number:02}-talk/New Recording {number}.m4a" for number in range(1, 4)]


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_the_first_recording_is_named_before_anything_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Display().begin(NAMES)
    assert lines(capsys) == ["Making recording 1 of 3: New Recording 1.m4a"]


def test_each_recording_is_one_line_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    display = Display()
    display.begin(NAMES)
    for name in NAMES:
        for share in (0.1, 0.5, 0.99, 1, 1):
            display.advance(name, share)
    display.end()
    assert lines(capsys) == [
        f"Making recording {number} of 3: New Recording {number}.m4a" for number in (1, 2, 3)
    ]


def test_of_several_at_once_the_first_that_is_not_done_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    display = Display()
    display.begin(NAMES)
    display.advance(NAMES[1], 1)
    display.advance(NAMES[0], 1)
    display.advance(NAMES[2], 1)
    assert lines(capsys) == [
        "Making recording 1 of 3: New Recording 1.m4a",
        "Making recording 3 of 3: New Recording 3.m4a",
    ]


def test_a_thousand_recordings_are_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    display = Display()
    names = [f"episodes/{number}/recording.wav" for number in range(1000)]
    display.begin(names)
    for name in names:
        display.advance(name, 1)
    said = lines(capsys)
    assert len(said) <= 11
    assert said[0] == "Making recording 1 of 1,000: 0/recording.wav", "the name alone says nothing"


def test_a_name_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    Display().begin(["episodes/a/\x1b[2J\x07.wav"])
    assert "\x1b" not in "".join(lines(capsys))


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 100])
def test_a_terminal_shows_one_line_that_fits(tmp_path: Path, columns: int) -> None:
    show = tmp_path / "show"
    Terminal("new", "show", show, "--address", "https://example.org/n").end()
    name = tmp_path / f"[red]{'a long name of a recording ' * 4}.wav"
    Terminal("new", "episode", "A", "--audio", sound(name, 2), "--show", show).end()
    seen = Terminal("build", show, columns=columns).end()
    assert seen.code == 0, seen.text
    shown = [row for row in seen.text.replace("\n", "\r").split("\r") if row.startswith("Making")]
    assert all(row.startswith("Making recording 1 of 1: [red]a") for row in shown), shown
    assert all(len(row) <= columns for row in shown)
    assert any(".wav" in row for row in shown), "its end says what it is"
