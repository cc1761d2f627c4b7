"""Whatever a network or a server does is a finding, in bounded time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from episodes.errors import EarmarkError
from podcast.doctor import requests
from podcast.doctor import run as visit
from podcast.network.client import GIVE_UP, Client
from podcast.network.messages import Failure, Request
from tests.kit.doctor_site import look, run


def garbage(data: bytes, *, drip: bool = False) -> Callable[[socket.socket], None]:
    """Answer with these bytes, whatever is asked."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)
        if drip:
            threading.Event().wait(0.8)

    return speak


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00" + bytes(4))


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that says anything at all, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    speak(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nCache-Control: no-cache\r\n"
SAYING = {
    "nothing": (garbage(b""), "reach"),
    "no HTTP": (garbage(b"SSH-2.0-OpenSSH_9.2\r\n"), "reach"),
    "a header without end": (garbage(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "reach"),
    "less than promised": (garbage(OK + b"Content-Length: 9999\r\n\r\n<rss>"), "reach"),
    "chunks that are none": (garbage(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "reach"),
    "a reset": (reset, "reach"),
    "a redirect to nowhere": (garbage(b"HTTP/1.1 302 X\r\nLocation: http://[\r\n\r\n"), "reach"),
    "a redirect to itself": (garbage(b"HTTP/1.1 301 X\r\nLocation: /feed.xml\r\n\r\n"), "reach"),
    "a web page": (garbage(OK + b"\r\n<!DOCTYPE html><p>Welcome"), "xml"),
    "no XML": (garbage(OK + b"\r\n\x00\xff\xfe not a feed"), "xml"),
    "nothing at all": (garbage(OK + b"Content-Length: 0\r\n\r\n"), "xml"),
    "half a feed": (garbage(OK + b"\r\n<rss><channel><item>"), "xml"),
    "another kind of feed": (
        garbage(OK + b"\r\n<feed xmlns='http://www.w3.org/2005/Atom'/>"), "xml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("speak, key", SAYING.values(), ids=SAYING)
def test_nothing_that_a_server_says_is_more_than_a_finding(
    speak: Callable[[socket.socket], None], key: str
) -> None:
    with speaking(speak) as address:
        found = look(f"{address}feed.xml")
    assert [each[1:] for each in found if each[2] != "conditional"] == [("error", key)]
    assert found[0][0] == f"{address}feed.xml"


@pytest.mark.parametrize("begun", [b"", OK, OK + b"\r\n<rss>"])
def test_a_server_that_falls_silent_is_waited_for_so_long_and_no_longer(begun: bytes) -> None:
    with speaking(garbage(begun, drip=True)) as address:
        assert look(f"{address}feed.xml", patience=0.3) == [
            (f"{address}feed.xml", "error", "reach")
        ]


def test_a_name_that_nobody_knows_is_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "reach: cannot be found: DNS does not know the name" in run("example.org").stderr


def test_a_body_without_end_is_left_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "LARGEST_FEED", 300_000)
    with speaking(garbage(OK + b"\r\n<rss>" + b" " * 3_000_000)) as address:
        found = look(f"{address}feed.xml")
    assert [each[1:] for each in found] == [("error", "size")]


def test_of_a_body_without_end_only_the_beginning_is_kept() -> None:
    with speaking(garbage(OK + b"\r\n<rss>" + b" " * 3_000_000)) as address:
        client = Client(private=True)
        answer = client.fetch(Request(address, limit=300_000))
        client.close()
    assert answer.cut
    assert answer.body == (b"<rss>" + b" " * 4_000)[:4_000]


def test_a_server_that_is_not_there_is_a_finding_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = run(f"http://127.0.0.1:{port}/")
    assert answer.exit_code == 1
    assert "reach: cannot be reached: nothing answers there; start the server" in answer.stderr
    assert answer.stdout == "Tested the feed: 1 error.\n"


@pytest.mark.parametrize("given", ["", "ftp://example.org/", "http://[", "https:///feed.xml",
                                   "http://example.org:99999/"])  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(given: str) -> None:
    with pytest.raises(EarmarkError, match="that is not a web address"):
        visit.feed_urls(given)


def test_a_server_that_stopped_answering_is_not_asked_again_and_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    client = Client(private=True)
    asked = [client.fetch(Request(address)).failure for _ in range(GIVE_UP + 1)]
    client.close()
    assert asked == [Failure.REFUSED] * GIVE_UP + [Failure.LOST]
