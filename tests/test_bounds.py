"""What a stranger writes is read in a time that grows with its length, not with its square."""

from __future__ import annotations

import re

import pytest
from patterns import Used, every, slow, slow_on_equal_letters

PATTERNS = {f"{each.where} {each.pattern.pattern!r:.60}": each for each in every()}


def test_the_patterns_of_the_house_are_found() -> None:
    places = {each.where.partition(":")[0] for each in PATTERNS.values()}
    assert len(PATTERNS) > 120
    assert {
        "feed/reader/document.py",
        "web/reflections/rules.py",
        "episodes/transcripts.py",
    } <= places


def test_twenty_thousand_equal_letters_are_read_at_once() -> None:
    assert [said for each in PATTERNS.values() if (said := slow_on_equal_letters(each))] == []


@pytest.mark.slow
@pytest.mark.parametrize("used", PATTERNS.values(), ids=PATTERNS)
def test_no_text_made_of_a_patterns_own_words_takes_it_long(used: Used) -> None:
    assert slow(used) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"[^@\s]+@[^@\s]+\.[a-z]{2,}", "search"),
        (r"<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>", "search"),
        (r"(\s*(?:\d{1,4}:)?\d+\s*-->\s*)", "search"),
        (r"<li>((?:(?!</li>).)*)</li>", "findall"),
        (r"(?:(?P<by>[^<]*)\. )?(?P<title>[^<]*?), (?P<kind>research)\.", "fullmatch"),
    ],
)
def test_patterns_that_were_slow_once_would_be_found(pattern: str, method: str) -> None:
    assert slow(Used("here", re.compile(pattern), frozenset({method})))
