"""Tests that leaving and signing out answer at once, whatever the database does."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from episodes.errors import EarmarkError
from tests.kit.companion import database_rows
from tests.kit.companion.cast import COOKIE
from web import schema, session_ends
from web.limits.reserved_threads import Capacity
from web.session_ends import Exits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.companion.cast import House
    from tests.kit.companion.visitor import Answer, Visitor
    from web.database.engine import Database

    Way = Callable[[Visitor], Answer]

SOON = 30  # seconds in which a row is deleted once the database answers


def go(visitor: Visitor) -> Answer:
    return visitor.get("/leave")


def sign_out(visitor: Visitor) -> Answer:
    return visitor.send("POST", "/sign-out", {"Origin": "http://127.0.0.1:8090"})


@pytest.fixture(params=[go, sign_out])
def way(request: pytest.FixtureRequest) -> Way:
    """Each of the two ways out; neither needs a page that was open before."""
    found: Way = request.param
    return found


def rows(house: House) -> int:
    return len(database_rows.contents(house.database)[schema.sessions.name])


def thief_of(house: House, visitor: Visitor) -> Visitor:
    """Return another browser with the same cookies."""
    thief = house.nobody()
    thief.cookies = dict(visitor.cookies)
    return thief


def is_gone(visitor: Visitor, answer: Answer) -> None:
    """Expect somebody to be led away, with nothing left in their browser."""
    assert answer.status == 303
    assert COOKIE not in visitor.cookies
    expired = [each for name, each in answer.headers if name == "Set-Cookie"]
    assert expired
    assert all("Expires=Thu, 01 Jan 1970" in each for each in expired)


@contextmanager
def refused(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the database refuse everything; give what was asked of it."""
    asked: list[str] = []

    def refuse(*_: Any, **__: Any) -> None:
        asked.append(threading.current_thread().name)
        raise EarmarkError("the database cannot be opened")

    with monkeypatch.context() as patched:
        for name in ("reading", "writing"):
            patched.setattr(type(house.database), name, refuse)
        yield asked


def test_whoever_leaves_is_gone_while_the_database_refuses_and_ended_once_it_answers(
    house: House, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_ends, "FIRST", 0.01)
    alice, before = house.learner("Alice").visitor, rows(house)
    thief = thief_of(house, alice)
    with refused(house, monkeypatch) as asked:
        is_gone(alice, way(alice))
        assert threading.current_thread().name not in asked, "the answer waited for the database"
    assert thief.get("/notes").status == 302, "the session lived on in this process"
    assert house.companion.exits.settle(SOON)
    assert rows(house) == before - 1


def test_a_session_is_deleted_soon_when_the_database_answers(house: House, way: Way) -> None:
    alice, before = house.learner("Alice").visitor, rows(house)
    way(alice)
    assert house.companion.exits.settle(SOON)
    assert rows(house) == before - 1


def test_a_lead_leaves_too_and_somebody_without_a_session(house: House, way: Way) -> None:
    charlie, nobody = house.lead().visitor, house.nobody()
    is_gone(charlie, way(charlie))
    nobody.cookies[COOKIE] = ("no secret at all", "/")
    is_gone(nobody, way(nobody))


def test_whoever_leaves_is_gone_while_another_program_holds_the_lock(
    house: House, way: Way
) -> None:
    alice, bob = house.learner("Alice").visitor, house.learner("Bob").visitor
    if house.database.file:
        with closing(sqlite3.connect(house.database.file)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            is_gone(alice, way(alice))
            is_gone(bob, way(bob))
            took = time.monotonic() - began
            other.rollback()
    else:
        with house.database.engine.begin() as other:
            other.execute(text("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE"))
            began = time.monotonic()
            is_gone(alice, way(alice))
            is_gone(bob, way(bob))
            took = time.monotonic() - began
    assert took < 5
    assert house.companion.exits.settle(SOON)


def test_no_session_is_tried_without_end_and_a_flood_has_a_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_ends, "MOST", 10)
    monkeypatch.setattr(session_ends, "FIRST", 0.01)
    waits = threading.Event()

    def hang() -> None:
        waits.wait(SOON)
        raise EarmarkError("the database cannot be opened")

    with monkeypatch.context() as patched:
        patched.setattr(database, "writing", hang)
        ended = Exits(database)
        before = threading.active_count()
        for number in range(1000):
            ended.end(number.to_bytes(32, "big"))
        assert threading.active_count() <= before + 1, "one thread for all of them"
        kept = sum(ended.is_ended(number.to_bytes(32, "big")) for number in range(1000))
        assert kept == 10
    waits.set()
    assert ended.settle(SOON)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
     {"Sec-Purpose": "prefetch;anonymous-client-ip"}, {"X-Moz": "prefetch"},
     {"X-Purpose": "preview"}, {"Purpose": "Preview"}],
)  # fmt: skip
def test_a_browser_that_only_looks_ahead_signs_nobody_out(
    house: House, headers: dict[str, str]
) -> None:
    alice = house.learner("Alice").visitor
    for method in ("GET", "HEAD"):
        answer = alice.send(method, "/leave", headers=headers)
        assert (answer.status, answer.body) == (204, b"")
        assert not answer.header("Clear-Site-Data")
        assert not answer.header("Set-Cookie")
    assert alice.send("HEAD", "/leave").status == 204
    assert alice.get("/notes").status == 200


def test_a_form_of_an_old_page_signs_out_and_one_of_another_site_does_not(house: House) -> None:
    alice = house.learner("Alice").visitor
    for origin in ("https://evil.example", "null", ""):
        answer = alice.send("POST", "/sign-out", {"Origin": origin} if origin else {})
        assert answer.status == (403 if origin else 400)
    assert alice.get("/notes").status == 200
    assert sign_out(alice).status == 303


def test_after_an_idle_time_the_page_says_what_happened(house: House) -> None:
    alice = house.learner("Alice").visitor
    answer = alice.post("/sign-out", {"idle": "yes", "draft": "yes"})
    page = alice.follow(answer)
    assert "We signed you out after 15 minutes without activity." in page.text
    assert "What you were writing is saved as a draft." in page.text
    bob = house.learner("Bob").visitor
    page = bob.follow(bob.post("/sign-out", {"idle": "yes"}))
    assert "You have been signed out" in page.text
    assert "draft" not in page.text


def test_others_who_wait_leave_threads_for_the_way_out() -> None:
    holds, answered = threading.Event(), []
    began = threading.Semaphore(0)

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/notes":
            began.release()
            holds.wait(SOON)
        start("200 OK", [])
        return [b""]

    capacity = Capacity(app, [], working=2, waiting=0)

    def ask(path: str) -> None:
        capacity({"PATH_INFO": path}, lambda status, _: answered.append((path, status[:3])))

    busy = [threading.Thread(target=ask, args=("/notes",)) for _ in range(2)]
    for each in busy:
        each.start()
        assert began.acquire(timeout=SOON)
    for path in ("/leave", "/sign-out", "/notes", "/leave/no"):
        ask(path)
    refused = [("/notes", "503"), ("/leave/no", "503")]
    assert answered == [("/leave", "200"), ("/sign-out", "200"), *refused]
    holds.set()
    for each in busy:
        each.join(SOON)
    ask("/notes")
    assert answered[-1] == ("/notes", "200")
