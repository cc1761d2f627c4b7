"""Threads that wait for a database that stands still: few, and not for long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from web.database import bulkhead, connection_limits
from web.database.bulkhead import Bulkhead
from web.database.refusals import AwayError
from web.limits import reserved_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


LIMIT = 0.5  # seconds that an answer may take here


@contextmanager
def full(wall: Bulkhead) -> Iterator[threading.Event]:
    """Let as many in as there is room for, until the event; then see them all leave."""
    over, inside = threading.Event(), threading.Barrier(wall.size + 1)

    def stay() -> None:
        with wall.inside_of():
            inside.wait(60)
            over.wait(60)

    with ThreadPoolExecutor(wall.size) as pool:
        stuck = [pool.submit(stay) for _ in range(wall.size)]
        inside.wait(60)
        try:
            yield over
        finally:
            over.set()
        for each in stuck:
            each.result(60)


def test_when_nobody_leaves_whoever_comes_is_refused_soon() -> None:
    wall = Bulkhead(2, LIMIT)
    with full(wall):
        with pytest.raises(AwayError, match="all 2 places are taken"), wall.inside_of():
            pass
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(AwayError), wall.inside_of():
                pass
        assert time.monotonic() - began < 100 * LIMIT / 10, "at once, once it stands still"
    with wall.inside_of():
        assert wall.inside == 1
    assert wall.inside == 0


def test_a_slow_database_is_waited_for_as_long_as_an_answer_may_take() -> None:
    wall, entered = Bulkhead(1, 60), threading.Event()
    now = [0.0]
    wall._monotonic = lambda: now[0]

    def come() -> None:
        with wall.inside_of():
            entered.set()

    with full(wall) as over, ThreadPoolExecutor(1) as pool:
        late = pool.submit(come)
        wait_for(lambda: len(wall._waiting) == 1)
        now[0] = 59.0  # nobody has left for nearly a minute, and the machine does much else
        with wall._changed:
            wall._changed.notify_all()
        assert not late.done()
        over.set()
        late.result(60)
    assert entered.is_set()


def test_a_crowd_before_a_database_that_stands_still_does_not_grow() -> None:
    wall, refused = Bulkhead(bulkhead.ROOM - 4, 60), []
    assert wall.crowd == 2
    now = [0.0]
    wall._monotonic = lambda: now[0]
    with full(wall) as over, ThreadPoolExecutor(wall.crowd) as pool:
        waits = [pool.submit(enter, wall) for _ in range(wall.crowd)]
        wait_for(lambda: len(wall._waiting) == wall.crowd)
        now[0] = bulkhead.STILL
        for _ in range(20):
            with pytest.raises(AwayError), wall.inside_of():
                refused.append(1)
        assert len(wall._waiting) == wall.crowd, "those who came first wait on"
        over.set()
        for each in waits:
            each.result(60)
    assert not refused


def enter(wall: Bulkhead) -> None:
    with wall.inside_of():
        pass


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_both_bulkheads_of_a_database_leave_threads_to_other_pages() -> None:
    for is_file in (True, False):
        bounds = connection_limits.of_worker(is_file=is_file)
        walls = [Bulkhead(size, bounds.answer) for size in (bounds.connections, bounds.writers)]
        held = bounds.connections + sum(each.crowd for each in walls)
        assert held <= reserved_threads.WORKING - 10


def test_a_crowd_that_moves_all_gets_in() -> None:
    wall, most = Bulkhead(4, 60), []

    def look(_: int) -> None:
        with wall.inside_of():
            most.append(wall.inside)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(look, range(2000)))
    assert len(most) == 2000
    assert max(most) <= 4
