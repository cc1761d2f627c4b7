"""Publishing from another computer: the installed command, and a plain web server."""

from __future__ import annotations

import functools
import os
import subprocess
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.kit import shows
from tests.kit.servers.loopback import answering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def web(folder: Path) -> Iterator[str]:
    """Serve a folder as a plain web server does."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    folder.mkdir(parents=True, exist_ok=True)
    kind = functools.partial(Silent, directory=str(folder))
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), kind)) as address:
        yield address


def earmark(*arguments: object, path: str | None = None) -> str:
    """Run the installed command; `path` says where it may find programs."""
    run = [shows.program("earmark"), *(str(each) for each in arguments)]
    environment = os.environ | ({"PATH": path} if path is not None else {})
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def live_at(show: Path, address: str) -> None:
    """Let a show have another address."""
    path = show / "show.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("https://podcast.example.org/night/", address), "utf-8")
