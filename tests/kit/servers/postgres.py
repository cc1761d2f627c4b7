"""A real PostgreSQL for tests: Debian's program on a socket in a new folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60  # seconds until the server must answer, on a machine that does much else
USER = "postgres"  # Debian's package makes it; the program refuses to run as root
LIVELY = ("shared_buffers=32MB", "max_connections=60", "listen_addresses=")  # fsync stays on


class Server:
    """A server that keeps each test's database apart."""

    def __init__(self, folder: Path, programs: Path, who: dict[str, Any]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._programs, self._who = programs, who
        self._process: subprocess.Popen[bytes] | None = None
        self._psycopg = shows.library("psycopg")
        self._made = 0

    def make_data(self) -> None:
        """Make an empty server in its folder of data."""
        options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        initdb = [str(self._programs / "initdb"), "-D", str(self.data), "-U", USER, *options]
        made = subprocess.run(initdb, check=False, **self._who)
        assert made.returncode == 0, (self.folder / "log").read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [part for each in LIVELY for part in ("-c", each)]
        command = [str(self._programs / "postgres"), "-D", str(self.data), "-k", str(self.folder)]
        self._process = subprocess.Popen([*command, *settings], **self._who)
        self.wait(self._process)

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends the connections, SIGQUIT at once, SIGKILL without a word."""
        if self._process:
            self._process.send_signal(by)
            self._process.wait(PATIENCE)
            self._process = None

    def run(self, statement: str, name: str = USER) -> list[Any]:
        """Carry out a statement in one of its databases."""
        with self._connect(name) as connection:
            cursor = connection.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def create(self, template: str = "template0") -> str:
        """Make a database like another one to which nobody is connected; return its address."""
        self._made += 1
        name = f"test_{self._made}"
        self._say("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def drop(self, address: str) -> None:
        """Remove a database, also one with open connections."""
        self._say("DROP DATABASE {} WITH (FORCE)", self.name(address))

    def name(self, address: str) -> str:
        """Return the name of a database by its address."""
        return address.partition("@/")[2].partition("?")[0]

    def wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it answers."""
        last = time.monotonic() + PATIENCE
        while True:
            try:
                return self._connect().close()  # type: ignore[no-any-return]
            except self._psycopg.OperationalError:
                assert process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
                assert time.monotonic() < last, "PostgreSQL does not answer"
                time.sleep(0.1)

    def _connect(self, name: str = USER) -> Any:
        where = {"host": str(self.folder), "user": USER, "dbname": name}
        return self._psycopg.connect(**where, autocommit=True)

    def _say(self, words: str, *names: str) -> None:
        sql = self._psycopg.sql
        with self._connect() as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


@contextmanager
def serve() -> Iterator[Server]:
    """Run a server until the block ends, or skip the test and say what is missing."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="earmark-postgres-"))
    who: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        try:
            shutil.chown(folder, USER, USER)
        except LookupError:
            shows.missing(f"there is no user {USER} to run PostgreSQL")
        who |= {"user": USER, "group": USER, "extra_groups": []}
    try:
        with (folder / "log").open("wb") as log:
            who |= {"stdout": log, "stderr": log}
            server = Server(folder, programs, who)
            server.make_data()
            try:
                server.start()
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Return the folder of the newest version's programs; Debian keeps them off PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    return found[-1].parent if found else Path(shows.program("postgres")).parent
