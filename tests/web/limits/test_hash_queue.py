"""The queue before what costs a core: few run, few wait, and the others are told at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from web.accounts import word_list
from web.limits import hash_queue
from web.limits.hash_queue import BusyError, HashQueue
from web.limits.rate_limits import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.cast import Clock
    from web.database.engine import Database


def test_so_many_may_wait_and_the_next_is_told_at_once() -> None:
    queue, release = HashQueue(running=1, waiting=3), threading.Event()
    came = threading.Barrier(2)

    def hold() -> None:
        with queue.slot():
            came.wait()
            release.wait()

    def wait() -> None:
        with queue.slot():
            pass

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    came.wait()
    assert [queue._room.acquire(blocking=False) for _ in range(3)] == [True] * 3
    with pytest.raises(BusyError), queue.slot():
        pass
    for _ in range(3):
        queue._room.release()
    threads += [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    release.set()
    for thread in threads:
        thread.join()
    with queue.slot():
        pass


def test_what_fails_within_gives_its_room_back() -> None:
    queue = HashQueue(running=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), queue.slot():
            raise ZeroDivisionError
    with queue.slot(), pytest.raises(BusyError), queue.slot():
        pass


def test_when_it_is_full_signing_in_is_503_and_costs_no_attempt(
    tmp_path: Path, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = cast.house(cast.settings(tmp_path, database), limited=True, clock=clock)
    person = house.learner("Alice", scrypt=True)
    queue = HashQueue(running=1, waiting=0)
    monkeypatch.setattr(hash_queue, "queue", queue)
    with queue.slot():
        for _ in range(2 * LIMITS["wrong phrase"][0].most):
            answer = house.nobody().sign_in(person.phrase)
            assert answer.status == 503
        assert answer.header("Retry-After") == str(hash_queue.AGAIN)
        assert "Many people are signing in" in answer.text
        lead = house.nobody().post("/desk/sign-in", {"name": "x", "password": "y", "code": "1"})
        assert lead.status == 503
        assert house.nobody().get("/sign-in").status == 200
    assert house.nobody().sign_in(person.phrase).status == 303
    assert house.nobody().sign_in(word_list.new()).status == 401
    house.close()
