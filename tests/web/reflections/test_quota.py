"""What one account may hold: generous, said before words are lost, and never in anybody's way."""

from __future__ import annotations

import html
import json
import re
import threading
from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import sync_clients
from tests.kit.companion import sync_reports
from tests.kit.companion.cast import GUIDS, House
from tests.kit.companion.visitor import form
from web.limits import heavy_requests
from web.reflections import quota
from web.sync import devices
from web.sync import quota as apps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.companion.visitor import Answer

PATH = f"/reflect/{GUIDS[0]}"


def given_back(answer: Answer, name: str) -> str:
    """Return what a page gives back in a field."""
    found = re.search(rf'name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an account be full with a few notes: Bob has two, and a draft."""
    monkeypatch.setattr(quota, "NOTES", 4)
    monkeypatch.setattr(quota, "DRAFTS", 3)
    monkeypatch.setattr(quota, "BYTES", 20_000)


def test_ten_notes_a_day_for_ten_years_fit() -> None:
    assert quota.NOTES > 10 * 366 * 10
    assert quota.BYTES / (10 * 366 * 10) > 2500, "sealed bytes of each: 300 words"


@pytest.mark.usefixtures("small")
def test_a_note_that_does_not_fit_comes_back_with_every_word(house: House) -> None:
    bob = house.learner("Bob")
    bob.visitor.save(GUIDS[0], "the last that fits")
    sent = form("my words <b>", **{"question-2": "And?", "answer-2": "more\r\nwords"})
    answer = bob.visitor.post(PATH, sent)
    assert answer.status == 422
    assert "the most an account can hold" in answer.text
    assert given_back(answer, "answer-1") == "my words <b>"
    assert given_back(answer, "answer-2").splitlines() == ["more", "words"]
    told = bob.visitor.draft(GUIDS[0], form("as a draft"))
    assert told.status == 422
    assert "the most an account can hold" in json.loads(told.body)["message"]
    before = len(house.notes(bob))
    assert bob.visitor.post(f"/notes/{bob.ids[1]}/delete").status == 303
    assert bob.visitor.post(PATH, sent).status == 303, "there is room again"
    assert len(house.notes(bob)) == before


@pytest.mark.usefixtures("small")
def test_a_full_account_still_changes_and_shortens_its_notes(house: House) -> None:
    bob = house.learner("Bob")
    id_ = bob.visitor.save(GUIDS[0], "x" * 12_000)
    again = form("x" * 19_000, id_, version="1")
    answer = bob.visitor.post(PATH, again)
    assert answer.status == 422
    assert "all the space" in answer.text
    assert given_back(answer, "answer-1") == "x" * 19_000
    assert bob.visitor.post(PATH, form("short", id_, version="1")).status == 303


@pytest.mark.usefixtures("small")
def test_one_draft_too_many_can_be_saved_as_a_note(house: House) -> None:
    bob = house.learner("Bob")  # two of his rows have drafts
    sent = form("a third")
    assert bob.visitor.draft(GUIDS[0], sent).status == 200
    assert bob.visitor.draft(GUIDS[0], form("a third, longer", sent["id"])).status in {200, 409}
    monkey = form("a fourth")
    assert bob.visitor.draft(GUIDS[0], monkey).status == 422
    other = bob.visitor.post(PATH, monkey | {"other-model": "gibbs"})
    assert other.status == 422
    assert "a fourth" in other.text


def test_the_list_and_home_open_few_of_many_notes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.reflections.note_list.PAGE", 3)
    monkeypatch.setattr("web.home.views.NEWEST", 3)
    bob = house.learner("Bob")
    for n in range(6):
        bob.visitor.save(GUIDS[0], f"note number {n}")
    listed = bob.visitor.get("/notes").text
    assert listed.count("note number") == 3
    assert "8 notes" in listed
    found = bob.visitor.post("/notes", {"q": "number 0"}).text
    assert "note number 0" in found
    every = bob.visitor.post("/notes", {"q": "number"}).text
    assert "6 notes found." in every
    assert every.count("note number") == 3
    home = bob.visitor.get("/").text
    assert home.count("note number") == 3
    assert bob.words[3] in home, "a draft, however old"
    assert home.count("New to you") == 0


def test_words_that_are_too_many_to_look_for_are_said_and_given_back(house: House) -> None:
    bob = house.learner("Bob")
    answer = bob.visitor.post("/notes", {"q": "word " * 41})
    assert answer.status == 422
    assert "up to 200 characters" in answer.text


@pytest.fixture
def busy() -> Iterator[None]:
    """All turns of what takes long are taken, and all places to wait."""
    for _ in range(heavy_requests.AT_ONCE + heavy_requests.WAITING):
        assert heavy_requests.queue._room.acquire(blocking=False)
    yield
    for _ in range(heavy_requests.AT_ONCE + heavy_requests.WAITING):
        heavy_requests.queue._room.release()


@pytest.mark.usefixtures("busy")
def test_what_takes_long_is_done_by_few_and_the_others_are_told_at_once(house: House) -> None:
    bob = house.learner("Bob")
    assert bob.visitor.get("/take-away").status == 503
    assert bob.visitor.post("/take-away").status == 503
    assert bob.visitor.post("/notes", {"q": "x"}).status == 503
    assert bob.visitor.get("/notes").status == 200
    assert bob.visitor.get("/").status == 200


def test_a_turn_comes_back_whatever_happens() -> None:
    for _ in range(heavy_requests.AT_ONCE + heavy_requests.WAITING + 5):
        with pytest.raises(ValueError, match="no"), heavy_requests.queue.slot():
            raise ValueError("no")
    done = []

    def work() -> None:
        with heavy_requests.queue.slot():
            done.append(1)

    threads = [
        threading.Thread(target=work)
        for _ in range(heavy_requests.AT_ONCE + heavy_requests.WAITING)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == len(threads)


def test_an_account_has_so_many_devices() -> None:
    assert devices.MOST <= 50


def test_apps_that_reported_too_much_keep_it_and_the_page_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = house.learner("Alice")
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    assert "as much as one account can hold" not in alice.visitor.get("/connect").text
    monkeypatch.setattr(apps, "ACTIONS", 2)
    first = [
        sync_clients.play(second, timestamp=f"2026-10-02T07:00:{second}") for second in (10, 20)
    ]
    sync_reports.report(house, who, *first)
    body = json.dumps([sync_clients.play(30, timestamp="2026-10-02T07:00:30")]).encode()
    answer = house.nobody().send("POST", sync_reports.episodes(who), sync_clients.basic(who), body)
    assert answer.status == 507, "no success: the app keeps it"
    assert answer.text.startswith("this account is full")
    assert sync_reports.told(house, who)[0]["position"] == 20
    sync_reports.report(house, who, *first)  # what is known already takes no room
    page = house.again(alice).get("/connect").text
    assert "Your apps have reported as much as one account can hold." in page
    assert house.again(alice).post("/recording/off", {"guid": GUIDS[0]}).status == 303
    assert "the most an account can hold" not in house.again(alice).get("/connect").text
