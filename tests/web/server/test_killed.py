"""SIGKILL while eight people write, or listen: what was acknowledged is there afterwards."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from contextlib import AbstractContextManager, suppress
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from tests.kit.companion import cast
from tests.kit.companion.visitor import Line, Visitor, form
from tests.kit.servers import companion_server
from tests.kit.servers.companion_server import Accompanied
from web.database.engine import Database
from web.listening import coverage, store
from web.schema import coverage as kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.long(10)]
WRITERS, KILLS = 8, 3
PATIENCE = 120  # seconds until everybody has begun, on a machine that does much else
PAUSE = 0.02  # seconds between two sentences: a limit keeps a learner to four a second on average
WORDS = "what they wrote, word for word: ünïcödé, 'quotes' and \"more\", "


class Writer:
    """Somebody who writes without a pause, and remembers what was acknowledged."""

    def __init__(self, address: str, name: str) -> None:
        self.line = Line(address)
        self.visitor = Visitor(self.line)
        self.name = name
        self.acknowledged: dict[str, str] = {}  # by the note's id
        self.draft = ("", "")  # its id, and what was kept last
        self.begun = ""  # sent last, acknowledged or not
        self.wrong: list[str] = []

    def work_until(self, stop: threading.Event) -> None:
        """Save notes, and keep a draft in between, until the server is gone."""
        id_ = form("")["id"]
        page, version, number = form("")["page"], 0, 0
        self.line.close()  # it led to the server before this one
        with suppress(OSError, http.client.HTTPException):
            while not stop.is_set():
                number += 1
                self._save(f"{WORDS}{self.name} {number} {random.random()}" + "." * number)  # noqa: S311 - not a secret
                self.begun = f"{WORDS} begun {number}"
                sent = form(self.begun, id_, page=page, version=str(version))
                answer = self.visitor.draft("guid-1", sent)
                if answer.status == 200:
                    version = json.loads(answer.body)["version"]
                    self.draft = (id_, self.begun)
                elif answer.status != 429:
                    self.wrong.append(f"draft: {answer.status} {answer.text}")
                time.sleep(PAUSE)

    def _save(self, words: str) -> None:
        sent = form(words)
        answer = self.visitor.post("/reflect/guid-1", sent)
        if answer.status == 303:
            self.acknowledged[sent["id"]] = words
        elif answer.status != 429:
            self.wrong.append(f"note: {answer.status} {answer.text}")

    def lost(self) -> list[str]:
        """Return what is not there any more, in the session that was open before."""
        self.line.close()
        packed = self.visitor.post("/take-away").text
        document, _ = json.JSONDecoder().raw_decode(packed[packed.index('{\n "version"') :])
        found = {
            (each["state"], each["id"]): each["answers"][0]["answer"] for each in document["notes"]
        }
        gone = [f"{id_}: {words}" for id_, words in self.acknowledged.items()
                if found.get(("saved", id_)) != words]  # fmt: skip
        id_, words = self.draft
        if id_ and found.get(("draft", id_)) not in {words, self.begun}:
            gone.append(f"draft {id_}: {words}")
        return gone


class Hearer:
    """Somebody who listens on one page after another, and remembers what was acknowledged."""

    def __init__(self, address: str) -> None:
        self.line = Line(address)
        self.visitor = Visitor(self.line)
        self.acknowledged: list[coverage.Run] = []
        self.unsure: list[coverage.Run] = []  # sent last before a kill
        self.wrong: list[str] = []

    def work_until(self, stop: threading.Event) -> None:
        """Report half a second after half a second, from places all over the recording."""
        self.line.close()
        with suppress(OSError, http.client.HTTPException):
            page = self.visitor.get("/listen/guid-1").text
            token = page.partition('data-token="')[2].partition('"')[0]
            for sequence in count():
                if stop.is_set():
                    return
                start = random.randrange(0, 2990)  # noqa: S311 - not a secret
                self.unsure.append((start, start + 5))
                said = {"token": token, "sequence": sequence, "place": 1.0,
                        "runs": [[start / 10, start / 10 + 0.5]]}  # fmt: skip
                answer = self.visitor.send("POST", "/heard", {}, json.dumps(said).encode())
                sent = self.unsure.pop()
                if answer.status == 204:
                    self.acknowledged.append(sent)
                elif answer.status != 429:
                    self.wrong.append(f"{answer.status} {answer.text}")
                time.sleep(PAUSE)

    def lost(self, kept: coverage.Coverage) -> list[coverage.Run]:
        """Return what was acknowledged and is not there, or is there and was never sent."""
        least = coverage.union(self.acknowledged)
        most = coverage.union(self.acknowledged, self.unsure)
        return [run for run in least if coverage.union(kept, [run]) != kept] + [
            run for run in kept if coverage.union(most, [run]) != most
        ]


@pytest.fixture
def start(place: Path, tmp_path: Path) -> Callable[[], AbstractContextManager[Accompanied]]:
    show = cast.catalogue(tmp_path / "show")
    return lambda: companion_server.serve(place, show)


def test_what_was_acknowledged_is_there_after_each_kill(
    start: Callable[[], AbstractContextManager[Accompanied]], kind: str
) -> None:
    with start() as running:
        code = running.new_code()
        writers = [Writer(running.address, f"writer {n}") for n in range(WRITERS)]
        for writer in writers:
            writer.visitor.join(code)
    for _ in range(KILLS):
        with start() as running:
            work_and_kill(running, writers)
            settings = running.settings
        if kind == "sqlite":
            assert is_whole(settings.database)
        with start():
            assert [writer.lost() for writer in writers] == [[]] * WRITERS
    assert [writer.wrong for writer in writers] == [[]] * WRITERS
    assert min(len(writer.acknowledged) for writer in writers) >= KILLS
    print(f"{kind}: {sum(len(each.acknowledged) for each in writers)} notes")  # noqa: T201 - a figure


def test_what_was_acknowledged_as_heard_is_heard_after_each_kill(
    start: Callable[[], AbstractContextManager[Accompanied]], kind: str
) -> None:
    with start() as running:
        code = running.new_code()
        hearers = [Hearer(running.address) for _ in range(WRITERS)]
        for hearer in hearers:
            hearer.visitor.join(code)
            assert hearer.visitor.post("/recording/on").status == 303
        settings = running.settings
    for _ in range(KILLS):
        with start() as running:
            work_and_kill(running, hearers)
        database = Database(settings.database)
        with database.writing() as connection:
            rows = connection.execute(select(kept.c.runs, kept.c.played)).all()
            of = [(coverage.unpack(row.runs), row.played) for row in rows]
            assert store.rebuild(connection) == (WRITERS, 0), "events and coverage agree"
        database.close()
        unclaimed = list(of)
        for hearer in hearers:
            mine = [each for each in unclaimed if not hearer.lost(each[0])]
            assert len(mine) == 1, "one learner's coverage is exactly what was acknowledged"
            unclaimed.remove(mine[0])
            assert mine[0][1] >= 5 * len(hearer.acknowledged)
    assert [hearer.wrong for hearer in hearers] == [[]] * WRITERS
    assert min(len(hearer.acknowledged) for hearer in hearers) >= KILLS
    print(f"{kind}: {sum(len(each.acknowledged) for each in hearers)} reports")  # noqa: T201 - a figure


def work_and_kill(running: Accompanied, people: Sequence[Writer | Hearer]) -> None:
    """Let everybody work for a random moment, then kill the server in the middle of it."""
    stop, before = threading.Event(), [len(each.acknowledged) for each in people]
    threads = [threading.Thread(target=each.work_until, args=(stop,)) for each in people]
    for thread in threads:
        thread.start()
    late = time.monotonic() + PATIENCE
    while any(len(p.acknowledged) == b for p, b in zip(people, before, strict=True)):
        assert time.monotonic() < late, "somebody could not begin"
        time.sleep(PAUSE)
    time.sleep(random.uniform(0.5, 2))  # noqa: S311 - not a secret
    running.kill()
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def is_whole(address: str) -> bool:
    database = Database(address)
    with database.reading() as connection:
        said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    database.close()
    return bool(said == "ok")
