"""Tests that acts which let somebody sign in later ask for the phrase again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from tests.kit.companion.repeated_forms import Scene, Stage, fill_in
from web import crypto, sessions
from web.accounts.store import Learner
from web.maintenance import purge
from web.schema import learners, spent_forms
from web.sync import apps

if TYPE_CHECKING:
    from tests.kit.companion.cast import Clock, House, Person
    from tests.kit.companion.visitor import Answer, Visitor

WRONG = ("", "   ", "five words that are wrong", "\0", "x" * 5000)


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


def lookup(house: House, alice: Person) -> bytes:
    """Return by what the learner is found: it changes with the phrase only."""
    with house.database.reading() as connection:
        query = select(learners.c.lookup).where(learners.c.id == alice.id)
        found: bytes = connection.execute(query).scalar_one()
    return found


def shown(visitor: Visitor) -> str:
    """Return the phrase that waits to be kept, "" where none does."""
    text = visitor.get("/phrase").text
    return text.partition('id="the-phrase">')[2].partition("<")[0]


def test_an_open_session_is_not_enough_for_a_new_phrase(stage: Stage) -> None:
    (alice, visitor), (bob, _) = stage.learner(), stage.learner()
    before = lookup(stage.house, alice)
    for wrong in (*WRONG, bob.phrase, " ".join(alice.phrase.split()[:4])):
        visitor.get("/phrase")
        answer = visitor.post("/phrase/new", {"phrase": wrong})
        assert answer.status == 422
        assert "That is not your phrase" in answer.text
        assert not shown(visitor)
        assert visitor.post("/phrase/kept", {"shown": ""}).status == 303
    assert lookup(stage.house, alice) == before
    typed = alice.phrase.upper().replace(" ", "-")
    assert visitor.post("/phrase/new", {"phrase": typed}).status == 303
    assert len(shown(visitor).split()) == 5


def test_right_after_joining_the_phrase_is_kept_without_typing_it(house: House) -> None:
    visitor = house.nobody()
    phrase = visitor.join(house.new_code())
    assert house.nobody().sign_in(phrase).status == 303


def test_after_a_new_phrase_the_apps_are_shown_and_all_can_be_disconnected(stage: Stage) -> None:
    alice, visitor = stage.learner()
    stage.app(alice), stage.app(alice)
    visitor.get("/phrase")
    visitor.post("/phrase/new", {"phrase": alice.phrase})
    answer = visitor.keep_phrase()
    assert answer.location == "/connect"
    page = visitor.follow(answer)
    assert "These apps are still connected" in page.text
    assert "Disconnect all" in page.text
    done = visitor.post("/connect/disconnect-all")
    assert "Apps disconnected" in visitor.follow(done).text
    with stage.house.database.reading() as connection:
        assert apps.every(connection, Learner(alice.id, alice.key)) == []


def test_a_phrase_of_another_window_is_never_kept_unseen(stage: Stage) -> None:
    alice, visitor = stage.learner()
    visitor.post("/phrase/new", {"phrase": alice.phrase})
    first = shown(visitor)
    old = visitor.get("/phrase").field("shown")
    visitor.post("/phrase/new", {"phrase": alice.phrase})
    second = shown(visitor)
    assert first != second
    for mark in (old, "", "x", "\u00e9" * 32):
        answer = visitor.post("/phrase/kept", {"shown": mark})
        assert answer.location == "/phrase"
        assert shown(visitor) == second
    assert stage.house.nobody().sign_in(alice.phrase).status == 303, "nothing has changed"
    assert visitor.keep_phrase().status == 303
    assert stage.house.nobody().sign_in(second).status == 303
    assert stage.house.nobody().sign_in(first).status == 401


def password(stage: Stage) -> Scene:
    return Scene(stage.learner()[1], "/connect/gpodder", "/connect/gpodder", {"name": "my phone"})


def flow(stage: Stage) -> Scene:
    begun = stage.house.nobody().send("POST", "/index.php/login/v2")
    path = str(urlsplit(json.loads(begun.body)["login"]).path)
    return Scene(stage.learner()[1], path, path, {"name": "my phone"})


@pytest.mark.parametrize("begin", ["password", "flow"])
def test_an_app_is_connected_long_after_signing_in_only_with_the_phrase(
    stage: Stage, clock: Clock, begin: str
) -> None:
    alice, visitor = stage.learner()

    def connect(typed: dict[str, str]) -> Answer:
        scene = (password if begin == "password" else flow)(stage)._replace(visitor=visitor)
        return fill_in(scene._replace(typed=scene.typed | typed)).press()

    assert connect({}).status in {200, 303}, "signed in just now"
    for _ in range(2):
        clock.wait(seconds=sessions.RECENT / 2 + 1)
        visitor.get("/")
    for wrong in WRONG:
        answer = connect({"phrase": wrong})
        assert answer.status == 422
        assert "That is not your phrase" in answer.text
        assert "my phone" in answer.text, "what was typed is there again"
    with stage.house.database.reading() as connection:
        assert len(apps.every(connection, Learner(alice.id, alice.key))) == 1
    assert connect({"phrase": alice.phrase}).status in {200, 303}


def test_the_phrase_of_a_join_is_sealed_where_a_form_was_sent(house: House) -> None:
    """The database alone shows no phrase: the key is in the browser's token."""
    form = fill_in(Scene(house.nobody(), "/join", "/join", {"join-code": house.new_code()}))
    form.press()
    phrase = shown(form.visitor)
    with house.database.reading() as connection:
        (row,) = connection.execute(select(spent_forms)).all()
    for each in (row.digest, row.outcome, row.secret):
        assert phrase.encode() not in each
        assert form.fields["once"].encode() not in each
    for key in (house.settings.secrets.key, house.settings.secrets.pepper, row.digest):
        with pytest.raises(crypto.WrongKeyError):
            crypto.unseal(key, row.secret, row.digest.hex(), "secret")


def test_a_phrase_waits_ten_minutes_for_the_second_press_and_no_longer(
    house: House, clock: Clock
) -> None:
    for minutes, still in ((9, True), (11, False)):
        form = fill_in(Scene(house.nobody(), "/join", "/join", {"join-code": house.new_code()}))
        form.press()
        phrase = shown(form.visitor)
        clock.wait(minutes=minutes)
        answer = form.press(lost=True)
        assert (answer.status == 303) is still
        if still:
            assert shown(form.visitor) == phrase
        else:
            assert "Someone has already joined with this form" in answer.text
            assert phrase not in answer.text


def test_a_purge_forgets_phrases_after_minutes_and_forms_after_days(
    house: House, clock: Clock
) -> None:
    def left() -> list[bool]:
        purge.clear(house.database, clock.now, 2)
        with house.database.reading() as connection:
            return [row.secret is not None for row in connection.execute(select(spent_forms))]

    fill_in(Scene(house.nobody(), "/join", "/join", {"join-code": house.new_code()})).press()
    assert left() == [True]
    clock.wait(minutes=11)
    assert left() == [False]
    clock.wait(hours=47)
    assert left() == [False]
    clock.wait(hours=1)
    assert left() == []
