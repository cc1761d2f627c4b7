"""Tests that another device sees late actions, whatever the clocks and the order of commits."""

from __future__ import annotations

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import AntennaPod, Line, Nextcloud, play
from tests.kit.companion.cast import Clock, House, Person
from web.sync import actions, apps, auth, exchange, store
from web.sync.store import MatchedAction, Upload

WEEK_AGO = "2026-11-16T12:00:00"


def phone(house: House, alice: Person, device: str) -> AntennaPod:
    made = AntennaPod(
        Line(house.ask), sync_clients.let_in(house.companion, alice.id, alice.key), device
    )
    made.connect()
    return made


def cloudy(house: House, alice: Person, clock: Clock, fast: float = 0) -> Nextcloud:
    """Return a phone whose clock is so many seconds fast."""
    made = Nextcloud(Line(house.ask), lambda: clock.now.timestamp() + fast)
    made.who = sync_clients.let_in(house.companion, alice.id, alice.key)
    return made


def late(number: int = 0) -> dict[str, object]:
    return play(100 + number, 50, timestamp=WEEK_AGO)


def test_an_action_of_a_week_ago_reaches_the_other_device(
    house: House, alice: Person, clock: Clock
) -> None:
    one, two = phone(house, alice, "one"), phone(house, alice, "two")
    two.queue = [play(10, 0, talk=1, timestamp="2026-11-23T11:00:00")]
    for each in (one, two):
        each.sync()
    for _ in range(3):
        clock.wait(hours=1)
        two.sync()
    one.queue = [late()]
    clock.wait(minutes=1)
    one.sync()
    clock.wait(minutes=1)
    two.sync()
    assert [each["position"] for each in two.received if each["timestamp"] == WEEK_AGO] == [100]


@pytest.mark.parametrize("fast", [300, -300, 0])
@pytest.mark.parametrize("others", [300, -300])
def test_phones_whose_clocks_are_wrong_miss_nothing(
    house: House, alice: Person, clock: Clock, fast: float, others: float
) -> None:
    one, two = cloudy(house, alice, clock, fast), cloudy(house, alice, clock, others)
    for number in range(6):
        one.queue = [late(number)]
        two.queue = [play(20 + number, 10, talk=1, timestamp=WEEK_AGO)]
        for each in (one, two) if number % 2 else (two, one):
            each.sync()
            clock.wait(seconds=20)
    for each in (one, two):
        each.sync()
    assert {each["position"] for each in two.received} >= set(range(100, 106))
    assert {each["position"] for each in one.received} >= set(range(20, 26))


def test_an_answer_that_got_lost_is_told_again(house: House, alice: Person, clock: Clock) -> None:
    one, two = cloudy(house, alice, clock, 300), cloudy(house, alice, clock)
    one.queue, two.queue = [play(1, 0)], [play(2, 0)]
    one.sync()
    two.sync()
    two.queue = [late()]
    two.sync()
    before, seen = one.since_episodes, list(one.received)
    one.sync()  # it arrives here, but the phone forgets it: the line broke
    one.since_episodes, one.received = before, seen
    one.sync()
    assert 100 in {each["position"] for each in one.received}


def test_an_upload_between_somebodys_two_requests_is_not_skipped(
    house: House, alice: Person, clock: Clock
) -> None:
    one, two = phone(house, alice, "one"), phone(house, alice, "two")
    one.sync()
    two.sync()
    clock.wait(minutes=1)
    path = f"/api/2/episodes/{one.who.handle}.json"
    one.login()
    got = one.line.json("GET", f"{path}?since={one.since_episodes}")
    two.queue = [late()]
    two.sync()  # while the first one is between its GET and its POST
    clock.wait(minutes=1)
    one.since_episodes = one.line.json("POST", path, {}, b"[]")["timestamp"]
    assert one.since_episodes <= got["timestamp"]
    one.queue = [play(7, 0, talk=1)]
    one.sync()
    assert 100 in {each["position"] for each in one.received}


def test_an_upload_that_is_committed_late_is_not_skipped(
    house: House, alice: Person, clock: Clock
) -> None:
    """A server that numbers by its clock hands out a later number before this one is there."""
    one, two = phone(house, alice, "one"), phone(house, alice, "two")
    two.queue = [play(5, 0, talk=1)]
    for each in (one, two, one, two):
        each.sync()
    place = house.companion
    key, now = exchange.device_key(place), int(clock.now.timestamp())
    with house.app.app_context():
        digest = auth.digest(one.who.password)
    ours = exchange.shelf(place)
    assert ours
    with place.database.writing() as connection:
        app = apps.find(connection, digest)
        assert app
        found = [
            MatchedAction(action, recording)
            for action in actions.actions([late()], now, key)
            if (recording := ours.find(action.podcast, action.episode, action.guid, action.total))
        ]
        store.store_upload(connection, app, key, Upload(found, now))
        path = f"/api/2/episodes/{two.who.handle}.json?since={two.since_episodes}"
        two.line.cookies.clear()
        got = two.line.json("GET", path, sync_clients.basic(two.who))
        assert got["actions"] == [], "it is not committed yet"
    two.since_episodes = got["timestamp"]
    clock.wait(minutes=10)
    two.sync()
    assert 100 in {each["position"] for each in two.received}
