"""A network that fails on purpose: a proxy in front of a real server, told when to do what."""

from __future__ import annotations

import http.client
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.kit.servers.loopback import answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# (method, path) -> a status to answer with, or one of these words, or None to pass it on
CUT, TRUNCATE, LOST = "cut", "truncate", "lost"
CONTINUE, HEADLESS = "continue", "headless"  # cut inside "100 Continue", and inside the head


_ERRORS = {
    400: "InvalidArgument", 403: "AccessDenied", 500: "InternalError", 501: "NotImplemented",
    503: "SlowDown", 507: "QuotaExceeded",
}  # fmt: skip


class Network:
    """`rule` says what happens to a request; `seen` are those that came, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.seen: list[tuple[str, str]] = []
        self.unknown: dict[str, int] = {}  # headers of a PUT that are refused, and how
        self.left_out: set[str] = set()  # headers of answers that do not come through
        self.weak = False  # ETags become weak ones
        self.rule: Callable[[str, str], int | str | None] = lambda _method, _path: None

    def fail(self, what: int | str, method: str, part: str, times: int = 1_000_000) -> None:
        """Let so many requests of this kind fail, then none."""
        left = times

        def rule(verb: str, path: str) -> int | str | None:
            nonlocal left
            if verb != method or part not in path or left <= 0:
                return None
            left -= 1
            return what

        self.rule = rule

    def changed(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the headers of an answer as they come through."""
        kept = [each for each in headers if each[0].lower() not in self.left_out]
        weak = "W/" if self.weak else ""
        return [(key, weak + said if key.lower() == "etag" else said) for key, said in kept]


@contextmanager
def network(upstream: str) -> Iterator[Network]:
    """Serve a proxy in front of `upstream` until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    server.daemon_threads = True
    found = Network(f"http://127.0.0.1:{server.server_address[1]}")
    server.network, server.upstream = found, urlsplit(upstream).netloc  # type: ignore[attr-defined]
    with answering(server):
        yield found


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _pass(self) -> None:
        network: Network = self.server.network  # type: ignore[attr-defined]
        network.seen.append((self.command, self.path))
        what = network.rule(self.command, self.path)
        refused = [network.unknown[each] for each in network.unknown if each in self.headers]
        if self.command == "PUT" and refused:
            what = refused[0]
        length = int(self.headers.get("Content-Length") or 0)
        if what == CUT:  # in the middle of what is sent
            self.rfile.read(length // 2)
            self._drop()
            return
        body = self.rfile.read(length)
        if isinstance(what, int):
            self._refuse(what)
            return
        status, headers, data = _forward(self.server.upstream, self, body)  # type: ignore[attr-defined]
        if what in {CONTINUE, HEADLESS}:
            said = "100 Continue" if what == CONTINUE else "200 OK"
            self.wfile.write(f"HTTP/1.1 {said}\r\nServer: x\r\n".encode())
        if what in {LOST, CONTINUE, HEADLESS}:  # the server did it, and nobody hears of it
            self._drop()
            return
        headers = network.changed(headers)
        size = dict(headers).get("Content-Length") if self.command == "HEAD" else len(data)
        self._answer(status, headers, str(size or 0), data[: len(data) // 2 if what else None])
        if what == TRUNCATE:
            self._drop()

    def _answer(self, status: int, headers: list[tuple[str, str]], size: str, data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", size)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _refuse(self, status: int) -> None:
        code = _ERRORS.get(status, "Error")
        data = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self._answer(status, [("Content-Type", "application/xml")], str(len(data)), data)

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(2)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815 - http.server's names


def _forward(
    there: str, asked: BaseHTTPRequestHandler, body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection(there, timeout=60)
    try:
        connection.putrequest(asked.command, asked.path, skip_host=True, skip_accept_encoding=True)
        for name, value in asked.headers.items():
            if name.lower() not in {"connection", "expect"}:
                connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()
