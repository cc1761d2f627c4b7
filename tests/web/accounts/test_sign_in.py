"""Tests sign-ins and forms at the moment when another device replaces the phrase or deletes all."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update

from tests.kit.companion import repeated_forms
from tests.kit.companion.repeated_forms import Scene, Stage, fill_in
from web import auth, crypto, schema, sessions
from web.accounts import erasure_store, sign_in, store
from web.accounts.store import Learner
from web.schema import join_codes, learners
from web.sessions import Who
from web.sync import apps
from web.sync import views as sync_views

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Connection

    from tests.kit.companion.cast import House

OTHER = crypto.Opened(b"the lookup of another phrase".ljust(32), b"k" * 32)


def end_sessions(connection: Connection, learner: str) -> None:
    connection.execute(delete(schema.sessions).where(schema.sessions.c.learner == learner))


def replace_phrase(connection: Connection, learner: Learner, today: date) -> None:
    """Do what another device does that saves a new phrase."""
    del today
    assert store.change_phrase(connection, learner, OTHER)
    end_sessions(connection, learner.id)


def delete_everything(connection: Connection, learner: Learner, today: date) -> None:
    erasure_store.erase_learner(connection, learner.id, today)


CHANGES = (replace_phrase, delete_everything)


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house)


def sessions_of(house: House, learner: str) -> int:
    with house.database.reading() as connection:
        rows = select(schema.sessions.c.digest).where(schema.sessions.c.learner == learner)
        return len(connection.execute(rows).all())


def lookup(house: House, learner: str) -> bytes:
    with house.database.reading() as connection:
        query = select(learners.c.lookup).where(learners.c.id == learner)
        found: bytes = connection.execute(query).scalar_one()
    return found


def do(stage: Stage, act: Callable[..., None], learner: Learner) -> None:
    with stage.house.database.writing() as connection:
        act(connection, learner, stage.house.companion.now().date())


@pytest.mark.parametrize("act", CHANGES)
@pytest.mark.parametrize("begin", [repeated_forms.sign_in, repeated_forms.join])
def test_no_session_begins_once_the_phrase_is_replaced(
    stage: Stage,
    begin: Callable[[Stage], Scene],
    act: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The phrase was right, the session is not begun yet; then another device ends the phrase."""
    real = auth.begin_session
    ended: list[Learner] = []

    def after_change(**options: Any) -> bool:
        if not ended:
            ended.append(options["learner"])
            do(stage, act, options["learner"])
        return real(**options)

    filled = fill_in(begin(stage))
    monkeypatch.setattr(auth, "begin_session", after_change)
    answer = filled.press()
    assert answer.status in {200, 401}
    assert sessions_of(stage.house, ended[0].id) == 0
    assert filled.visitor.get("/notes").status == 302, "nobody is signed in"
    filled.press(lost=True)
    assert sessions_of(stage.house, ended[0].id) == 0, "nor does the same form, sent again"


@pytest.mark.parametrize("act", CHANGES)
def test_a_note_that_signs_in_again_comes_back_once_the_phrase_is_replaced(
    stage: Stage, act: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, visitor = stage.learner()
    with stage.house.database.writing() as connection:
        end_sessions(connection, alice.id)
    visitor.get("/sign-in")
    real = auth.begin_session

    def after_change(**options: Any) -> bool:
        do(stage, act, options["learner"])
        return real(**options)

    monkeypatch.setattr(auth, "begin_session", after_change)
    typed = {"answer-1": "words that must not be lost", "phrase": alice.phrase}
    answer = visitor.post("/reflect/guid-1", typed)
    assert answer.status == 401
    assert "words that must not be lost" in answer.text
    assert sessions_of(stage.house, alice.id) == 0


@pytest.mark.parametrize("act", CHANGES)
def test_a_new_phrase_waits_for_a_session_that_is_about_to_begin(
    stage: Stage, act: Callable[..., None]
) -> None:
    house, (alice, _) = stage.house, stage.learner()
    learner = Learner(alice.id, alice.key, lookup(house, alice.id))
    waiting = threading.Thread(target=do, args=(stage, act, learner))
    with house.database.writing() as connection:
        assert store.has_phrase(connection, learner)
        waiting.start()
        time.sleep(0.3)  # it would be done by now
        now = int(house.companion.now().timestamp())
        sessions.begin_session(connection, now, Who(learner.id, learner.key))
    waiting.join()
    assert sessions_of(house, alice.id) == 0
    with house.database.writing() as connection:
        assert not store.has_phrase(connection, learner)


def test_a_session_that_was_ended_replaces_no_phrase(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two devices each save a new phrase at once: the one that was ended must not win."""
    filled = fill_in(repeated_forms.kept_phrase(stage))
    alice = _owner(stage)
    real = sign_in.derive

    def derive(*args: Any) -> crypto.Opened:
        opened = real(*args)
        do(stage, replace_phrase, alice)
        return opened

    monkeypatch.setattr(sign_in, "derive", derive)
    assert filled.press().status == 303
    assert lookup(stage.house, alice.id) == OTHER.lookup
    assert filled.visitor.get("/phrase").status == 302, "it signs in again"


@pytest.mark.parametrize("begin", [repeated_forms.make_password, repeated_forms.let_it_in])
def test_a_session_that_was_ended_connects_no_app(
    stage: Stage, begin: Callable[[Stage], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = fill_in(begin(stage))
    alice = _owner(stage)
    real = sync_views._limit

    def limit(learner: Learner) -> None:
        real(learner)
        do(stage, replace_phrase, alice)

    monkeypatch.setattr(sync_views, "_limit", limit)
    assert filled.press().status == 303
    with stage.house.database.reading() as connection:
        assert apps.every(connection, alice) == []


def test_a_join_code_that_is_withdrawn_meanwhile_lets_nobody_join(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code was open a moment ago; the lead withdraws it before its use is counted."""
    scene = fill_in(repeated_forms.join(stage))
    monkeypatch.setattr(store, "has_code", lambda *_: True)
    with stage.house.database.writing() as connection:
        connection.execute(update(join_codes).values(withdrawn=stage.house.companion.now().date()))
    assert scene.press().status == 422
    with stage.house.database.reading() as connection:
        assert connection.execute(select(learners.c.id)).all() == []


def _owner(stage: Stage) -> Learner:
    """Return the only learner of the companion."""
    with stage.house.database.reading() as connection:
        row = connection.execute(select(learners.c.id)).one()
    return Learner(row.id, b"k" * 32)
