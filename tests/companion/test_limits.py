"""How often something may be tried: exactly so often, by each and by all, and then again later."""

from __future__ import annotations

import pytest
from gathering import Clock

from web.limits import HOUR, LIMITS, MINUTE, Limit, Limits


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(monotonic=clock.seconds)


def test_alice_may_try_as_often_as_it_says_and_again_once_that_is_over(
    limits: Limits, clock: Clock
) -> None:
    tries = [limits.allows("lead", "alice") for _ in range(12)]
    assert tries == [True] * 10 + [False] * 2
    clock.wait(minutes=14)
    assert not limits.allows("lead", "alice")
    clock.wait(minutes=2)
    assert limits.allows("lead", "alice"), "what was refused did not count"


def test_what_was_tried_moves_out_of_the_span_one_by_one(limits: Limits, clock: Clock) -> None:
    for _ in range(10):
        assert limits.allows("lead", "alice")
        clock.wait(minutes=1)
    assert not limits.allows("lead", "alice")
    clock.wait(minutes=5, seconds=1)
    assert limits.allows("lead", "alice")
    assert not limits.allows("lead", "alice")


def test_bob_is_not_kept_out_by_alice(limits: Limits) -> None:
    while limits.allows("lead", "alice"):
        pass
    assert limits.allows("lead", "bob")


def test_everybody_together_has_a_limit_too(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "lead", (Limit(2, MINUTE), Limit(3, MINUTE)))
    tries = [limits.allows("lead", who) for who in ("alice", "bob", "charlie", "dora")]
    assert tries == [True, True, True, False]


def test_looking_does_not_count(limits: Limits) -> None:
    assert not any(limits.is_over("lead", "alice") for _ in range(50))
    for _ in range(10):
        limits.allows("lead", "alice")
    assert limits.is_over("lead", "alice")


def test_who_is_long_gone_is_forgotten(limits: Limits, clock: Clock) -> None:
    for number in range(100):
        limits.allows("join", f"{number}")
    clock.wait(seconds=HOUR + 1)
    limits.allows("join", "alice")
    assert len(limits._attempts) == 2, "Alice, and everybody together"


def test_no_limit_remembers_longer_than_what_is_forgotten() -> None:
    assert max(limit.seconds for both in LIMITS.values() for limit in both) <= HOUR


def test_no_addresses_are_held(limits: Limits) -> None:
    limits.allows("join", "192.0.2.7")
    assert "192.0.2.7" not in repr(limits._attempts)


def test_without_limits_everything_goes_on() -> None:
    limits = Limits(enabled=False)
    assert all(limits.allows("lead", "alice") for _ in range(100))
    assert not limits.is_over("lead", "alice")
