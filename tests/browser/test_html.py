"""Is what is built valid? The Nu HTML checker, which is the W3C's, is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import shows
from tests.kit.chromium import PAGES
from tests.kit.html_checker import ask

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.servers import preview_server

pytestmark = pytest.mark.slow


def test_the_checker_finds_nothing_in_any_page(example: preview_server.Served) -> None:
    pages = sorted(example.public.rglob("*.html"))
    names = {page.relative_to(example.public).as_posix() for page in pages}
    assert {name for name in names if not name.startswith("transcripts/")} == {*PAGES, "404.html"}
    assert len(names) == len(PAGES) + 4
    assert ask([example.address + name for name in sorted(names)]) == []


def test_the_checker_finds_nothing_in_the_page_of_a_review() -> None:
    assert ask([str(shows.ROOT / "tests" / "golden" / "review" / "review.html")]) == []


def test_the_checker_finds_nothing_in_any_stylesheet(example: preview_server.Served) -> None:
    sheets = sorted(example.public.rglob("*.css"))
    assert [sheet.name for sheet in sheets] == ["feed.css", "site.css", "tokens.css", "type.css"]
    assert ask([str(sheet) for sheet in sheets], "--css") == []


def test_the_checker_would_find_what_is_wrong(tmp_path: Path) -> None:
    page, sheet = tmp_path / "wrong.html", tmp_path / "wrong.css"
    page.write_text('<!doctype html><html lang="en"><title>x</title><h1>a</h2>', encoding="utf-8")
    sheet.write_text("p { colour: red }", encoding="utf-8")
    assert len(ask([str(page)])) >= 1
    assert len(ask([str(sheet)], "--css")) == 1
