"""What a lead is told: errors first, alike ones once with a count, and never too much of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from episodes.findings import Finding, Level
from podcast.cli import main
from podcast.terminal import findings as telling

WORDS = st.sampled_from(
    ["is missing", "is no date", "a\x1b[2Jb", "two\nlines", "é" * 3, "5 places"]
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        path=st.sampled_from(["show.md", *(f"episodes/{n}/episode.md" for n in range(30))]),
        key=st.sampled_from(["", "title", "date"]),
        message=st.one_of(WORDS, st.integers(0, 99).map(str)),
        level=st.sampled_from(Level),
        line=st.integers(0, 4),
        rule=st.sampled_from(
            ["", "date-form", "prompts-missing", *(f"rule-{n}" for n in range(40))]
        ),
        waived=st.sampled_from(["", "", "", "it is meant"]),
    ),
    max_size=300,
)
TIER = telling.TIERS
TIERS = list(TIER)


def many(number: int, message: str = "is missing", level: Level = Level.WARNING) -> list[Finding]:
    return [
        Finding(f"episodes/{n}/episode.md", "prompts", message.format(n), level, 2,
                "prompts-missing", "ask one")
        for n in range(number)
    ]  # fmt: skip


def told(findings: list[Finding], *, every: bool = False) -> str:
    return "\n".join(line.text for line in telling.lines(findings, every=every))


@settings(deadline=None)
@given(FINDINGS)
@example([*many(60, level=Level.ERROR), *many(60)])
@example(many(60, "number {}", Level.ERROR))
@example([each._replace(rule=f"rule-{n}") for n, each in enumerate(many(60, level=Level.ERROR))])
def test_errors_come_first_no_line_twice_and_none_is_lost(findings: list[Finding]) -> None:
    rows = list(telling.lines(findings))
    printed = [line for row in rows for line in row.text.split("\n") if line]
    levels = [TIERS.index(row.level) for row in rows]
    assert levels == sorted(levels)
    assert len(printed) == len(set(printed))
    assert len(printed) <= telling.MOST
    full = [row for row in telling.lines(findings, every=True) if row.number]
    for level in TIERS:
        number = sum(row.level is level for row in full)
        mine = [row for row in rows if row.level is level and row.number]
        assert sum(row.number for row in mine) == number
        assert len(mine) <= TIER[level].most
    for row in rows:
        assert row.number < 2 or f"{row.number:,}" in row.text, "a line of many says how many"


@settings(deadline=None)
@given(FINDINGS)
@example([*many(2), *many(2)])
def test_all_has_a_line_of_its_own_for_each(findings: list[Finding]) -> None:
    rows = list(telling.lines(findings, every=True))
    printed = {line for row in rows for line in row.text.split("\n")}
    assert len({row.text for row in rows}) == len(rows)
    assert all(len(row.text.strip("\n").split("\n")) == 1 for row in rows)
    assert all(any(line.startswith(f"{each.where}: ") for line in printed) for each in findings)


@given(FINDINGS)
def test_no_text_of_a_stranger_moves_the_cursor(findings: list[Finding]) -> None:
    for row in telling.lines(findings):
        assert row.text.lstrip("\n").isprintable()


@given(FINDINGS)
def test_the_last_line_says_how_many_errors_stop_the_build(findings: list[Finding]) -> None:
    said = telling.count(findings)
    stops = sum(row.number for row in telling.lines(findings) if row.level is Level.ERROR)
    if stops:
        assert re.match(rf"{stops:,} errors? stops? the build[;. ]", said)
    else:
        assert "stops the build" not in said.replace("Nothing stops the build", "")


def test_sixty_equal_errors_are_one_line_with_a_count_and_the_first_places() -> None:
    assert told(many(60, level=Level.ERROR)) == (
        "error: prompts: is missing; ask one [prompts-missing] (60 places: "
        "episodes/0/episode.md:2, episodes/1/episode.md:2, episodes/2/episode.md:2 and 57 more)"
    )


def test_one_finding_begins_with_its_place_as_editors_make_a_link_of_it() -> None:
    said = told(many(1, level=Level.ERROR))
    assert said == "episodes/0/episode.md:2: error: prompts: is missing; ask one [prompts-missing]"


def test_the_one_error_among_hundreds_of_warnings_is_the_first_line() -> None:
    findings = [*many(300), *many(1, "has a tab", Level.ERROR)]
    assert ": error: prompts: has a tab" in told(findings).split("\n")[0]
    assert telling.count(findings) == "1 error stops the build; 300 warnings do not."


def test_errors_of_one_rule_that_differ_are_shown_up_to_five() -> None:
    rows = told(many(8, "number {}", Level.ERROR)).split("\n")
    assert len(rows) == 6
    assert rows[-1].startswith("error: 3 more of this kind [prompts-missing] in episodes/5/")
    assert len(told(many(6, "number {}", Level.ERROR)).split("\n")) == 6, "1 more is no shorter"


def test_suggestions_are_one_line_for_each_rule() -> None:
    rows = told(many(9, "number {}", Level.NOTE)).split("\n")
    assert rows[0] == "Suggestions:"
    assert len(rows) == 3


def test_a_text_without_end_is_cut() -> None:
    assert len(told(many(1, "a" * 100_000))) < 2 * telling.LONGEST


def test_the_count_is_a_plain_sentence() -> None:
    assert telling.count([]) == "Nothing to fix."
    both = [*many(1), *many(2, level=Level.NOTE)]
    assert telling.count(both) == "1 warning and 2 suggestions. Nothing stops the build."
    one = [*many(2, level=Level.ERROR), *many(1)]
    assert telling.count(one) == "2 errors stop the build; 1 warning does not."
    waived = [each._replace(waived="it is meant") for each in many(1)]
    assert telling.count(waived) == "Nothing to fix (1 waived)."


COMMANDS = (
    ("check", "SHOW"), ("build", "SHOW"), ("publish", "SHOW", "--to", "SITE"), ("order", "SHOW"),
    ("review", "SHOW", "--offline"), ("next", "SHOW"), ("offline", "1", "--show", "SHOW"),
    ("revise", "1", "--note", "A.", "--show", "SHOW", "--yes"),
    ("reissue", "1", "--show", "SHOW", "--yes"), ("withdraw", "1", "--show", "SHOW", "--yes"),
    ("move", "https://example.org/n/", "--show", "SHOW", "--yes"),
)  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_tells_the_errors_first_and_alike_ones_once(
    make_show: Callable[..., Path], words: tuple[str, ...]
) -> None:
    show = make_show(5)
    for path in show.glob("episodes/*/episode.md"):
        path.write_text(path.read_text("utf-8").replace("number:", "\tnumber:"), "utf-8")
    places = {"SHOW": str(show), "SITE": str(show.parent / "site")}
    answer = CliRunner().invoke(main, [places.get(each, each) for each in words])
    said = answer.stderr.splitlines()
    assert len(said) == len(set(said))
    assert sum("begins with a tab" in line for line in said) == 1, said
    assert not any("warning" in line for line in said[: said.index(_first(said, "tab"))])
    if words[0] in {"check", "build", "publish", "offline", "move"}:
        last = answer.output.splitlines()[-1]
        assert last.startswith("5 errors stop the build"), last


def _first(lines: list[str], word: str) -> str:
    return next(line for line in lines if word in line)
