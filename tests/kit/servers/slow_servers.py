"""Servers that hold a client without end: each says a little, now and then, wherever it likes."""

from __future__ import annotations

import contextlib
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY = 0.05  # seconds between two bytes
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# What is said at once, then what is said byte after byte, without end.
DRIPS = {
    "nothing": (b"", b""),
    "a status line": (b"HTTP/1.1 ", b"2"),
    "a header": (OK + b"X-Long: ", b"a"),
    "headers": (OK, b"A: b\r\n"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": (OK + b"\r\n", b"a"),
    "a body with a length": (OK + b"Content-Length: 100000\r\n\r\n", b"a"),
    "the length of a chunk": (CHUNKED, b"0"),
    "chunks": (CHUNKED, b"1\r\na\r\n"),
    "what follows the last chunk": (CHUNKED + b"0\r\n", b"A: b\r\n"),
    "redirects": (b"HTTP/1.1 302 Found\r\nLocation: /a\r\n", b"A: b\r\n"),
}


@contextmanager
def dripping(at_once: bytes, again: bytes) -> Iterator[str]:
    """Serve one thing to everybody until the block ends, and say where."""
    over = threading.Event()
    held: list[threading.Thread] = []

    def hold(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.recv(1 << 16)
            client.sendall(at_once)
            while not over.wait(EVERY):
                for byte in again:
                    client.sendall(bytes([byte]))
                    if over.wait(EVERY / 10):
                        return

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                held.append(threading.Thread(target=hold, args=(client,)))
                held[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            for each in (accepting, *held):
                each.join()


@contextmanager
def saying(said: bytes) -> Iterator[str]:
    """Say one thing to everybody and hang up, until the block ends; give the address."""

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                with client, contextlib.suppress(OSError):
                    client.recv(1 << 16)
                    client.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
