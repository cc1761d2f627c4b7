"""Numbers and their nouns: one function writes them, and it can count to one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from episodes.text.quantities import plural, quantity
from tests.kit import shows
from web.listening.progress import EpisodeProgress
from web.listening.sentences import describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = ("podcast", "web", "feed", "episodes")
NOUNS = (
    "answers|apps|accounts|actions|cases|chapters|characters|codes|cues|days|drafts|elements|"
    "episodes|errors|files|findings|hours|learners|letters|lines|links|minutes|months|notes|"
    "passages|people|places|questions|recordings|redirects|rows|signs|times|tracks|warnings|weeks|"
    "words|years"
)
BESIDE = re.compile(rf"[ -](?:more |new |other )?(?:{NOUNS})\b")
IN_TEMPLATE = re.compile(rf"\{{\{{(?! *quantity)([^}}]*)\}}\}}(?:</\w+>)?{BESIDE.pattern}")
# These numbers are never 1: limits, and what is said only of several.
SEVERAL = {
    "len(group)", "len(folders)", "len(hops)", "tracks", "links", "len(audio)", "len(title)",
    "len(body)", "letters", "math.ceil(speed)", "len(value)", "number", "len(rows)", "fewest",
    "len(own.chapters)", "len(episodes)", "self._longest / 60", "self.size", "count",
    "address",
    "num",  # of a sentence that has a form for one: {% trans num=... %}
}  # fmt: skip


def unfit(source: str) -> Iterator[str]:
    """Find each number in an f-string that stands beside a plural, whatever it is."""
    for node in ast.walk(ast.parse(source)):
        for left, right in (
            zip(node.values, node.values[1:], strict=False)
            if isinstance(node, ast.JoinedStr)
            else ()
        ):
            if isinstance(left, ast.FormattedValue) and isinstance(right, ast.Constant):
                number = ast.unparse(left.value)
                fixed = (
                    re.fullmatch(r"(?:[a-z_]+\.)*[A-Z_]+(?: // 60)?", number) or number in SEVERAL
                )
                if BESIDE.match(str(right.value)) and not fixed:
                    yield f"{number}{right.value!s}"


def files(*endings: str) -> list[Path]:
    folders = [shows.ROOT / package for package in PACKAGES]
    return [path for each in folders for ending in endings for path in each.rglob(f"*{ending}")]


@pytest.mark.parametrize(
    ("number", "noun", "shown"),
    [
        (0, "minute", "0 minutes"),
        (1, "minute", "1 minute"),
        (2, "minute", "2 minutes"),
        (1, "person", "1 person"),
        (8, "person", "8 people"),
        (1, "more line", "1 more line"),
        (1200, "file", "1,200 files"),
    ],
)
def test_a_noun_stands_as_its_number_asks(number: int, noun: str, shown: str) -> None:
    assert quantity(number, noun) == shown
    assert shown.endswith(plural(number, noun))


def test_every_number_beside_a_noun_is_written_by_that_function() -> None:
    found = [f"{path.relative_to(shows.ROOT)}: {each}"
             for path in files(".py") for each in unfit(path.read_text("utf-8"))]  # fmt: skip
    assert found == []


def test_every_number_of_a_template_is_too() -> None:
    found = [
        f"{path.relative_to(shows.ROOT)}: {match[0]}"
        for path in files(".html", ".md")
        for match in IN_TEMPLATE.finditer(path.read_text("utf-8"))
        if match[1].strip() not in SEVERAL
    ]
    assert found == []


def test_the_walk_sees_what_it_is_for() -> None:
    assert list(unfit('f"This happens after {minutes} minutes without"'))
    assert list(unfit('f"{len(rows) - 1:,} more lines"'))
    assert not list(unfit('f"{MOST} days"'))
    assert IN_TEMPLATE.search("kept for {{ backups_kept_days }} days")


@pytest.mark.parametrize("minutes", [0, 1, 2, 21])
def test_listening_is_told_in_whole_words(minutes: int) -> None:
    tenths = minutes * 600
    known = EpisodeProgress(length=max(tenths, 600), measured=tenths, played=tenths)
    assert not re.search(r"\b1 minutes\b|\b(?!1\b)\d+ minute\b", " ".join(describe(known)))
