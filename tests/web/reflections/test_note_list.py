"""The list of notes: 25 to a page, by month, of one episode; only what is shown is decrypted."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.kit.companion import cast
from web import crypto
from web.accounts.store import Learner
from web.reflections import note_list, rules, store

if TYPE_CHECKING:
    from tests.kit.companion.cast import House, Person

COUNT = 200
QUICK = 0.2  # seconds of processor time for a page
NOTE = re.compile(r'<p class="beginning"><a [^>]*>([^<]+)</a>')


@pytest.fixture
def alice(house: House) -> Person:
    """Somebody who has written two notes on one day, and before it 200 over half a year."""
    found = house.learner("Alice")
    learner = Learner(found.id, found.key)
    with house.database.writing() as connection:
        for number in range(COUNT):
            words = ((("What?", f"number {number:03} and {'so on ' * 20}")),)
            note = rules.Note(cast.GUIDS[number % 2], f"Talk {number % 2 + 1}", "what", words)
            day = date(2026, 5, 1) + timedelta(days=number)
            change = store.NoteChange(store.new_id(), 0, note, day)
            assert store.save_note(connection, learner, change) == 1
    return found


def seen(page: str) -> list[int]:
    return [int(words.split()[1]) for words in NOTE.findall(page)]


def older(page: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_every_note_is_on_one_of_the_pages_the_newest_first(alice: Person) -> None:
    path, numbers, pages = "/notes", [], 0
    while path:
        page = alice.visitor.get(path).text
        assert len(NOTE.findall(page)) <= note_list.PAGE
        numbers += seen(page.replace(alice.words[0], "a 0").replace(alice.words[2], "a 0"))
        path, pages = older(page), pages + 1
    assert numbers == [*range(COUNT - 1, -1, -1), 0, 0]
    assert pages == -(-(COUNT + 2) // note_list.PAGE)
    assert "202 notes, newest first." in page
    assert alice.visitor.get("/notes?page=9").text.count("number 000") == 0
    assert alice.visitor.get("/notes?page=99999").status == 200
    assert seen(alice.visitor.get("/notes?page=-1").text)[0] == COUNT - 1


def test_months_are_headings(alice: Person) -> None:
    page = alice.visitor.get("/notes").text
    months = re.findall(r'<h2 class="month">([^<]+)</h2>', page)
    assert months == ["November 2026", "October 2026"]
    assert page.index("November 2026") < page.index("number 199") < page.index("October 2026")


def test_only_what_is_shown_is_decrypted(
    house: House, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    real = crypto.unseal

    def unseal(*arguments: object) -> bytes:
        opened.append(1)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(crypto, "unseal", unseal)
    began = time.process_time()
    assert alice.visitor.get("/notes?page=4").status == 200
    assert time.process_time() - began < QUICK
    assert len(opened) <= note_list.PAGE + 2, "and the session's own key"


def test_a_list_can_keep_to_one_episode(alice: Person) -> None:
    page = alice.visitor.get(f"/notes?episode={quote(cast.GUIDS[1], safe='')}").text
    assert "100 notes about Talk 2." in page
    numbers = seen(page)
    while path := older(page):
        page = alice.visitor.get(path).text
        numbers += seen(page)
    assert numbers == [*range(COUNT - 1, -1, -2)]
    assert "0 notes found." in alice.visitor.get("/notes?episode=none").text


def test_what_a_search_finds_has_pages_too_and_no_address_has_its_words(alice: Person) -> None:
    first = alice.visitor.post("/notes", {"q": "NUMBER and"})
    assert "200 notes found." in first.text
    second = alice.visitor.post("/notes", {"q": "NUMBER and", "page": "2"})
    assert seen(first.text) + seen(second.text) == [*range(199, 149, -1)]
    assert not re.search(r'href="[^"]*NUMBER', first.text + second.text)
    assert '<input type="hidden" name="q" value="NUMBER and">' in first.text
