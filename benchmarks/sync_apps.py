"""Measures P9 and P10 for podcast apps: uploads, and a full sync."""

from __future__ import annotations

import base64
import http.client
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

import companion
import crowd
from sqlalchemy import select
from table import Row
from timing import exponent, remove

from web import crypto
from web.accounts.store import Learner
from web.application import create_app
from web.companion import NAME
from web.database.engine import Database
from web.schema import sync_actions
from web.sync import grants

if TYPE_CHECKING:
    from pathlib import Path

    from crowd import Crowd
    from workspace import Workspace

LEARNERS, EPISODES = 100, 500
BATCH = 30  # actions that AntennaPod sends at once
BATCHES = 60  # of each writer
WRITERS = 8
API = "/index.php/apps/gpoddersync/episode_action"
SHOW = "https://podcast.example.org/"
BEGAN = datetime.now(UTC) - timedelta(days=300)


class Times(NamedTuple):
    """Times in milliseconds: one batch, p95 with eight writers, a full sync."""

    alone: float
    crowded: float
    since: float
    raw: float


def sync(space: Workspace) -> list[Row]:
    """Measure P9, batches of 30 actions, and P10, `since=0`, at two sizes of the show."""
    sizes = (EPISODES, EPISODES // 10)
    large, small = (_measure(space, space.folder / f"sync-{count}", count) for count in sizes)
    said, bare = f"{EPISODES} episodes", f"{large.raw:.1f} ms"

    def row(id_: str, work: str, at: int, must: float | None, aim: float | None) -> Row:
        ours, growth = large[at], exponent(small[at], large[at])
        against = ("", "bare SQLite")[at == 0], ("", bare)[at == 0]
        return Row(id_, work, said, f"{ours:.1f} ms", *against, ours, must, aim, growth, " ms")

    return [
        row("P9", f"{BATCH} actions of an app", 0, 8, 4),
        row("P9", f"the same, {WRITERS} at once, p95", 1, 75, 40),
        row("P10", "a full sync", 2, 50, 12),
    ]


def uploads(space: Workspace, name: str) -> tuple[float, float]:
    """Return the milliseconds of one upload, and of 19 in 20 with eight writers (F11)."""
    times = _measure(space, space.folder / name, EPISODES)
    return times.alone, times.crowded


def _measure(space: Workspace, folder: Path, episodes: int) -> Times:
    address = companion.free_address()
    made = crowd.make(folder, address, space.count(LEARNERS), episodes)
    heads = _let_in(made)
    with companion.serving(made, folder, address):
        alone = _write(address, heads[0], 0, episodes)
        with ThreadPoolExecutor(WRITERS) as pool:
            turns = [(address, head, turn, episodes) for turn, head in enumerate(heads, 1)]
            done = pool.map(lambda turn: _write(*turn), turns)
            crowded = [each for many in done for each in many]
        since = [_everything(address, head, episodes) for head in heads]
    raw = _bare(made, folder)
    remove(folder)
    return Times(median(alone), quantiles(crowded, n=20)[-1], median(since), raw)


def _let_in(made: Crowd) -> list[dict[str, str]]:
    """Give eight learners an app each; return the headers of their requests."""
    running = create_app(made.settings).extensions[NAME]
    heads = []
    for number in range(WRITERS):
        learner = Learner(f"{number:032x}", crypto.random())
        with running.database.writing() as connection:
            who = grants.let_in(connection, running, learner, "phone")
        told = base64.b64encode(f"{who.handle}:{who.password}".encode()).decode()
        heads.append({"Authorization": f"Basic {told}", "Content-Type": "application/json"})
    running.database.close()
    return heads


def _actions(turn: int, batch: int, episodes: int) -> list[dict[str, Any]]:
    """Return a batch: plays of one episode after another, each action only once."""
    rows = []
    for at in range(BATCH):
        number = batch * BATCH + at
        started = number // episodes * 60
        when = BEGAN + timedelta(seconds=((turn * BATCHES) + batch) * BATCH * 70 + at * 70)
        guid = crowd.guid(number % episodes + 1)
        rows.append(
            {"podcast": f"{SHOW}feed.xml", "episode": f"{SHOW}media/{number % episodes + 1}.mp3",
             "guid": guid, "action": "PLAY", "timestamp": f"{when:%Y-%m-%dT%H:%M:%S}",
             "started": started, "position": started + 60, "total": crowd.MINUTES * 60}
        )  # fmt: skip
    return rows


def _write(address: str, head: dict[str, str], turn: int, episodes: int) -> list[float]:
    """Send every batch of one writer; return the milliseconds of each."""
    line, times = http.client.HTTPConnection(address.split("/")[2], timeout=60), []
    for batch in range(BATCHES):
        body = json.dumps(_actions(turn, batch, episodes))
        began = time.perf_counter()
        line.request("POST", f"{API}/create", body, head)
        answer = line.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"an upload was answered with {answer.status}")
    line.close()
    return times[1:]


def _everything(address: str, head: dict[str, str], episodes: int) -> float:
    """Request the newest actions of a learner's apps; return milliseconds."""
    line, times = http.client.HTTPConnection(address.split("/")[2], timeout=60), []
    for _ in range(5):
        began = time.perf_counter()
        line.request("GET", f"{API}?since=0", headers=head)
        told = json.loads(line.getresponse().read())["actions"]
        times.append((time.perf_counter() - began) * 1000)
        if len({each["guid"] for each in told}) != episodes:
            raise SystemExit(f"{len(told)} actions came back")
    line.close()
    return median(times)


def _bare(made: Crowd, folder: Path) -> float:
    """Return the milliseconds of the same rows in one transaction of SQLite alone."""
    database = Database(made.settings.database)
    with database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(sync_actions))]
    database.close()
    if len(rows) != (WRITERS + 1) * BATCHES * BATCH:
        raise SystemExit(f"{len(rows)} actions were kept")
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    names = ", ".join(column.name for column in sync_actions.c)
    bare.execute(f"CREATE TABLE actions ({names}, PRIMARY KEY (listener, digest)) WITHOUT ROWID")
    marks, times = ", ".join("?" * len(sync_actions.c)), []
    for at in range(0, BATCHES * BATCH, BATCH):
        began = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany(f"INSERT INTO actions VALUES ({marks})", rows[at : at + BATCH])  # noqa: S608 - our names
        bare.execute("COMMIT")
        times.append((time.perf_counter() - began) * 1000)
    bare.close()
    return median(times)
