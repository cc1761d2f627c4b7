"""A show in another language than English: its pages, its notes, and the way back from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from episodes import translations
from podcast.building import pipeline
from tests.kit import pseudo_language, shows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def built(show: Path, language: str) -> Path:
    file = show / "show.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("guid:", f"language: {language}\nguid:", 1), encoding="utf-8")
    pipeline.build(show, now=shows.NOW)
    return show / "public"


def test_words_of_a_show_say_their_language_where_the_page_has_another(
    make_show: Callable[..., Path],
) -> None:
    site = built(make_show(), "cy")
    index = (site / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en-gb">' in index  # there is no Welsh catalogue: the words are English
    assert '<h1 lang="cy">Night shift</h1>' in index
    (page,) = (site / "episodes").glob("01*.html")
    text = page.read_text(encoding="utf-8")
    assert '<html lang="en-gb">' in text
    assert re.search(r'<section class="prose" aria-label="Show notes" lang="cy">', text)
    assert '<a class="name" lang="cy"' in text
    (said,) = (site / "transcripts").glob("01*.html")
    assert '<main lang="cy">' in said.read_text(encoding="utf-8")
    assert "<language>cy</language>" in (site / "feed.xml").read_text(encoding="utf-8")


def test_a_page_in_one_language_says_it_once(make_show: Callable[..., Path]) -> None:
    site = built(make_show(), "en-us")
    for page in site.rglob("*.html"):
        assert page.read_text(encoding="utf-8").count("lang=") == 1, page.name


def test_notes_in_another_language_are_read_back(
    make_show: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feed.reader import read

    with pseudo_language.spoken(tmp_path / "locale", monkeypatch):
        site = built(make_show(), pseudo_language.LANGUAGE)
        feed = (site / "feed.xml").read_bytes()
        assert "⟦Who made this" in feed.decode()
        assert translations.language() == translations.SOURCE
        taken = read.read(feed, "https://podcast.example.org/night/feed.xml")
    episode = taken.episodes[0]
    assert episode.facts["prompts"] == ["What will you try?"]
    assert [each["kind"] for each in episode.facts["references"]] == ["research", "practice"]
