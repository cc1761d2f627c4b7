"""Tests what the companion answers while the database is away, in every way we know.

Pages that ask no database answer, refusals are 503 with their reason in the log, nothing that was
acknowledged is lost, and it heals by itself.
"""

from __future__ import annotations

import http.client
import re
import resource
import shutil
import signal
import sqlite3
import threading
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from tests.kit.companion.visitor import Line, Visitor, form
from tests.kit.servers import companion_server, failing_postgres, postgres
from web import settings as reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied
    from tests.kit.servers.failing_postgres import HarmedLine
    from tests.kit.servers.postgres import Server

pytestmark = pytest.mark.slow
PEOPLE, LEARNERS, PAUSE = 40, 5, 1.3  # windows: more than there are connections
HARMED = 4.0  # seconds of harm
QUICK = 3.0  # seconds for a page that asks no database; measured are 0.1 to 0.9, at a load of 15
HEALS = 15.0
FREE = ("/sign-in", "/about/privacy", "/static/app.css", "/join", "/desk/sign-in")
WORDS = "what they wrote while it went away"


class Writer(threading.Thread):
    """Somebody who saves one note after another, whatever comes back."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self.visitor = visitor
        self.stops = threading.Event()
        self.kept: set[str] = set()
        self.statuses: list[int] = []
        self.longest = 0.0

    def run(self) -> None:
        while not self.stops.wait(PAUSE):
            sent, began = form(WORDS), time.monotonic()
            with suppress(OSError, http.client.HTTPException):
                answer = self.visitor.post("/reflect/guid-1", sent)
                self.statuses.append(answer.status)
                if answer.status == 303:
                    self.kept.add(sent["id"])
                elif answer.status == 503:
                    assert WORDS in answer.text or "<title>Please try again" in answer.text
            self.longest = max(self.longest, time.monotonic() - began)


class Scene:
    """A companion, a learner who writes in it, and what was seen."""

    def __init__(self, running: Accompanied) -> None:
        self.running = running
        code = running.new_code()
        self.learners = [Visitor(Line(running.address)) for _ in range(LEARNERS + 1)]
        for learner in self.learners:
            learner.join(code)
        self.first = self.learners.pop()
        self.people = [self._another(self.learners[n % LEARNERS]) for n in range(PEOPLE)]

    def _another(self, learner: Visitor) -> Visitor:
        """Return another window of the same browser."""
        other = Visitor(Line(self.running.address))
        other.cookies, other._token = dict(learner.cookies), learner.token()
        return other

    def play(self, harm: AbstractContextManager[None], *, refuses: bool = True) -> None:
        """Let everybody write while a harm comes and goes; look at all that was promised."""
        before = len(self.log())
        writers = [Writer(each) for each in self.people]
        for writer in writers:
            writer.start()
        try:
            self.wait_for(lambda: all(each.kept for each in writers))
            with harm:
                slowest = self.look_around(HARMED)
            took = self.wait_until_well()
        finally:
            for writer in writers:
                writer.stops.set()
            for writer in writers:
                writer.join(60)
        assert not any(each.is_alive() for each in writers), "a request never ended"
        longest = max(each.longest for each in writers)
        statuses = {status for each in writers for status in each.statuses}
        kept = set().union(*(each.kept for each in writers))
        print(f"free pages {slowest:.2f} s, healed {took:.1f} s, longest {longest:.1f} s, "  # noqa: T201 - figures
              f"{statuses}, {len(kept)} kept")  # fmt: skip
        assert slowest < QUICK
        assert took < HEALS
        assert statuses <= {303, 429, 503}, statuses
        if refuses:
            assert 503 in statuses
            assert re.search(": (the|this) database ", self.log()[before:])
        assert WORDS not in self.log()
        packed = "".join(self.read(each) for each in self.learners)
        assert [each for each in kept if each not in packed] == []

    def look_around(self, seconds: float) -> float:
        """Ask for pages that need no database for so long; return the longest wait.

        Nobody is signed out by it, or told so: a stranger and a learner see the same pages.
        """
        who = (Visitor(Line(self.running.address)), self._another(self.first))
        slowest, until = 0.0, time.monotonic() + seconds
        while time.monotonic() < until:
            for visitor, path in product(who, FREE):
                began = time.monotonic()
                answer = visitor.get(path)
                slowest = max(slowest, time.monotonic() - began)
                assert answer.status == 200
                assert "You have been signed out" not in answer.text
            time.sleep(0.05)
        return slowest

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def wait_until_well(self) -> float:
        """Return how many seconds it takes until a note is saved and a monitor hears ok."""
        began, visitor = time.monotonic(), self._another(self.first)
        while time.monotonic() - began < 4 * HEALS:
            with suppress(OSError, http.client.HTTPException):
                saved = visitor.post("/reflect/guid-1", form(WORDS)).status
                if saved == 303 and visitor.get("/healthz").status == 200:
                    break
            time.sleep(0.1)
        return time.monotonic() - began

    def read(self, learner: Visitor) -> str:
        """Return everything that a learner has."""
        learner.ask.close()  # type: ignore[attr-defined]
        answer = learner.post("/take-away")
        assert answer.status == 200, answer.text
        return answer.text

    def log(self) -> str:
        return self.running.log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A PostgreSQL that these tests may stop and kill."""
    with postgres.serve() as server:
        yield server


@pytest.fixture(scope="module")
def line(own_server: Server) -> Iterator[HarmedLine]:
    with failing_postgres.leading(own_server.folder / ".s.PGSQL.5432") as led:
        yield led


@pytest.fixture(scope="module")
def on_server(
    own_server: Server, line: HarmedLine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """A companion on PostgreSQL, at the other end of a line that can be harmed."""
    folder = tmp_path_factory.mktemp("away")
    own_server.run("CREATE DATABASE companion")
    address = f"postgresql://{postgres.USER}@127.0.0.1:{line.port}/companion"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(reading.DATABASE, address)
        with companion_server.serve(folder / "companion", cast.catalogue(folder / "show")) as it:
            yield Scene(it)


@pytest.mark.parametrize(
    "mode",
    [failing_postgres.MUTE, failing_postgres.HALF, failing_postgres.RESET, failing_postgres.DEAF,
     failing_postgres.SLOW],
)  # fmt: skip
def test_a_line_that_is_harmed(on_server: Scene, line: HarmedLine, mode: str) -> None:
    @contextmanager
    def harm() -> Iterator[None]:
        line.harm(mode)
        yield
        line.heal()

    on_server.play(harm(), refuses=mode not in {failing_postgres.SLOW, failing_postgres.DEAF})


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
def test_a_server_that_is_stopped_and_started(
    on_server: Scene, own_server: Server, by: signal.Signals
) -> None:
    @contextmanager
    def harm() -> Iterator[None]:
        own_server.stop(by)
        yield
        own_server.start()

    on_server.play(harm())


def test_an_empty_server_in_its_place(on_server: Scene, own_server: Server) -> None:
    @contextmanager
    def harm() -> Iterator[None]:
        own_server.stop()
        away = own_server.data.rename(own_server.data.with_name("away"))
        own_server.make_data()
        own_server.start()
        own_server.run("CREATE DATABASE companion")
        yield
        own_server.stop()
        shutil.rmtree(own_server.data)
        away.rename(own_server.data)
        own_server.start()

    on_server.play(harm())
    assert "this database is empty" in on_server.log()


def test_another_server_with_the_same_data(on_server: Scene, own_server: Server) -> None:
    """As after a fail-over: a copy of the data takes over, and the first one is gone."""

    @contextmanager
    def harm() -> Iterator[None]:
        own_server.stop()
        away = own_server.data.rename(own_server.data.with_name("away"))
        yield
        shutil.copytree(away, own_server.data)
        for each in (own_server.data, *own_server.data.rglob("*")):
            shutil.copystat(away / each.relative_to(own_server.data), each)
            shutil.chown(each, away.stat().st_uid, away.stat().st_gid)
        shutil.rmtree(away)
        own_server.start()

    on_server.play(harm())


def statement(server: Server, harm: str, heal: str = "", name: str = "postgres") -> Harm:
    @contextmanager
    def harmed() -> Iterator[None]:
        server.run(harm, name)
        yield
        if heal:
            server.run(heal, name)

    return harmed()


Harm = AbstractContextManager[None]
OTHERS = "FROM pg_stat_activity WHERE datname = 'companion'"
END = f"SELECT pg_terminate_backend(pid) {OTHERS}"


def test_backends_that_are_ended(on_server: Scene, own_server: Server) -> None:
    on_server.play(statement(own_server, END), refuses=False)


def test_a_server_that_only_reads(on_server: Scene, own_server: Server) -> None:
    alter = "ALTER DATABASE companion {} default_transaction_read_only{}"

    @contextmanager
    def harm() -> Iterator[None]:
        own_server.run(alter.format("SET", " = on"))
        own_server.run(END)
        yield
        assert on_server.first.get("/notes").status == 200, "reading goes on"
        own_server.run(alter.format("RESET", ""))
        own_server.run(END)

    on_server.play(harm())
    assert "read-only transaction (25006)" in on_server.log()


def test_a_server_without_connections(on_server: Scene, own_server: Server) -> None:
    limit = "ALTER DATABASE companion CONNECTION LIMIT {}"
    on_server.play(
        statement(own_server, f"{limit.format(0)}; {END}", limit.format(-1)), refuses=False
    )


def test_a_lock_that_somebody_holds(on_server: Scene, own_server: Server) -> None:
    @contextmanager
    def harm() -> Iterator[None]:
        with own_server._connect("companion") as connection:
            connection.autocommit = False
            connection.execute("LOCK TABLE reflections IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()

    on_server.play(harm(), refuses=False)


def test_a_password_that_is_changed_and_changed_back(on_server: Scene, own_server: Server) -> None:
    """Nobody gets in without one, and trust comes back: the server's file says who may."""
    file = own_server.data / "pg_hba.conf"
    before = file.read_text(encoding="utf-8")

    @contextmanager
    def harm() -> Iterator[None]:
        file.write_text("local companion all scram-sha-256\nlocal postgres all trust\n", "utf-8")
        own_server.run("SELECT pg_reload_conf()")
        own_server.run(END)
        yield
        file.write_text(before, encoding="utf-8")
        own_server.run("SELECT pg_reload_conf()")

    on_server.play(harm())


def test_a_full_disk_of_the_server(on_server: Scene, own_server: Server) -> None:
    """Every write fails as it does there, with the SQLSTATE of a full disk."""
    full = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON reflections EXECUTE FUNCTION full_disk();
        """
    heal = "DROP FUNCTION full_disk CASCADE"
    on_server.play(statement(own_server, full, heal, "companion"))
    assert "No space left on device (53100)" in on_server.log()


@pytest.fixture(scope="module")
def on_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A companion on SQLite."""
    folder = tmp_path_factory.mktemp("away")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv(reading.DATABASE, raising=False)
        with companion_server.serve(folder / "companion", cast.catalogue(folder / "show")) as it:
            yield Scene(it)


def lock(file: Path) -> Harm:
    @contextmanager
    def harm() -> Iterator[None]:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("PRAGMA busy_timeout = 10000")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
        other.close()

    return harm()


def take_away(file: Path) -> Harm:
    @contextmanager
    def harm() -> Iterator[None]:
        names = [file.with_name(file.name + end) for end in ("-wal", "-shm", "")]
        away = [each.rename(each.with_name(f"away-{each.name}")) for each in names]
        yield
        for each, name in zip(away, names, strict=True):
            each.rename(name)

    return harm()


def damage(file: Path) -> Harm:
    """Put a file of noise in its place, and the right one back."""

    @contextmanager
    def harm() -> Iterator[None]:
        with take_away(file):
            file.write_bytes(b"noise" * 10_000)
            yield
            file.unlink()

    return harm()


def test_a_disk_that_is_full(
    on_file: Scene,
) -> None:
    """The process may write no file beyond its present size, as on a full disk."""
    pid = companion_server.children(on_file.running.process.pid)[0]
    log = on_file.running.folder / "companion.db-wal"

    @contextmanager
    def harm() -> Iterator[None]:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
        yield
        assert on_file.first.get("/notes").status == 200, "reading goes on"
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    on_file.play(harm())


@pytest.mark.parametrize("harm", [lock, take_away, damage])
def test_a_file_that_is_harmed(on_file: Scene, harm: Callable[[Path], Harm]) -> None:
    on_file.play(harm(on_file.running.folder / "companion.db"), refuses=harm is not lock)
