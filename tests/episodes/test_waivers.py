"""Waivers: a warning that is meant to be is left, with its reason; an error never is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from podcast.building import pipeline
from podcast.cli import main
from tests.kit.shows import NOW

MD = "episodes/01-talk/episode.md"


def edit(show: Path, name: str, old: str, new: str) -> None:
    text = (show / name).read_text(encoding="utf-8")
    assert old in text
    (show / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def waive(show: Path, name: str, line: str) -> None:
    edit(show, name, "\n---\n", f"\nwaive:\n  {line}\n---\n")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def found(show: Path) -> list[tuple[str, str, str]]:
    return [(each.rule, each.key, each.waived) for each in pipeline.check(show, NOW)]


@pytest.fixture
def show(make_show: Callable[..., Path]) -> Path:
    """A show of two episodes with one warning: a title begins with a number."""
    folder = make_show()
    edit(folder, MD, "title: Talk A", "title: 1. Talk A")
    return folder


@pytest.mark.parametrize("name", [MD, "show.md"])
def test_a_warning_is_waived_in_the_episode_or_for_the_whole_show(show: Path, name: str) -> None:
    waive(show, name, "title-number: the series is called so")
    assert found(show) == [("title-number", "title", "the series is called so")]
    answer = run("check", show)
    assert answer.exit_code == 0
    assert "1. Talk A" not in answer.stderr
    assert (
        f"{MD}:2: waived: title: begins with a number (because: the series is called so) "
        "[title-number]" in answer.stderr
    )
    assert answer.stdout == "Nothing to fix (1 waived).\n"


def test_an_episode_does_not_waive_for_another(show: Path) -> None:
    waive(show, "episodes/02-talk/episode.md", "title-number: not here")
    assert found(show) == [
        ("title-number", "title", ""),
        ("waive-unused", "waive.title-number", ""),
    ]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            "title-nomber",
            "warning: waive.title-nomber: is not a rule; did you mean `title-number`?",
        ),
        ("guid-twice", "warning: waive.guid-twice: is an error, which cannot be waived; fix the"),
        ("audio-long", "suggestion: waive.audio-long: waives nothing: there is no such finding"),
    ],
)
def test_a_waiver_that_is_none_is_said_at_its_line(show: Path, rule: str, says: str) -> None:
    waive(show, "episodes/02-talk/episode.md", f"{rule}: because")
    assert f"episodes/02-talk/episode.md:17: {says}" in run("check", show).stderr


def test_a_waiver_needs_a_reason(show: Path) -> None:
    waive(show, MD, "title-number:")
    assert (
        "waive.title-number: is empty; write something after the colon" in run("check", show).stderr
    )


def test_an_error_that_is_waived_still_stops_the_build(show: Path) -> None:
    edit(show, MD, "guid: guid-1", "guid: guid-2")
    waive(show, "show.md", "guid-twice: never mind")
    assert run("build", show).exit_code == 1


def test_a_build_says_nothing_of_what_is_waived_and_publishes_no_reason(show: Path) -> None:
    waive(show, MD, "title-number: our own reason")
    answer = run("build", show)
    assert answer.exit_code == 0
    assert "title-number" not in answer.stderr
    for path in (show / "public").rglob("*.*"):
        assert b"our own reason" not in path.read_bytes(), path
    assert "title-number" not in run("build", show).stderr


# How findings are told ------------------------------------------------------------------------


def test_json_has_rule_fix_and_source(show: Path) -> None:
    (row,) = json.loads(run("check", "--json", show).stdout)
    assert row == {
        "path": MD,
        "key": "title",
        "message": "begins with a number",
        "level": "warning",
        "line": 2,
        "rule": "title-number",
        "fix": "write it as `number:` instead",
        "waived": "",
        "source": "https://podcasters.apple.com/support/823-podcast-requirements",
    }


@pytest.mark.parametrize(
    ("word", "says"),
    [
        (
            "art-square",
            "A picture must be square: apps would crop it.\nWhat to do: make it square, 1400",
        ),
        ("title-number", "waive:\n  title-number: the reason"),
        ("all", "guid-twice "),
    ],
)
def test_a_rule_is_explained(word: str, says: str) -> None:
    answer = run("check", "--explain", word)
    assert answer.exit_code == 0
    assert says in answer.stdout


def test_no_rule_cannot_be_explained() -> None:
    answer = run("check", "--explain", "art-sqare")
    assert answer.exit_code == 1
    assert "error: art-sqare is not a rule; did you mean art-square" in answer.stderr
