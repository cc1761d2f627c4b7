"""Public pages and the companion's player say the same in templates of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from lxml import html

from podcast.building import pipeline
from tests.kit.companion import cast
from tests.kit.shows import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.companion.cast import Clock
    from web.database.engine import Database

NOTE = """\
content_note:
  text: Suicide is named.
  skip: [{start: "0:01", end: "0:02", what: A & B}]
chapters: [{start: "0:00", title: First words}, {start: "0:01", title: <Then>}]
corrections:
  - {on: 2026-09-02, note: The number was wrong.}
  - {on: 2026-09-09, note: "A second note, and it is cut because it has over sixty characters."}
"""
PARTS = {
    "before": '//section[@aria-labelledby="before"]',
    "corrections": '//aside[@aria-label="What changed"]',
    "chapters": '//section[@aria-labelledby="chapters"]',
    "controls": '//section[@aria-label="Player"]/div[@role="group"]',
    "now": '//section[@aria-label="Player"]//span[@class="now"]',
}
# Only a public page has the transcript below its player.
TRANSCRIPT = "Scroll the transcript as it plays"


class Pages(NamedTuple):
    """The public page of an episode, and the companion's page that plays it."""

    public: html.HtmlElement
    companion: html.HtmlElement


@pytest.fixture
def pages(
    tmp_path: Path, database: Database, clock: Clock, make_show: Callable[..., Path]
) -> Pages:
    show = make_show(1, "both")
    (episode,) = show.glob("episodes/*/episode.md")
    text = episode.read_text(encoding="utf-8")
    assert "content_note: none\n" in text
    episode.write_text(text.replace("content_note: none\n", NOTE), encoding="utf-8")
    pipeline.build(show, now=NOW)
    (page,) = (show / "public" / "episodes").glob("*.html")
    settings = cast.settings(tmp_path, database)
    settings = settings.model_copy(update={"catalogue": str(show / "public")})
    house = cast.house(settings, clock=clock)
    answer = house.learner("Alice").visitor.get("/listen/guid-1")
    house.close()
    assert answer.status == 200, answer.text
    return Pages(html.fromstring(page.read_bytes()), html.fromstring(answer.body))


def words(page: html.HtmlElement, path: str) -> tuple[list[str], list[str]]:
    """Return the words of a part of a page, and what its attributes say."""
    (part,) = page.xpath(path)
    said = ("aria-label", "data-now", "data-move", "data-seek", "value")
    attributes = [each.get(name) for each in part.iter() for name in said if each.get(name)]
    return " ".join(part.text_content().replace(TRANSCRIPT, "").split()).split(), attributes


@pytest.mark.parametrize("part", PARTS)
def test_both_pages_say_the_same(part: str, pages: Pages) -> None:
    public, companion = (words(page, PARTS[part]) for page in pages)
    assert public == companion
    assert public[0] or public[1]
