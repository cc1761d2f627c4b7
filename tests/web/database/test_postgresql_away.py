"""Tests what the companion answers while PostgreSQL is away, in every way we know."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from tests.kit.companion.outage import HARMED, STANDS_STILL, Harm, Scene
from tests.kit.servers import companion_server, failing_postgres, postgres
from web import settings as reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.servers.failing_postgres import HarmedLine
    from tests.kit.servers.postgres import Server

SILENT = {failing_postgres.MUTE, failing_postgres.HALF}
pytestmark = pytest.mark.slow


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

    on_server.play(
        harm(),
        refuses=mode not in {failing_postgres.SLOW, failing_postgres.DEAF},
        seconds=STANDS_STILL if mode in SILENT else HARMED,
    )


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
