"""Signing in while the queue before what costs a core is full: nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from web.accounts import word_list
from web.limits import hash_queue
from web.limits.bounded_queue import BoundedQueue
from web.limits.hash_queue import BusyError
from web.limits.rate_limits import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.cast import Clock
    from web.database.engine import Database


def test_when_it_is_full_signing_in_is_503_and_costs_no_attempt(
    tmp_path: Path, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = cast.house(cast.settings(tmp_path, database), limited=True, clock=clock)
    person = house.learner("Alice", scrypt=True)
    queue = BoundedQueue(1, 0, BusyError)
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
