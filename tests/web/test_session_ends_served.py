"""Tests the exit of a running companion while everybody else waits for the database."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.kit.companion import cast, database_rows
from tests.kit.companion.visitor import Line, Visitor, form
from tests.kit.servers import companion_server
from web import cookies, schema
from web.database.engine import Database
from web.limits.reserved_threads import WORKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import House
    from tests.kit.servers.companion_server import Accompanied

pytestmark = pytest.mark.slow
CROWD = WORKING + 72  # more than work at once
QUICK = 10.0  # seconds: it takes some hundredths; who waits for the database takes longer
SOON = 120  # seconds in which a row is deleted once the database answers


@pytest.fixture
def running(place: Path, tmp_path: Path) -> Iterator[Accompanied]:
    with companion_server.serve(place, cast.catalogue(tmp_path / "show")) as served:
        yield served


@pytest.fixture
def house(running: Accompanied) -> Iterator[House]:
    """The same database, to let people in."""
    made = cast.house(running.settings)
    yield made
    made.close()


def arrive(running: Accompanied, house: House) -> Visitor:
    """Return the browser of a new learner, which has a form open."""
    visitor = Visitor(Line(running.address))
    visitor.cookies = dict(house.learner("Somebody").visitor.cookies)
    visitor.token()
    return visitor


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Let another program hold everything."""
    if database.file:
        with closing(sqlite3.connect(database.file)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.rollback()
    else:
        with database.engine.begin() as held:
            held.execute(text("LOCK TABLE sessions, reflections IN ACCESS EXCLUSIVE MODE"))
            yield


class Crowd:
    """Many who write and wait, again and again, until the block ends."""

    def __init__(self, visitors: list[Visitor]) -> None:
        self._over = threading.Event()
        self.busy = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._write, args=(each,)) for each in visitors]

    def _write(self, visitor: Visitor) -> None:
        while not self._over.is_set():
            self.busy.release()
            with suppress(OSError):
                visitor.draft("guid-1", form("waiting"))

    def __enter__(self) -> Crowd:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for each in self._threads:
            each.join()


def test_people_leave_at_once_while_everybody_else_waits_for_the_database(
    running: Accompanied, house: House
) -> None:
    first = arrive(running, house)
    others = []
    for _ in range(CROWD):
        others.append(Visitor(Line(running.address)))
        others[-1].cookies, others[-1]._token = dict(first.cookies), first._token
    leaving = [arrive(running, house) for _ in range(4)]
    before = rows(house)
    with locked(house.database), Crowd(others) as crowd:
        for _ in range(CROWD):
            assert crowd.busy.acquire(timeout=SOON)
        for visitor in leaving:
            began = time.monotonic()
            out = visitor.get("/leave") if visitor in leaving[:2] else visitor.sign_out()
            assert time.monotonic() - began < QUICK
            assert out.status == 303
            assert cookies.name_of(cookies.SESSION, running.settings) not in visitor.cookies
        crowd._over.set()
    until = time.monotonic() + SOON
    while rows(house) > before - len(leaving):
        assert time.monotonic() < until, "a session that was left lives on"
        time.sleep(0.05)


def rows(house: House) -> int:
    return len(database_rows.contents(house.database)[schema.sessions.name])
