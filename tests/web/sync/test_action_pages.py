"""Tests that an app gets many actions page by page, whole uploads, and misses none of them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import event

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import AntennaPod, Cardo, Kasts, Line, Nextcloud, basic, play
from tests.kit.companion.cast import NOON, Clock, House, Person
from tests.kit.companion.sync_reports import episodes, report
from web.sync import queries
from web.sync.grants import Credentials

PAGE = 5
FIRST = int(NOON.timestamp())


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", PAGE)


@pytest.fixture
def upload(house: House, who: Credentials, clock: Clock) -> Uploads:
    return Uploads(house, who, clock)


class Uploads:
    """Another device of Alice's that uploads so many actions at a time; each has a position."""

    def __init__(self, house: House, who: Credentials, clock: Clock) -> None:
        self.house, self.who, self.clock = house, who, clock
        self.sent: list[int] = []

    def __call__(self, *sizes: int, seconds: int = 1) -> None:
        for size in sizes:
            those = [len(self.sent) + at + 1 for at in range(size)]
            self.sent += those
            report(self.house, self.who, *(play(at) | {"timestamp": None} for at in those))
            self.clock.wait(seconds=seconds)


def ask(house: House, who: Credentials, since: int, more: str = "") -> tuple[list[int], int]:
    """Return the positions in an answer, and the number to ask since."""
    path = f"{episodes(who)}?since={since}{more}"
    got = Line(house.ask).json("GET", path, basic(who))
    return sorted(each["position"] for each in got["actions"]), got["timestamp"]


def other_app(house: House, alice: Person) -> Credentials:
    return sync_clients.let_in(house.companion, alice.id, alice.key, "tablet")


def test_a_conversation_page_by_page(
    house: House, alice: Person, upload: Uploads, clock: Clock
) -> None:
    who = other_app(house, alice)
    upload(3, 2, 4, 7, 1)  # numbered two apart, the closest there is
    numbers = [FIRST + 2 * at for at in range(1, 6)]
    # 1. Since 1: two uploads fill a page. The answer is two less than the number of the third.
    assert ask(house, who, 1) == ([1, 2, 3, 4, 5], numbers[2] - 2)
    # 2. Kasts asks since one more than it was told: the third alone, the fourth is too much.
    assert ask(house, who, numbers[2] - 1) == ([6, 7, 8, 9], numbers[3] - 2)
    # 3. Others ask since that very number: it is the number of the second, which comes again.
    assert ask(house, who, numbers[2] - 2) == ([4, 5, 6, 7, 8, 9], numbers[3] - 2)
    # 4. The fourth is more than a page: it comes whole.
    assert ask(house, who, numbers[3] - 1) == ([*range(10, 17)], numbers[4] - 2)
    assert ask(house, who, numbers[3] - 2) == ([*range(6, 17)], numbers[4] - 2)
    # 5. The last: from now on the answer is the newest number, as it ever was.
    assert ask(house, who, numbers[4] - 1) == ([17], numbers[4])
    # 6. Nothing is new.
    assert ask(house, who, numbers[4]) == ([], numbers[4])
    # 7. A new upload reaches it.
    upload(2)
    assert ask(house, who, numbers[4] + 1)[0] == [18, 19]


def test_from_the_beginning_the_newest_are_told_whole(
    house: House, alice: Person, upload: Uploads
) -> None:
    upload(3, 4, 5, 6)
    newest = FIRST + 8
    for more in ("", "&aggregated=true"):
        assert ask(house, other_app(house, alice), 0, more) == ([18], newest)
    assert ask(house, other_app(house, alice), 1, "&aggregated=true") == ([18], newest)


def test_pages_of_one_device_are_filled_with_its_actions(
    house: House, alice: Person, upload: Uploads, who: Credentials
) -> None:
    upload(4, 4)
    report(house, who, *(play(100 + at, device="tablet") for at in range(3)))
    upload(1)
    tablet = other_app(house, alice)
    assert ask(house, tablet, 1, "&device=tablet")[0] == [100, 101, 102]
    assert ask(house, tablet, 1)[0] == [1, 2, 3, 4]


@pytest.mark.parametrize("software", ["antennapod", "nextcloud", "cardo", "kasts"])
def test_every_app_gets_all_of_it_sync_by_sync_while_it_reports_too(
    house: House, alice: Person, upload: Uploads, clock: Clock, software: str
) -> None:
    app = client(software, house, alice, clock)
    turn(app, 500)  # it knows the account before the other device begins
    clock.wait(minutes=1)
    upload(3, 3, 2, 9, 1, 4)
    for number in range(14):
        clock.wait(minutes=5)
        turn(app, 501 + number)
        if number == 2:
            upload(4, 3)
    got = [each["position"] for each in app.received if each["position"] < 500]
    assert set(got) == set(upload.sent)
    assert max(map(got.count, got)) <= 2, "an upload at most twice"


def client(software: str, house: House, alice: Person, clock: Clock) -> Any:
    line, who = Line(house.ask), other_app(house, alice)
    if software == "antennapod":
        app = AntennaPod(line, who)
        app.connect()
        return app
    if software == "kasts":
        laptop = Kasts(line, who, clock.seconds)
        laptop.connect()
        return laptop
    found = (Nextcloud if software == "nextcloud" else Cardo)(line, clock.seconds)
    found.who = who
    return found


def turn(app: Any, position: int) -> None:
    """Sync once, with something of its own to report."""
    own = play(position, talk=1)
    if isinstance(app, Kasts):
        app.sync([], [own])
    else:
        app.queue = [own]
        app.sync()


def test_an_app_that_went_back_skips_nothing_by_its_next_upload(
    house: House, alice: Person, upload: Uploads, clock: Clock
) -> None:
    phone = client("antennapod", house, alice, clock)
    phone.sync()
    began = phone.since_episodes
    upload(4, 4, 4, 4)
    for _ in range(5):
        clock.wait(minutes=1)
        phone.sync()
    phone.received.clear()
    phone.since_episodes = began + 1  # restored from a backup of the phone
    for number in range(6):
        clock.wait(minutes=1)
        turn(phone, 700 + number)
    assert {each["position"] for each in phone.received} >= set(upload.sent)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_sizes_every_action_is_told_once(
    house: House, alice: Person, upload: Uploads, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - a test's own
    who, since, got = other_app(house, alice), 1, list[int]()
    for _ in range(6):
        upload(*(draw.randint(1, 8) for _ in range(draw.randint(0, 4))), seconds=draw.randint(0, 4))
        actions, since = ask(house, who, since)
        got += actions
    while actions:
        actions, since = ask(house, who, since + 1)
        got += actions
    assert sorted(set(got)) == upload.sent
    assert len(got) <= len(upload.sent) + 8 * 6, "only the last upload of a whole answer again"


def test_a_page_reads_no_more_rows_than_it_sends(
    house: House, alice: Person, upload: Uploads
) -> None:
    upload(*[3] * 12)
    who = other_app(house, alice)
    with statements(house) as lines:
        ask(house, who, 1)
    reads = [each for each in lines if "sync_actions" in each]
    assert len(reads) == 3, "where the page ends, twice, and the page"
    assert all("LIMIT" in each or "received <=" in each for each in reads)


class statements:  # noqa: N801 - used as a word
    """Collects the statements that a house's database is sent."""

    def __init__(self, house: House) -> None:
        self._engine, self.lines = house.database.engine, list[str]()

    def _add(self, _: object, __: object, statement: str, *___: object) -> None:
        self.lines.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._add)
        return self.lines

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._add)
