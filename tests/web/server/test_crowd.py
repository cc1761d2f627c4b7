"""Many at once: a shift that signs in together, a room that joins together, one who guesses."""

from __future__ import annotations

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast, database_rows
from tests.kit.companion.visitor import Answer, Line, Visitor, form
from tests.kit.servers import companion_server
from web.accounts import word_list as phrases
from web.database.engine import Database
from web.desk import invitations, rules
from web.limits.hash_queue import PATIENCE, WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied

pytestmark = [pytest.mark.slow, pytest.mark.long(5)]
# More than may wait at once; each costs an account and a sign-in at the real cost.
SHIFT = WAITING + 8
ROOM, USES, JOINERS, CROWD = 16, 8, 12, 200
WINDOWS, TURNS = 6, 5
QUICK = 1.0  # seconds: generous, on a machine that does much else


@pytest.fixture
def running(place: Path, tmp_path: Path) -> Iterator[Accompanied]:
    with companion_server.serve(place, cast.catalogue(tmp_path / "show")) as served:
        yield served


def together(things: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """Do things at the same moment, each in a thread of its own."""
    every = list(things)
    gate = threading.Barrier(len(every))

    def go(thing: Callable[[], Answer]) -> Answer:
        gate.wait()
        return thing()

    with ThreadPoolExecutor(len(every)) as pool:
        return list(pool.map(go, every))


def visitors(running: Accompanied, count: int) -> list[Visitor]:
    """Return browsers that have a form open, ready to be sent."""
    found = [Visitor(Line(running.address)) for _ in range(count)]
    for visitor in found:
        visitor.token()
    return found


def accounts(running: Accompanied) -> int:
    database = Database(running.settings.database)
    found = len(database_rows.contents(database)["learners"])
    database.close()
    return found


class Reader(threading.Thread):
    """Somebody who is signed in and reads and writes on; how long each page took."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self._visitor = visitor
        self._stop_reading = threading.Event()
        self.took: list[float] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self._stop_reading.is_set():
            for page in (
                partial(self._visitor.get, "/notes"),
                partial(self._visitor.get, "/reflect/guid-1"),
                partial(self._visitor.post, "/notes", {"q": "word"}),
            ):
                began = time.perf_counter()
                answer = page()
                self.took.append(time.perf_counter() - began)
                if answer.status != 200:
                    self.wrong.append(f"{answer.status} {answer.text}")

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_reading.set()
        self.join()

    def p95(self) -> float:
        return sorted(self.took)[int(len(self.took) * 0.95)]

    def figures(self) -> str:
        middle = statistics.median(self.took)
        return f"{len(self.took)} pages, median {middle:.3f} s, p95 {self.p95():.3f} s"


def test_a_shift_signs_in_at_once_and_nobody_else_waits(running: Accompanied, kind: str) -> None:
    house = cast.house(running.settings)
    with ThreadPoolExecutor(2) as pool:
        names = [f"Learner {number}" for number in range(SHIFT)]
        people = list(pool.map(lambda name: house.learner(name, scrypt=True), names))
    house.close()
    alice = Visitor(Line(running.address))
    alice.join(running.new_code())
    came = visitors(running, SHIFT)
    began = time.perf_counter()
    with Reader(alice) as reader:
        answers = together(
            partial(visitor.sign_in, person.phrase)
            for visitor, person in zip(came, people, strict=True)
        )
    took = time.perf_counter() - began
    print(f"{kind}: {SHIFT} sign-ins in {took:.1f} s; at the same time {reader.figures()}")  # noqa: T201
    assert {answer.status for answer in answers} <= {303, 503}, "the queue has room for some"
    assert sum(answer.status == 303 for answer in answers) > WAITING
    again = [int(each.header("Retry-After")) for each in answers if each.status == 503]
    assert all(1 <= each <= PATIENCE for each in again)
    assert not reader.wrong
    for visitor, person, answer in zip(came, people, answers, strict=True):
        if answer.status == 503:
            assert visitor.sign_in(person.phrase).status == 303, "sent again, they are in"
    # Who waited behind them would wait for most of it; three sign-ins are what a busy machine may.
    assert reader.p95() < max(QUICK, took * 3 / SHIFT)
    for visitor, person in zip(came, people, strict=True):
        assert person.words[0] in visitor.get(f"/notes/{person.ids[0]}").text


def test_while_two_hundred_sign_in_at_once_every_page_answers(running: Accompanied) -> None:
    alice = Visitor(Line(running.address))
    alice.join(running.new_code())
    came = visitors(running, CROWD)
    with Reader(alice) as reader:
        answers = together(partial(each.sign_in, phrases.new()) for each in came)
    statuses = [answer.status for answer in answers]
    print(f"{statuses.count(503)} of {CROWD} are sent away; {reader.figures()}")  # noqa: T201
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(401) > WAITING
    assert not reader.wrong
    assert max(reader.took) < 10 * QUICK, "a tenth of that on a machine that does nothing else"


def test_a_room_joins_at_once_from_one_address_with_one_code(running: Accompanied) -> None:
    before, code = accounts(running), running.new_code()
    room = visitors(running, ROOM)
    answers = together(partial(visitor.post, "/join", {"join-code": code}) for visitor in room)
    assert {answer.status for answer in answers} == {303}
    assert accounts(running) == before + ROOM
    phrases = {visitor.get("/phrase").text.partition('id="the-phrase">')[2] for visitor in room}
    assert len(phrases) == ROOM


def test_a_code_for_eight_makes_eight_accounts(
    running: Accompanied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "SPARE", 1)
    database = Database(running.settings.database)
    code = invitations.new_code(database, running.settings, datetime.now(UTC), uses=USES)
    database.close()
    before = accounts(running)
    joiners = visitors(running, JOINERS)
    answers = together(partial(visitor.post, "/join", {"join-code": code}) for visitor in joiners)
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [303] * USES + [422] * (JOINERS - USES)
    assert accounts(running) == before + USES
    assert all("That code did not work" in each.text for each in answers if each.status == 422)


def test_of_many_windows_that_save_one_note_at_once_none_is_lost(running: Accompanied) -> None:
    alice = Visitor(Line(running.address))
    alice.join(running.new_code())
    alice.token()
    windows = [Visitor(Line(running.address)) for _ in range(WINDOWS)]
    for window in windows:
        window.cookies = dict(alice.cookies)
        window.token()
    for turn in range(TURNS):
        id_ = alice.save("guid-1", f"begun {turn}")
        written = [f"window {turn}-{number} wrote this" for number in range(WINDOWS)]
        answers = together(
            partial(window.post, "/reflect/guid-1", form(words, id_, version="1"))
            for window, words in zip(windows, written, strict=True)
        )
        assert {answer.status for answer in answers} == {303}
        everything = alice.post("/take-away").text
        assert [words for words in written if words not in everything] == []
