"""Drafts without a script: saved by a button, deleted only after a question; and pages' titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from tests.kit.companion.cast import COOKIE, GUIDS
from tests.kit.companion.visitor import form

if TYPE_CHECKING:
    from tests.kit.companion.cast import Clock, House, Person


@pytest.fixture
def alice(house: House) -> Person:
    return house.learner("Alice")


def drafts(house: House, person: Person) -> list[str]:
    return [kept.draft.answers[0][1] for kept in house.notes(person) if kept.draft]


def test_what_was_typed_is_saved_as_a_draft_by_the_button_that_closes(
    house: House, alice: Person
) -> None:
    page = alice.visitor.get(cast.fill("/reflect/<path:guid>"))
    assert '<button name="close" value="yes">Save as draft and close</button>' in page.text
    answer = alice.visitor.post("/reflect/guid-1", form("typed before the bell", close="yes"))
    assert (answer.status, answer.location) == (303, "/")
    assert "Saved as a draft." in alice.visitor.follow(answer).text
    assert "typed before the bell" in drafts(house, alice)


def test_nothing_typed_makes_no_draft_and_a_wrong_minute_is_asked_about(
    house: House, alice: Person
) -> None:
    before = drafts(house, alice)
    empty = alice.visitor.post("/reflect/guid-1", form("  ", close="yes"))
    assert (empty.status, empty.location) == (303, "/")
    wrong = alice.visitor.post("/reflect/guid-1", form("words", close="yes", minute="half past"))
    assert wrong.status == 422
    assert "half past" in wrong.text
    assert drafts(house, alice) == before


def test_changes_to_a_note_close_onto_the_note_and_two_windows_keep_both(
    house: House, alice: Person
) -> None:
    id_ = alice.ids[1]
    sent = form("changed here", id_, close="yes", version="1")
    answer = alice.visitor.post("/reflect/guid-1", sent)
    assert answer.location == f"/notes/{id_}"
    other = form("changed there", id_, close="yes", version="1")
    assert alice.visitor.post("/reflect/guid-1", other).status == 303
    assert {"changed here", "changed there"} <= set(drafts(house, alice))


def test_a_page_that_nobody_uses_keeps_its_words_and_ends_the_session(
    house: House, alice: Person
) -> None:
    sent = form("called away", close="idle", minute="half past")
    answer = alice.visitor.post("/reflect/guid-1", sent)
    assert answer.status == 303
    assert COOKIE not in alice.visitor.cookies
    page = alice.visitor.follow(answer)
    assert "What you were writing is saved as a draft." in page.text
    assert "called away" in drafts(house, alice)


def test_a_draft_is_deleted_only_after_a_question(house: House, alice: Person) -> None:
    changed, second, draft = alice.ids
    for id_, ask in ((draft, "Delete this draft"), (changed, "Discard changes")):
        page = alice.visitor.get(f"/notes/{id_}/edit")
        assert f'href="/notes/{id_}/let-go">{ask}</a>' in page.text
        assert f'action="/notes/{id_}/let-go"' not in page.text
        question = alice.visitor.get(f"/notes/{id_}/let-go")
        assert f"<h1>{ask}?</h1>" in question.text
        assert f'action="/notes/{id_}/let-go"' in question.text
    assert len(drafts(house, alice)) == 2, "to ask deletes nothing"
    assert alice.visitor.get(f"/notes/{second}/let-go").location == f"/notes/{second}"
    done = alice.visitor.post(f"/notes/{draft}/let-go")
    assert "Draft deleted." in alice.visitor.follow(done).text


def test_somebody_whose_session_has_ended_is_told_so_and_nobody_else(
    house: House, alice: Person, clock: Clock
) -> None:
    said = "You have been signed out. This happens after 15 minutes without activity"
    for path in ("/", "/sign-in"):
        assert said not in house.nobody().get(path).text
    clock.wait(minutes=16)
    for path in ("/", "/sign-in"):
        assert said in alice.visitor.get(path).text


def test_whoever_says_that_they_are_still_there_is(
    house: House, alice: Person, clock: Clock
) -> None:
    for _ in range(3):
        clock.wait(minutes=10)
        assert alice.visitor.post("/stay").status == 204
    assert alice.visitor.get("/notes").status == 200
    assert "Still there?" in alice.visitor.get("/notes").text
    assert "If you do nothing for 15 minutes, we sign you out." in alice.visitor.get("/").text
    assert "Still there?" not in house.nobody().get("/").text


def test_every_page_has_a_title_of_its_own(house: House, alice: Person) -> None:
    charlie = house.lead()
    changed, note, draft = alice.ids
    pages = {
        house.nobody(): ["/", "/join", "/sign-in", "/desk/sign-in", "/deleted", "/signed-out",
                         "/about/privacy", "/about/keeping", "/none"],
        alice.visitor: ["/", "/notes", f"/notes/{note}", f"/notes/{draft}/edit", "/phrase",
                        f"/notes/{note}/delete", f"/notes/{draft}/let-go", "/listen/guid-1",
                        f"/notes/{changed}/let-go", "/take-away", "/delete-everything", "/connect"],
        charlie.visitor: ["/desk/", "/desk/numbers", f"/desk/codes/{charlie.ids[0]}/poster"],
    }  # fmt: skip
    found: dict[str, str] = {}
    for visitor, paths in pages.items():
        for path in paths:
            page = visitor.get(path).text
            title = re.findall("<title>(.+)</title>", page)
            assert len(title) == 1, path
            assert title[0] not in found, f"{path} is called as {found[title[0]]}"
            assert not alice.traces(title[0])
            assert GUIDS[0] not in title[0]
            found[title[0]] = path
