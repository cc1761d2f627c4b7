"""A line to PostgreSQL that goes wrong: mute, cut, slow, or one way only, when a test says so."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASS, MUTE, HALF, SLOW, RESET, DEAF = "pass", "mute", "half", "slow", "reset", "deaf"
AT_ONCE = struct.pack("ii", 1, 0)  # a close that is a reset


class HarmedLine:
    """Leads a port on loopback to a server's socket, as its `mode` says."""

    def __init__(self, target: Path) -> None:
        self.target, self.mode = target, PASS
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def harm(self, mode: str) -> None:
        """Harm what is open and what will be."""
        self.mode = mode
        if mode == RESET:
            self._cut()

    def heal(self) -> None:
        """Lead on again; what was mute stays so, as behind a firewall that forgot it."""
        self.mode = PASS

    def close(self) -> None:
        self._server.close()
        self._cut()

    def _cut(self) -> None:
        for each in self._open:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if self.mode == RESET:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                    client.close()
                    continue
                self._open.append(client)
                threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.target))
        except OSError:
            client.close()
            server.close()
            return
        self._open.append(server)
        for ends in ((client, server, True), (server, client, False)):
            threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, from_: socket.socket, to: socket.socket, there: bool) -> None:
        lost = False
        with suppress(OSError):
            while True:
                while self.mode == DEAF:  # nothing is read: the sender's window fills
                    time.sleep(0.05)
                data = from_.recv(1 << 16)
                if not data:
                    break
                if self.mode == SLOW:
                    time.sleep(0.3)
                lost = lost or self.mode == MUTE or (self.mode == HALF and not there)
                if not lost:
                    to.sendall(data)
        for each in (from_, to):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def leading(target: Path) -> Iterator[HarmedLine]:
    """Lead until the block ends."""
    line = HarmedLine(target)
    try:
        yield line
    finally:
        line.close()
