"""Many apps at once, in several processes: nothing refused, nothing lost, nothing double."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import OK, play
from tests.kit.companion import cast
from tests.kit.companion.visitor import Line as Wire
from tests.kit.servers import companion_server
from web.database.engine import Database
from web.listening import coverage
from web.schema import listeners, reported, sync_actions
from web.sync import rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied
    from web.accounts.store import Learner
    from web.sync.grants import Credentials

pytestmark = [pytest.mark.slow, pytest.mark.long(15)]
DEVICES, LEARNERS, BATCHES, ROWS = 8, 64, 6, 30
WORKERS = 3
BETWEEN = 3  # batches that are acknowledged from one kill to the next
PATIENCE = 300  # seconds until a phone gives up, on a machine that does much else
DAY = 1_793_000_000  # some day before the tests, so that no time is in the future


@pytest.fixture
def running(place: Path, tmp_path: Path) -> Iterator[Accompanied]:
    show = cast.catalogue(tmp_path / "show")
    with companion_server.serve(place, show, "--workers", str(WORKERS)) as served:
        yield served


class Phone:
    """An app that reports batch after batch, and remembers what was acknowledged."""

    def __init__(self, address: str, who: Credentials, device: str, seed: int) -> None:
        self.wire, self.who, self.device = Wire(address), who, device
        self.chance = random.Random(seed)  # noqa: S311 - not a secret
        self.acknowledged: list[dict[str, Any]] = []
        self.unsure: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.number = 0
        self.then: Callable[[], None] = lambda: None  # done after each batch

    def batch(self) -> list[dict[str, Any]]:
        """Return actions that can all have been played: each 15 minutes after the one before."""
        found = []
        for _ in range(ROWS):
            self.number += 1
            start = self.chance.randrange(0, 290)
            end = self.chance.randrange(start + 1, min(start + 50, 300))
            at = DAY + self.number * 900
            found.append(play(end, start, timestamp=at, device=self.device))
        return found

    def send(self) -> bool:
        """Report one batch, again if it is not sure that it arrived."""
        rows = self.unsure or self.batch()
        self.unsure = rows
        path = f"/api/2/episodes/{self.who.handle}.json"
        try:
            answer = self.wire(
                "POST", path, sync_clients.basic(self.who), json.dumps(rows).encode()
            )
        except (OSError, http.client.HTTPException):
            return False
        if answer.status != OK:
            self.wrong.append(f"{answer.status} {answer.text}")
            return False
        self.acknowledged += rows
        self.unsure = []
        self.then()
        return True

    def send_all(self, count: int = BATCHES) -> None:
        until = time.monotonic() + PATIENCE
        while count and time.monotonic() < until:
            if self.send():
                count -= 1
            else:
                time.sleep(0.1)


def model(rows: list[dict[str, Any]]) -> set[int]:
    """Return the seconds that were heard, counted one by one."""
    return {second for row in rows for second in range(row["started"], row["position"])}


def kept(running: Accompanied, learner: Learner) -> tuple[set[int], int]:
    """Return (the seconds, the number of actions) that are in the database of one learner."""
    database = Database(running.settings.database)
    with database.reading() as connection:
        mine = select(listeners.c.number).where(listeners.c.learner == learner.id)
        number = connection.execute(mine).scalar_one()
        rows = connection.scalars(select(reported.c.runs).where(reported.c.listener == number))
        runs = coverage.union(*(coverage.unpack(each) for each in rows))
        count = select(func.count()).where(sync_actions.c.listener == number)
        actions = connection.execute(count).scalar_one()
    database.close()
    return {second for a, b in runs for second in range(a // 10, b // 10)}, actions


def rebuilt(running: Accompanied) -> int:
    database = Database(running.settings.database)
    with database.writing() as connection:
        _, changed = rebuild.rebuild(connection)
    database.close()
    return changed


def phones(running: Accompanied, learner: Learner, count: int, seed: int = 0) -> list[Phone]:
    house = cast.house(running.settings)
    found = [
        Phone(running.address, sync_clients.let_in(house.companion, learner.id, learner.key),
              f"phone{n}", seed + n)
        for n in range(count)
    ]  # fmt: skip
    house.close()
    return found


def learners_of(running: Accompanied, count: int) -> list[Learner]:
    house = cast.house(running.settings)
    found = [sync_clients.new_learner(house.companion) for _ in range(count)]
    house.close()
    return found


def work(every: list[Phone]) -> None:
    with ThreadPoolExecutor(len(every)) as pool:
        list(pool.map(Phone.send_all, every))


def test_eight_devices_of_one_learner_lose_nothing(running: Accompanied, kind: str) -> None:
    (alice,) = learners_of(running, 1)
    every = phones(running, alice, DEVICES)
    work(every)
    assert [each.wrong for each in every] == [[]] * DEVICES
    rows = [row for each in every for row in each.acknowledged]
    assert len(rows) == DEVICES * BATCHES * ROWS
    seconds, actions = kept(running, alice)
    assert (seconds, actions) == (model(rows), len({json.dumps(row) for row in rows}))
    assert rebuilt(running) == 0


def test_sixty_four_learners_at_once_lose_nothing(running: Accompanied, kind: str) -> None:
    people = learners_of(running, LEARNERS)
    every = [phones(running, each, 1, seed)[0] for seed, each in enumerate(people)]
    work(every)
    assert [each.wrong for each in every] == [[]] * LEARNERS
    for person, phone in zip(people, every, strict=True):
        assert kept(running, person)[0] == model(phone.acknowledged)
    assert rebuilt(running) == 0


class Killer:
    """Kills a worker after every few batches: by progress, so that a slow machine ends as well.

    It is the oldest of all three: granian gives up where the one that it started last dies soon.
    """

    def __init__(self, parent: int) -> None:
        self._parent, self._lock = parent, threading.Lock()
        self._known: list[int] = []
        self._killed: set[int] = set()  # one that dies of it is still listed for a moment
        self.batches = 0

    @property
    def kills(self) -> int:
        """Return how many were killed."""
        return len(self._killed)

    def __call__(self) -> None:
        """Count one batch more, and kill if it is time."""
        with self._lock:
            self.batches += 1
            if self.batches % BETWEEN == 0:
                oldest = self._workers()[0]
                os.kill(oldest, signal.SIGKILL)
                self._killed.add(oldest)

    def _workers(self) -> list[int]:
        """Wait until there are all of them; return the oldest first."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            listed = companion_server.children(self._parent)
            found = [each for each in listed if each not in self._killed]
            self._known = [each for each in self._known if each in found]
            self._known += [each for each in found if each not in self._known]
            if len(self._known) == WORKERS:
                return self._known
            time.sleep(0.02)
        raise AssertionError("a worker that was killed was not followed by another")


def test_a_worker_that_is_killed_takes_nothing_acknowledged_with_it(
    running: Accompanied, kind: str
) -> None:
    (alice,) = learners_of(running, 1)
    every = phones(running, alice, DEVICES)
    killer = Killer(running.process.pid)
    for phone in every:
        phone.then = killer
    work(every)
    assert killer.kills == DEVICES * BATCHES // BETWEEN
    assert [each.wrong for each in every] == [[]] * DEVICES
    rows = [row for each in every for row in each.acknowledged]
    assert len(rows) == DEVICES * BATCHES * ROWS
    seconds, actions = kept(running, alice)
    assert seconds == model(rows)
    assert actions == len({json.dumps(row) for row in rows}), "what was sent again is there once"
    assert rebuilt(running) == 0
