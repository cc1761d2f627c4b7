"""What costs a core gives way to pages; signing in while its queue is full loses nothing."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from web.accounts import word_list
from web.limits import hash_queue
from web.limits.hash_queue import BusyError, HashQueue
from web.limits.rate_limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import Clock
    from web.database.engine import Database

WAIT = 10  # seconds, far more than anything here takes


@contextmanager
def filled(queue: HashQueue, places: int) -> Iterator[None]:
    """Take so many places of a queue until the block ends."""
    end, inside = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        inside.release()
        end.wait(WAIT)

    with ThreadPoolExecutor(places) as pool:
        jobs = [pool.submit(queue.compute, work) for _ in range(places)]
        assert inside.acquire(timeout=WAIT)
        while queue._room._value:  # those that have no thread yet
            threading.Event().wait(0.001)
        try:
            yield
        finally:
            end.set()
            for job in jobs:
                job.result(WAIT)


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(not hash_queue.YIELDS, reason="threads have no priority of their own here")
def test_it_runs_on_every_core_and_the_system_prefers_every_other_thread() -> None:
    before = niceness()
    queue = HashQueue(1, 1)
    assert queue.compute(niceness) == max(before, hash_queue.NICENESS)
    assert niceness() == before
    assert os.cpu_count() == hash_queue.THREADS


def test_results_and_errors_arrive_where_they_were_asked_for() -> None:
    queue = HashQueue(2, 8)
    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(lambda n: queue.compute(lambda: n * n), range(8))] == [
            n * n for n in range(8)
        ]
    with pytest.raises(ZeroDivisionError):
        queue.compute(lambda: 1 // 0)


def test_it_refuses_the_first_one_too_many_and_says_when_all_others_are_done() -> None:
    queue = HashQueue(1, 3)
    queue._seconds = 2.1
    with filled(queue, 4), pytest.raises(BusyError) as refused:
        queue.compute(niceness)
    assert refused.value.again == 9, "four of 2.1 seconds, one after another"
    assert queue.compute(lambda: "room again")


def test_the_wait_follows_what_a_computation_takes_at_present() -> None:
    queue = HashQueue(2, 4)
    queue._seconds = 8.0
    assert queue.again == 24
    for _ in range(20):
        queue.compute(lambda: None)
    assert queue.again == 1
    queue._seconds = 1000
    assert queue.again == hash_queue.PATIENCE


def test_a_computation_that_nobody_waits_for_any_more_keeps_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = HashQueue(1, 0)
    monkeypatch.setattr(hash_queue, "PATIENCE", 0.01)
    end = threading.Event()
    with pytest.raises(BusyError):
        queue.compute(lambda: end.wait(WAIT))
    monkeypatch.undo()
    with pytest.raises(BusyError):
        queue.compute(niceness)
    end.set()
    queue._threads.shutdown()
    assert queue._room.acquire(blocking=False)


def test_when_it_is_full_signing_in_is_503_and_costs_no_attempt(
    tmp_path: Path, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = cast.house(cast.settings(tmp_path, database), limited=True, clock=clock)
    person = house.learner("Alice", scrypt=True)
    queue = HashQueue(1, 0)
    monkeypatch.setattr(hash_queue, "queue", queue)
    with filled(queue, 1):
        for _ in range(2 * LIMITS["wrong phrase"][0].most):
            answer = house.nobody().sign_in(person.phrase)
            assert answer.status == 503
        assert answer.header("Retry-After") == str(queue.again)
        assert "Many people are signing in" in answer.text
        lead = house.nobody().post("/desk/sign-in", {"name": "x", "password": "y", "code": "1"})
        assert lead.status == 503
        assert house.nobody().get("/sign-in").status == 200
    assert house.nobody().sign_in(person.phrase).status == 303
    assert house.nobody().sign_in(word_list.new()).status == 401
    house.close()
