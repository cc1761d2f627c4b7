"""Cuts connections that take too long, wherever they wait: handshake, head or body.

The timeout of a socket begins again with every byte, so a slow server could hold it for ever. A
deadline shuts the socket down from another thread; the waiting code then sees a broken connection.
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

CONNECTING = 45.0  # seconds to resolve a name and connect; the system's own lookup has no limit
_local = threading.local()
T = TypeVar("T")


class Deadline:
    """The time by which all requests of this thread must have finished. A context manager."""

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
        """Set the deadline to `seconds` from now, because data arrived."""
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """The seconds until the deadline."""
        return max(self._until - time.monotonic(), 0.0)

    def watch(self, connected: socket.socket) -> None:
        """Shut this socket down at the deadline. Raises TimeoutError if it has passed."""
        copy = socket.fromfd(connected.fileno(), connected.family, connected.type)
        with self._lock:
            self._sockets.append(copy)  # TLS takes over the original, which may be closed earlier
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
    """A mixin for connections of http.client: they keep to the deadline of their thread."""

    sock: Any

    def _new_conn(self) -> socket.socket:
        connect: Callable[[], socket.socket] = super()._new_conn  # type: ignore[misc]
        connection = in_time(connect, CONNECTING, socket.socket.close)
        try:
            _watch(connection)
        except TimeoutError:
            connection.close()
            raise
        return connection

    def request(self, *given: Any, **more: Any) -> Any:
        """Send a request, also over a connection that is kept open."""
        if getattr(self, "sock", None):
            _watch(self.sock)
        return super().request(*given, **more)  # type: ignore[misc]


def in_time(call: Callable[[], T], seconds: float, late: Callable[[T], None]) -> T:
    """Run a call that nothing can cut short, such as a DNS lookup, for `seconds` at most.

    A later result is passed to `late`. Raises TimeoutError, and whatever the call raises.
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
    deadline: Deadline | None = getattr(_local, "deadline", None)
    return deadline


def _watch(connected: socket.socket) -> None:
    if current := _current():
        current.watch(connected)
