"""Cuts connections that take too long, wherever they wait: handshake, head or body.

A time-out of a socket begins again with every byte, so a server that drips has no end. A deadline
shuts the socket from another thread: the code that waits then sees a broken connection.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

CONNECTING = 45.0  # seconds to look a name up and connect; the system's own look-up has no limit
_local = threading.local()
T = TypeVar("T")


class Deadline:
    """A moment by which the requests of this thread have to be done. Use it as a context."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.passed = False

    def __enter__(self) -> Self:
        self._outer = getattr(_local, "deadline", None)
        _local.deadline = self
        threading.Thread(target=self._wait, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        _local.deadline = self._outer
        self._done.set()
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()

    def extend(self, seconds: float) -> None:
        """Move the moment to so many seconds from now: something came."""
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return the seconds until the moment."""
        return max(self._until - time.monotonic(), 0.0)

    def watch(self, connected: socket.socket) -> None:
        """Shut this socket when the moment comes. Raises TimeoutError where it has come."""
        copy = socket.fromfd(connected.fileno(), connected.family, connected.type)
        with self._lock:
            self._sockets.append(copy)  # TLS takes the other over, and it may be closed before
        if self.passed:
            raise TimeoutError("this request took too long")

    def _wait(self) -> None:
        while (left := self._until - time.monotonic()) > 0:
            if self._done.wait(left):
                return
        self.passed = True
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


class Watched:
    """Mixed into a connection of http.client: what it does has the deadline of its thread."""

    sock: Any

    def _new_conn(self) -> socket.socket:
        connect: Callable[[], socket.socket] = super()._new_conn  # type: ignore[misc]
        made = in_time(connect, CONNECTING, socket.socket.close)
        try:
            _watch(made)
        except TimeoutError:
            made.close()
            raise
        return made

    def request(self, *given: Any, **more: Any) -> Any:
        """Send a request, also over an earlier connection."""
        if getattr(self, "sock", None):
            _watch(self.sock)
        return super().request(*given, **more)  # type: ignore[misc]


def in_time(call: Callable[[], T], seconds: float, late: Callable[[T], None]) -> T:
    """Return what a call returns that nothing can cut, as a look-up of DNS; else give it up.

    What it returns after that is given to `late`. Raises TimeoutError, and what the call raises.
    """
    current = _current()
    limit = min(seconds, current.left) if current else seconds
    lock, given_up, results = threading.Lock(), threading.Event(), list[T]()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            result = call()
        except BaseException as error:
            errors.append(error)
            return
        with lock:
            (late if given_up.is_set() else results.append)(result)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(limit)
    with lock:
        given_up.set()
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError("this connection took too long")
    return results[0]


def _current() -> Deadline | None:
    found: Deadline | None = getattr(_local, "deadline", None)
    return found


def _watch(connected: socket.socket) -> None:
    if current := _current():
        current.watch(connected)
