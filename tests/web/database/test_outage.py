"""While a database is known to be away: one asks again, and nobody waits in vain."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from web.database import outage
from web.database.optional_read import Glance
from web.database.outage import Outage
from web.database.refusals import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.companion.cast import House


class Seconds:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def goes_on(found: Outage, *, asks: bool = True) -> bool:
    try:
        found.look(asks=asks)
    except AwayError as error:
        assert str(error) == "no route"
        return False
    return True


def test_one_asks_again_at_a_time_until_somebody_gets_in() -> None:
    seconds = Seconds()
    found = Outage(seconds)
    assert goes_on(found)
    found.begin(AwayError("no route"))
    assert not goes_on(found)
    seconds.now += outage.PAUSE
    assert goes_on(found, asks=False), "this one does not ask yet"
    assert goes_on(found)
    assert not goes_on(found, asks=False)
    assert not goes_on(found), "one asks already"
    found.begin(AwayError("no route"))
    assert not goes_on(found)
    seconds.now += outage.PAUSE
    assert goes_on(found)
    seconds.now += outage.PROBE
    assert goes_on(found), "the one that asks got no answer: another may"
    found.end()
    assert all(goes_on(found) for _ in range(9))


def test_one_that_alone_gets_no_connection_shuts_nobody_out() -> None:
    seconds = Seconds()
    found = Outage(seconds)
    found.end()
    found.begin(AwayError("no route"))
    assert goes_on(found)
    seconds.now += outage.WELL
    found.begin(AwayError("no route"))
    assert not goes_on(found)


def test_a_glance_ends_in_time_and_few_threads_wait() -> None:
    over, inside, done = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
    glance: Glance[int] = Glance(0.05, most=2)

    def look() -> int:
        inside.release()
        assert over.wait(60)
        return 1

    for _ in range(5):
        with pytest.raises(AwayError):
            glance.at(look, lambda _: done.release())
    try:
        assert inside.acquire(timeout=60)
        assert inside.acquire(timeout=60)
        assert not inside.acquire(timeout=0.1), "no third thread"
    finally:
        over.set()
    for _ in range(2):
        assert done.acquire(timeout=60)
    glance.seconds = 60
    assert glance.at(lambda: 2, lambda _: done.release()) == 2
    assert done.acquire(timeout=60)


def test_a_glance_raises_what_the_look_raised() -> None:
    def look() -> int:
        raise ValueError("this")

    with pytest.raises(ValueError, match="this"):
        Glance[int](60).at(look, lambda _: None)


FREE = ("/sign-in", "/join", "/desk/sign-in", "/about/privacy", "/static/app.css", "/nowhere")


def test_pages_that_ask_no_database_answer_whoever_is_signed_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a look that takes for ever, or is told that they were signed out."""
    visitor = house.learner("Alice").visitor
    over = threading.Event()
    monkeypatch.setattr(house.database.engine, "connect", standstill(over))
    monkeypatch.setattr(house.companion.glance, "seconds", 0.1)
    try:
        for path in FREE:
            began = time.monotonic()
            answer = visitor.get(path)
            assert answer.status == (404 if path == "/nowhere" else 200), path
            assert "You have been signed out" not in answer.text
            assert time.monotonic() - began < 5, path
    finally:
        over.set()
        monkeypatch.undo()
    house.companion.glance.seconds = 60
    assert "Sign out" in visitor.get("/about/privacy").text


def standstill(over: threading.Event) -> Callable[..., Any]:
    """Return what a connection does on a line that is mute."""

    def connect(*_: Any) -> Any:
        over.wait(60)
        raise AwayError("no answer")

    return connect
