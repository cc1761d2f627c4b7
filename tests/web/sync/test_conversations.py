"""Conversations of podcast apps with the companion, each step numbered as it is on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import (
    FEED,
    TALKS,
    AntennaPod,
    Cardo,
    Kasts,
    Line,
    Nextcloud,
    play,
)
from tests.kit.companion import cast
from tests.kit.companion.cast import Clock, House, Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from web.database.engine import Database

OTHERS = "https://elsewhere.example.com/private/feed.xml"


@pytest.fixture(params=["", "notes"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, database: Database, clock: Clock
) -> Iterator[House]:
    path = f"{request.param}/" if request.param else ""
    found = cast.settings(tmp_path, database, cast.ADDRESS + path)
    built = cast.house(found, clock=clock)
    yield built
    built.close()


def line(house: House) -> Line:
    return Line(house.ask, house.settings.prefix)


def words(house: House, person: Person) -> str:
    return house.again(person).get("/listen/guid-1").text


def test_antennapod_in_gpodder_mode(house: House, alice: Person, clock: Clock) -> None:
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    phone = AntennaPod(line(house), who)
    phone.subscriptions = [FEED, OTHERS]
    phone.connect()
    phone.queue = [
        play(300, 300, talk=1, guid="x", timestamp="2026-11-23T11:59:00"),
        play(130, 10, timestamp="2026-11-22T08:00:00"),
        play(60, 0, podcast=OTHERS, episode="https://elsewhere.example.com/private.mp3"),
    ]
    phone.sync()
    assert [each.asked.split("?")[0].rpartition("/api/2")[2] for each in phone.line.spoken] == [
        f"/auth/{who.handle}/login.json", f"/devices/{who.handle}.json",
        f"/devices/{who.handle}/antennapod_pixel.json", f"/auth/{who.handle}/login.json",
        *[f"/subscriptions/{who.handle}/antennapod_pixel.json"] * 2,
        *[f"/episodes/{who.handle}.json"] * 2, f"/auth/{who.handle}/logout.json",
    ]  # fmt: skip
    assert {each.status for each in phone.line.spoken} == {200}
    assert "Your app says you have heard 2 of 5 minutes." in words(house, alice)
    clock.wait(hours=1)
    other = AntennaPod(
        line(house), sync_clients.let_in(house.companion, alice.id, alice.key), "tablet"
    )
    other.connect()
    other.sync()
    assert other.subscriptions == [FEED]
    assert [(each["episode"], each["position"]) for each in other.received] == [
        (TALKS[0], 130), (TALKS[1], 300)]  # fmt: skip
    assert {each["device"] for each in other.received} == {"antennapod_pixel"}


def test_antennapod_in_nextcloud_mode(house: House, alice: Person, clock: Clock) -> None:
    phone = Nextcloud(line(house), clock.seconds)
    login = phone.begin()
    assert not phone.poll()
    assert "Your app is connected" in sync_clients.grant(alice.visitor, login).text
    assert phone.poll()
    assert phone.server == house.settings.address.rstrip("/")
    phone.subscriptions = [FEED, OTHERS]
    phone.queue = [
        play(130, 10, guid="guid-1", action="PLAY"),
        play(5, podcast=OTHERS, episode="x"),
    ]
    phone.sync()
    assert "heard 2 of 5 minutes" in words(house, alice)
    clock.wait(hours=1)
    phone.sync()
    assert [each["action"] for each in phone.received] == ["PLAY"]
    keys = "podcast episode guid action timestamp started position total"
    assert set(phone.received[0]) == set(keys.split())


def test_cardo(house: House, alice: Person, clock: Clock) -> None:
    desk = Cardo(line(house), clock.seconds)
    login = desk.begin()
    assert not desk.poll()
    sync_clients.grant(alice.visitor, login)
    assert desk.poll()
    desk.subscriptions = [FEED, OTHERS]
    desk.queue = [
        play(10 + number, number, action="PLAY", timestamp=1792490400 + 60 * number)
        for number in range(200)
    ]
    desk.sync()
    assert "Your app got to minute 3. It does not say how much you heard." in words(house, alice)
    clock.wait(hours=1)
    desk.sync()
    assert max(each["position"] for each in desk.received) == 209


def test_kasts(house: House, alice: Person, clock: Clock) -> None:
    who = sync_clients.let_in(house.companion, alice.id, alice.key)
    laptop = Kasts(line(house), who, clock.seconds)
    laptop.connect()
    laptop.sync([FEED, OTHERS], [play(130, 10)])
    clock.wait(hours=1)
    laptop.sync([], [play(200, 130, timestamp="2026-10-20T11:00:00Z")])
    assert laptop.received == [], "it knows what it sent itself"
    phone = AntennaPod(line(house), sync_clients.let_in(house.companion, alice.id, alice.key))
    phone.queue = [play(90, 30, talk=1)]
    phone.sync()
    clock.wait(hours=1)
    laptop.sync([], [])
    assert "heard 3 of 5 minutes" in words(house, alice)
    assert {each["position"] for each in laptop.received} == {90}, "its own is not told again"
