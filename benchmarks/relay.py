"""Relays TCP as an ordinary line does: 20 ms each way, 20 Mbit/s up, all connections together.

It runs in a thread, because the process that measures only waits. What it reads ahead is bounded
as a router's queue is, so a sender feels the line. Opening a connection costs nothing here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DELAY = 0.020  # seconds each way
UP = 2_500_000  # bytes a second, all connections together
CHUNK = 16 * 1024
QUEUE = 0.1  # seconds of bytes that wait at most before the line


class Line:
    """A line to a server on this computer; counts the bytes that pass."""

    def __init__(self, server: int) -> None:
        self.port = 0
        self.up = self.down = 0
        self.requests: list[tuple[float, str]] = []
        self.slow = True  # without it, bytes pass at once: for what is not measured
        self._server = server
        self._free = 0.0  # when the line has sent everything that was given to it
        self._loop = asyncio.new_event_loop()

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Count from nothing."""
        self.up = self.down = 0
        self.requests.clear()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._join, "127.0.0.1", 0, limit=CHUNK)
        self.port = server.sockets[0].getsockname()[1]

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._server)
        except OSError:
            writer.close()
            return
        with contextlib.suppress(asyncio.CancelledError):  # the line is stopped
            await asyncio.gather(
                self._pass(reader, to_writer, up=True), self._pass(to_reader, writer, up=False)
            )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        """Send what arrives, late: a second task waits, so that reading goes on."""
        waiting = asyncio.Queue[tuple[float, bytes]]()
        sender = asyncio.create_task(_send(waiting, writer))
        try:
            while data := await reader.read(CHUNK):
                leaves = self._count(data, up=up)
                await waiting.put((leaves + (DELAY if self.slow else 0), data))
                if (ahead := leaves - time.monotonic() - QUEUE) > 0:
                    await asyncio.sleep(ahead)
        except ConnectionError:
            pass
        await waiting.put((0.0, b""))
        await sender

    def _count(self, data: bytes, *, up: bool) -> float:
        """Return when the last of these bytes leaves."""
        now = time.monotonic()
        if not up:
            self.down += len(data)
            return now
        self.up += len(data)
        first = data.split(b"\r\n", 1)[0]
        if first.endswith(b"HTTP/1.1"):
            self.requests.append((now, first.decode("ascii", "replace").removesuffix(" HTTP/1.1")))
        if not self.slow:
            return now
        self._free = max(self._free, now) + len(data) / UP
        return self._free

    def run(self, ready: threading.Event) -> None:
        """Listen until stopped."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        ready.set()
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for each in left:
            each.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _send(waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    """Write each piece when it is due, in order, until an empty one."""
    try:
        while True:
            due, data = await waiting.get()
            if not data:
                break
            if (left := due - time.monotonic()) > 0:
                await asyncio.sleep(left)
            writer.write(data)
            await writer.drain()
        writer.close()
    except ConnectionError:
        writer.close()


@contextmanager
def line(server: int) -> Iterator[Line]:
    """Run a line to a port of this computer during the block."""
    made, ready = Line(server), threading.Event()
    thread = threading.Thread(target=made.run, args=(ready,), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        made.stop()
        thread.join()
