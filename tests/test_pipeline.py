"""Building: what is made, when it is made again, and when nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from making import NOW

from podcast import pipeline


def test_a_good_show_has_no_findings(make_show: Callable[..., Path]) -> None:
    assert pipeline.check(make_show(), NOW) == []


def test_a_second_build_of_an_unchanged_show_writes_nothing(make_show: Callable[..., Path]) -> None:
    show = make_show()
    assert pipeline.build(show, now=NOW).written > 0
    assert pipeline.build(show, now=NOW).written == 0
