"""Threads that wait for a database that stands still: few, and not for long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.database import bulkhead
from web.database.bulkhead import Bulkhead
from web.database.refusals import AwayError


def test_when_nobody_leaves_whoever_comes_is_refused_soon() -> None:
    wall, over, inside = Bulkhead(2), threading.Event(), threading.Barrier(3)

    def stay() -> None:
        with wall.inside_of():
            inside.wait(60)
            over.wait(60)

    with ThreadPoolExecutor(2) as pool:
        stuck = [pool.submit(stay) for _ in range(2)]
        inside.wait(60)
        try:
            with pytest.raises(AwayError, match="all 2 places are taken"), wall.inside_of():
                pass
            began = time.monotonic()
            for _ in range(100):
                with pytest.raises(AwayError), wall.inside_of():
                    pass
            assert time.monotonic() - began < bulkhead.STILL, "at once, once it stands still"
        finally:
            over.set()
        for each in stuck:
            each.result(60)
    with wall.inside_of():
        assert wall.inside == 1
    assert wall.inside == 0


def test_a_crowd_that_moves_all_gets_in() -> None:
    wall, most = Bulkhead(4), []

    def look(_: int) -> None:
        with wall.inside_of(60):
            most.append(wall.inside)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(look, range(2000)))
    assert len(most) == 2000
    assert max(most) <= 4
