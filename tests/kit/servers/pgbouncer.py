"""PgBouncer in front of a PostgreSQL of the tests: Debian's program, transaction pooling."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.kit import shows
from tests.kit.servers import postgres, preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.servers.postgres import Server

# What Debian's file says, but for place, names and the mode.
CONFIGURATION = """\
[databases]
* = host={folder}
[pgbouncer]
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/userlist.txt
pool_mode = transaction
default_pool_size = {size}
"""


@contextmanager
def pool(server: Server, size: int = 4) -> Iterator[int]:
    """Run it until the block ends; give its port."""
    port, folder = preview_server.free_port(), server.folder
    (folder / "userlist.txt").write_text(f'"{postgres.USER}" ""\n', encoding="utf-8")
    file = folder / "pgbouncer.ini"
    text = CONFIGURATION.format(folder=folder, port=port, size=size)
    file.write_text(text, encoding="utf-8")
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # it refuses to run as root
        who = {"user": postgres.USER, "group": postgres.USER, "extra_groups": []}
    run = [shows.program("pgbouncer"), str(file)]
    process = subprocess.Popen(run, stderr=subprocess.DEVNULL, cwd=folder, **who)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    driver, last = shows.library("psycopg"), time.monotonic() + 60
    while True:
        try:
            where = {"host": "127.0.0.1", "port": port, "user": postgres.USER}
            return driver.connect(**where, dbname=postgres.USER).close()  # type: ignore[no-any-return]
        except driver.OperationalError:
            assert process.poll() is None, "PgBouncer ended"
            assert time.monotonic() < last, "PgBouncer does not answer"
            time.sleep(0.05)
