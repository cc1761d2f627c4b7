"""How often something may be tried: exactly so often, by each and by all, and then again later.

Wherever tries come from, an honest learner elsewhere can always sign in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from web.accounts import word_list
from web.limits.networks import SOFTER, networks
from web.limits.rate_limits import BY_PLACE, HOUR, LIMITS, MINUTE, MOST_PLACES, Limit, Limits, few

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import Clock
    from tests.kit.companion.database_rows import Making


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
    monkeypatch.setitem(LIMITS, "save", (Limit(40, MINUTE), Limit(45, MINUTE)))
    tries = [limits.allows("save", who) for who in ["alice"] * 40 + ["bob"] * 6]
    assert tries == [True] * 45 + [False]
    assert [limits.allows("save", "charlie") for _ in range(5)] == [True] * 4 + [False], "a few"


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
    assert len(limits._attempts["join"]) == 1


def test_no_limit_remembers_longer_than_what_is_forgotten() -> None:
    assert max(limit.seconds for both in LIMITS.values() for limit in both) <= HOUR


def test_no_addresses_are_held(limits: Limits) -> None:
    limits.allows("join", "192.0.2.7")
    assert "192.0.2.7" not in repr(limits._attempts)


def test_without_limits_everything_goes_on() -> None:
    limits = Limits(enabled=False)
    assert all(limits.allows("lead", "alice") for _ in range(100))
    assert not limits.is_over("lead", "alice")


HONEST = ("203.0.113.7", "2001:db8:ffff:1::1")


def attackers() -> Iterator[str]:
    """Give the addresses of somebody with a /40 of IPv6, and 15 of IPv4."""
    for number in range(10_000):
        yield f"2001:db8:{number // 250:x}:{number % 250:x}::{number:x}"
    for number in range(15):
        yield f"198.51.100.{number}"


@pytest.mark.parametrize(
    "what",
    [pytest.param(each, marks=pytest.mark.slow) if LIMITS[each][1].most > 5000 else each
     for each in sorted(BY_PLACE)],
)  # fmt: skip
def test_whoever_tries_from_everywhere_an_honest_learner_elsewhere_gets_in(
    what: str, limits: Limits
) -> None:
    one, everybody = LIMITS[what]
    tried = 0
    for address in attackers():
        for _ in range(min(one.most, 8)):
            if not limits.allows(what, address):
                break
            tried += 1
            if tried > everybody.most + 20_000:
                break
    assert tried >= min(everybody.most, 4000), "the limit of all is full"
    for address in HONEST:
        for _ in range(few(one)):
            assert limits.allows(what, address), "also after mistakes"


def test_within_the_limit_of_all_no_place_may_search(limits: Limits) -> None:
    _, everybody = LIMITS["wrong code"]
    for number in range(everybody.most):
        assert limits.allows("wrong code", f"10.{number // 250}.{number % 250}.1")
    tries = [limits.allows("wrong code", "192.0.2.1") for _ in range(100)]
    assert tries.count(True) == few(LIMITS["wrong code"][0]) == 10


def test_one_network_of_ipv6_is_one_place(limits: Limits) -> None:
    tries = [limits.allows("wrong code", f"2001:db8::{number:x}") for number in range(600)]
    assert tries.count(True) == LIMITS["wrong code"][0].most
    assert limits.allows("wrong code", "2001:db8:0:1::1"), "the neighbour's network is another"
    for number in range(2, 600):
        limits.allows("wrong code", f"2001:db8:0:{number:x}::1")
    assert not limits.allows("wrong code", "2001:db8:0:fff::1"), "so many of one /48 are too many"
    assert limits.allows("wrong code", "2001:db8:1::1")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2002:c000:207::1", "192.0.2.7"), ("64:ff9b::c000:207", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("::1", "::/64"), ("[2001:db8::1]", "2001:db8::/64"),
        ("192.0.2.7:50123", "192.0.2.7"), ("[2001:db8::1]:50123", "2001:db8::/64"),
        ('"[2001:db8::1%25eth0]:1"', "2001:db8::/64"), ("[::ffff:192.0.2.7]:9", "192.0.2.7"),
        ("", ""), ("unknown", "unknown"), ("192.0.2.7, 198.51.100.1", "192.0.2.7, 198.51.100.1"),
    ],
)  # fmt: skip
def test_an_address_is_of_a_network(address: str, place: str) -> None:
    assert networks(address)[0] == (place, 1)
    assert [times for _, times in networks(address)[1:]] in ([], [SOFTER])


def test_what_was_right_is_given_back(limits: Limits) -> None:
    for _ in range(1000):
        assert limits.allows("wrong phrase", "192.0.2.7")
        limits.give_back("wrong phrase", "192.0.2.7")
    assert not limits._all["wrong phrase"]


def test_a_hospital_of_hundreds_joins_from_one_address_within_an_hour(
    limits: Limits, clock: Clock
) -> None:
    for number in range(500):
        for _ in range(1 + number % 3):  # two of three mistype it once or twice
            assert limits.allows("wrong code", "192.0.2.7"), number
        limits.give_back("wrong code", "192.0.2.7")
        assert limits.allows("join", "192.0.2.7")
        assert limits.allows("join code", "ABCD2345")
        clock.wait(seconds=7)


@pytest.mark.parametrize("what", ["wrong code", "wrong phrase"])
def test_a_shift_of_eight_hundred_comes_in_from_one_address_within_twenty_minutes(
    what: str, limits: Limits, clock: Clock
) -> None:
    for number in range(800):
        for _ in range(2 if number % 20 == 0 else 1):  # one in twenty mistypes it
            assert limits.allows(what, "192.0.2.7"), number
        limits.give_back(what, "192.0.2.7")
        if what == "wrong code":
            assert limits.allows("join", "192.0.2.7"), number
            assert limits.allows("join code", "ABCD2345"), number
        clock.wait(seconds=1.5)


def test_memory_is_bounded_whatever_the_number_of_addresses(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.limits.rate_limits.MOST_PLACES", 100)
    for what in sorted(BY_PLACE):
        for number in range(1000):
            limits.allows(what, f"2001:db8:{number:x}::1")
        assert len(limits._attempts[what]) == 100
        assert len(limits._all[what]) <= LIMITS[what][1].most
    assert MOST_PLACES <= 20_000


def test_a_place_keeps_no_more_than_what_counts(limits: Limits, clock: Clock) -> None:
    for _ in range(5000):
        limits.allows("save", "alice")
        clock.wait(seconds=1)
    (times,) = limits._attempts["save"].values()
    assert len(times) <= 2 * LIMITS["save"][0].most + 1


def test_who_guesses_phrases_is_told_to_wait_and_who_is_in_goes_on(
    tmp_path: Path, make_database: Making
) -> None:
    most, more = LIMITS["wrong phrase"][0].most, 20
    found = cast.settings(tmp_path, make_database("sqlite"))
    house = cast.house(found, limited=True)
    alice, guesser = house.nobody(), house.nobody()
    phrase = alice.join(house.new_code())
    answers = [guesser.sign_in(word_list.new()) for _ in range(most + more)]
    assert [answer.status for answer in answers] == [401] * most + [429] * more
    assert all("Please wait a few minutes" in answer.text for answer in answers[most:])
    assert alice.get("/notes").status == 200, "she sits behind the same address"
    assert alice.save("guid-1", "She writes on.")
    assert house.nobody().sign_in(phrase).status == 429, "nor is there a way around it"
    house.close()
