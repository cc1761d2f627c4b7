"""Real web servers on loopback: nginx with somebody's settings inside its own, run for a block."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = """\
daemon off;
pid {run}/nginx.pid;
error_log {run}/main.log notice;
{user}
events {{ }}
http {{
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    access_log {run}/access.log;
{inside}
}}
"""


def nginx(run: Path, inside: str) -> list[str]:
    """Write nginx's settings into a folder, for its logs too, and return what starts it."""
    user = "" if os.geteuid() else "user root;"
    file = run / "nginx.conf"
    file.write_text(SETTINGS.format(run=run, user=user, inside=inside), encoding="utf-8")
    program = shows.program("nginx")
    return [program, "-p", str(run), "-e", str(run / "start.log"), "-c", str(file)]


@contextmanager
def running(command: list[str], run: Path, port: int) -> Iterator[None]:
    """Run a web server from when it answers until the block ends."""
    said = run / "said.log"
    with said.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not _answers(port):
            assert process.poll() is None, said.read_text(encoding="utf-8")
            assert time.monotonic() < until, "the web server does not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            return False
    return True
