"""Servers inside the tests' own process, on loopback, and who waits for them without a word."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socketserver import TCPServer


@contextmanager
def answering(server: TCPServer) -> Iterator[str]:
    """Let a server answer until the block ends, and say where."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet:
    """A progress that tells nothing, but counts."""

    def __init__(self) -> None:
        self.number = self.done = 0

    def looking(self, number: int) -> None:
        self.number += number

    def looked(self) -> None:
        self.done += 1
