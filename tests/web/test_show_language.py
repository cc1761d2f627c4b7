"""Words of the show say which language they are in, where it is not that of the page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from lxml import html

from tests.kit.companion import cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import House
    from web.database.engine import Database

WORDS = re.compile(r"Talk \d|Night shift|Samaritans|What will you try|A summary")
GUID = quote(cast.GUIDS[0], safe="")
PAGES = ("", "notes", f"reflect/{GUID}", f"listen/{GUID}", "take-away", "notes/ID", "notes/ID/edit",
         "notes/ID/delete")  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, database: Database) -> Iterator[House]:
    """A companion in English for a show in Welsh, with one episode in Irish."""
    settings = cast.settings(tmp_path, database)
    file = tmp_path / "show" / "catalogue.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["show"]["language"] = "cy"
    document["episodes"][-1]["language"] = "ga"
    for each in document["episodes"]:
        each["summary"] = "A summary"
    file.write_text(json.dumps(document), encoding="utf-8")
    built = cast.house(settings)
    yield built
    built.close()


def unmarked(page: str) -> list[str]:
    """Return the show's words that are not marked as Welsh or Irish."""
    tree: Any = html.fromstring(page)
    texts = [each for each in tree.xpath("//body//text()") if WORDS.search(each)]
    for each in tree.xpath("//script"):
        each.drop_tree()
    found = []
    for text in texts:
        parent = text.getparent()
        element = parent.getparent() if text.is_tail else parent
        marked = element.xpath("ancestor-or-self::*[@lang][1]/@lang")
        if element.tag != "textarea" and marked[-1:] not in (["cy"], ["ga"]):
            found.append(text.strip())
    return found


def test_every_page_marks_the_words_of_the_show(house: House) -> None:
    alice = house.learner("Alice")
    assert WORDS.search(house.nobody().get("/").text)
    pages = {"welcome": house.nobody().get("/").text}
    for path in PAGES:
        pages[path] = alice.visitor.get(f"/{path.replace('ID', alice.ids[0])}").text
    assert {path: unmarked(page) for path, page in pages.items() if unmarked(page)} == {}
    assert 'lang="ga"' in pages[""]
    assert 'lang="cy"' in pages[""]


def test_no_page_marks_words_in_its_own_language(tmp_path: Path, database: Database) -> None:
    built = cast.house(cast.settings(tmp_path, database))
    page = built.learner("Alice").visitor.get("/").text
    built.close()
    assert page.count("lang=") == 1
