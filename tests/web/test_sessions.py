"""When a session begins and when it is over, on this device and on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast, database_rows
from tests.kit.companion.cast import COOKIE, Clock
from tests.kit.companion.visitor import form
from web import schema, sessions

if TYPE_CHECKING:
    from tests.kit.companion.cast import House, Person
    from tests.kit.companion.visitor import Visitor


@pytest.fixture
def clock() -> Clock:
    return Clock(database_rows.NOW)


def secret(visitor: Visitor) -> str:
    return visitor.cookies[COOKIE][0]


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/notes").status == 200


def copy(house: House, visitor: Visitor) -> Visitor:
    """Return another browser with the same cookies, as a thief of them would have."""
    thief = house.nobody()
    thief.cookies = dict(visitor.cookies)
    return thief


def at_home(house: House, person: Person) -> Visitor:
    """Return a browser that came in with the phrase."""
    visitor = house.nobody()
    assert visitor.sign_in(person.phrase).status == 303
    return visitor


def test_signing_in_makes_a_new_secret_and_ends_the_session_that_was_there(house: House) -> None:
    alice, mallory = house.learner("Alice", scrypt=True), house.learner("Mallory")
    trap = house.nobody()
    trap.cookies = dict(mallory.visitor.cookies)  # planted in the browser that Alice uses
    token = trap.token()
    assert trap.sign_in(alice.phrase).status == 303
    assert secret(trap) != secret(mallory.visitor)
    assert not is_in(mallory.visitor)
    assert is_in(trap)
    before = database_rows.contents(house.database)["reflections"]
    old = trap.post("/reflect/guid-1", form("with a token from before"), token=token)
    assert old.status == 400
    assert database_rows.contents(house.database)["reflections"] == before


def test_a_secret_that_was_made_up_is_never_taken_over(house: House) -> None:
    alice = house.learner("Alice", scrypt=True)
    visitor = house.nobody()
    visitor.cookies[COOKIE] = ("A" * 43 + "=", "/")
    visitor.sign_in(alice.phrase)
    assert secret(visitor) != "A" * 43 + "="


def test_signing_out_ends_the_session_for_who_copied_the_cookie_too(house: House) -> None:
    alice = house.learner("Alice")
    thief, other = copy(house, alice.visitor), house.again(alice)
    assert is_in(thief)
    assert alice.visitor.sign_out().status == 303
    assert COOKIE not in alice.visitor.cookies
    assert not is_in(thief)
    assert is_in(other), "another device of hers goes on"


def test_leaving_ends_the_session_for_who_copied_the_cookie_too(house: House) -> None:
    alice = house.learner("Alice")
    thief = copy(house, alice.visitor)
    alice.visitor.get("/leave")
    assert not is_in(thief)


def test_a_new_phrase_ends_every_other_session_once_it_is_kept(house: House) -> None:
    alice = house.learner("Alice", scrypt=True)
    here, there = at_home(house, alice), at_home(house, alice)
    page = here.follow(here.post("/phrase/new", {"phrase": alice.phrase}))
    new = page.text.partition('id="the-phrase">')[2].partition("<")[0]
    assert len(new.split()) == 5
    assert is_in(there), "nothing changes before it is kept"
    assert is_in(at_home(house, alice))
    assert here.keep_phrase().status == 303
    assert is_in(here)
    assert not is_in(there)
    assert house.nobody().sign_in(alice.phrase).status == 401
    again = house.nobody()
    assert again.sign_in(new).status == 303
    assert alice.words[0] in again.get(f"/notes/{alice.ids[0]}").text


def test_deleting_everything_ends_every_session(house: House) -> None:
    alice = house.learner("Alice")
    there = house.again(alice)
    assert alice.visitor.post("/delete-everything").status == 303
    assert not is_in(alice.visitor)
    assert not is_in(there)
    assert not alice.traces(str(database_rows.contents(house.database)), but=(*alice.ids, alice.id))


def test_who_does_nothing_is_signed_out_and_who_writes_is_not(house: House, clock: Clock) -> None:
    busy, away = house.learner("Alice").visitor, house.learner("Bob").visitor
    for _ in range(4):
        clock.wait(minutes=10)
        assert is_in(busy)
    assert not is_in(away)
    clock.wait(minutes=15, seconds=sessions.STEP + 1)
    assert not is_in(busy)


def test_a_session_is_over_after_a_long_shift_however_busy(house: House, clock: Clock) -> None:
    alice, charlie = house.learner("Alice"), house.lead()
    for _ in range(12 * 6):
        clock.wait(minutes=10)
        answer = alice.visitor.get("/phrase"), charlie.visitor.get("/desk/")
        assert {each.status for each in answer} == {200}
    clock.wait(minutes=1)
    assert alice.visitor.get("/phrase").status == 302
    assert charlie.visitor.get("/desk/").status == 302


def test_words_that_arrive_after_the_session_come_back_beside_the_phrase(
    house: House, clock: Clock
) -> None:
    alice = house.learner("Alice", scrypt=True)
    visitor = at_home(house, alice)
    place = cast.fill("/reflect/<path:guid>")
    sent = form("what took her an hour to write")
    visitor.get(place)
    clock.wait(minutes=20)
    page = visitor.post(place, sent)
    assert page.status == 401
    assert "what took her an hour to write" in page.text
    action = page.text.partition('method="post" action="')[2].partition('"')[0]
    wrong = visitor.post(action, sent | {"phrase": "not the right one at all"})
    assert (wrong.status, "took her an hour" in wrong.text) == (401, True)
    saved = visitor.post(action, sent | {"phrase": alice.phrase})
    assert saved.status == 303
    assert "what took her an hour to write" in visitor.follow(saved).text


def test_what_is_looked_for_after_the_session_is_found_beside_the_phrase(
    house: House, clock: Clock
) -> None:
    alice = house.learner("Alice", scrypt=True)
    visitor = at_home(house, alice)
    visitor.post(cast.fill("/reflect/<path:guid>"), form("the ward at night"))
    clock.wait(minutes=20)
    page = visitor.post("/notes", {"q": "ward"})
    assert (page.status, "\nward</textarea>" in page.text) == (401, True)
    wrong = visitor.post("/notes", {"q": "ward", "phrase": "not the right one at all"})
    assert (wrong.status, "\nward</textarea>" in wrong.text) == (401, True)
    assert "That phrase does not match" in wrong.text
    found = visitor.post("/notes", {"q": "ward", "phrase": alice.phrase})
    assert found.status == 200
    assert "the ward at night" in found.text


def test_who_was_asked_for_the_phrase_comes_to_the_page_they_wanted(house: House) -> None:
    alice = house.learner("Alice", scrypt=True)
    visitor = house.nobody()
    door = visitor.follow(visitor.get(cast.fill("/reflect/<path:guid>") + "?t=75"))
    came = visitor.post("/sign-in", {"phrase": alice.phrase, "next": door.field("next")})
    page = visitor.follow(came)
    assert page.status == 200
    assert page.field("minute") == "1:15"


@pytest.mark.parametrize(
    "onwards",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/../x", "/%2e%2e/x", "x",
     "/a\nSet-Cookie: x=y", "/" + "a" * 2001],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(house: House, onwards: str) -> None:
    alice = house.learner("Alice", scrypt=True)
    came = house.nobody().post("/sign-in", {"phrase": alice.phrase, "next": onwards})
    assert came.location == "/"


def test_nothing_of_a_session_is_stored_that_would_open_it(house: House) -> None:
    alice = house.learner("Alice")
    value = secret(alice.visitor)
    stored = database_rows.contents(house.database)[schema.sessions.name]
    assert value not in str(stored)
    for row in stored:
        assert alice.key not in row
