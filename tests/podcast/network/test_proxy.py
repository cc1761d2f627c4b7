"""Fetching behind the proxy of a network: what it is asked for, and what never reaches it."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from episodes import deadline
from episodes.deadline import Deadline, in_time
from episodes.links import LinkState
from podcast.link_check import LinkChecker
from podcast.network import public_addresses
from podcast.network.certificates import certificate_end
from podcast.network.client import Client
from podcast.network.failures import FetchError
from podcast.network.messages import Failure, Request
from tests.kit import foreign_feeds
from tests.kit.foreign_feeds import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.foreign_feeds import Answer, Asked

INSIDE = {"intranet.example": "10.1.2.3"}


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[foreign_feeds.Server]:
    """Run a proxy that answers for every name, and is named by the environment.

    This computer's DNS knows only what is inside.
    """
    look = socket.getaddrinfo

    def known(host: str, *more: Any, **names: Any) -> Any:
        if host.endswith((".example", ".example.org")) and host not in INSIDE:
            raise socket.gaierror(socket.EAI_NONAME, "not known here")
        return look(INSIDE.get(host, host), *more, **names)

    def answer(asked: Asked) -> Answer:
        if urlsplit(asked.path).path == "/inside":
            return 302, {"Location": "http://intranet.example/secret"}, b""
        return 200, {"Via": "1.1 proxy"}, asked.path.encode()

    with serving(answer) as server:
        for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "REQUEST_METHOD"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", server.address)
        monkeypatch.setenv("https_proxy", server.address)
        monkeypatch.setattr(socket, "getaddrinfo", known)
        yield server


@contextmanager
def opened(*, private: bool = False) -> Iterator[Client]:
    client = Client(private=private, patience=2)
    try:
        yield client
    finally:
        client.close()


def test_a_proxy_is_asked_for_a_name_that_only_it_knows(proxy: foreign_feeds.Server) -> None:
    address = "http://feeds.example/feed.xml"
    with opened() as client:
        assert client.get(address, 1000) == address.encode()
    assert [path for path, _ in proxy.asked] == [address]


def test_the_name_of_a_proxy_may_be_without_http(
    proxy: foreign_feeds.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.address.removeprefix("http://").rstrip("/"))
    with opened() as client:
        assert client.get("http://feeds.example/", 1000)


def test_the_password_of_a_proxy_is_given_to_it(
    proxy: foreign_feeds.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy.address.replace("//", "//me:a%40b@"))
    with opened() as client:
        client.get("http://feeds.example/", 1000)
    assert proxy.asked[0][1]["proxy-authorization"] == "Basic bWU6YUBi"


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "http://2130706433:9/", "http://0x7f.1:9/", "http://[::1]:9/",
     "http://localhost:9/", "http://169.254.169.254/", "http://intranet.example/",
     "https://intranet.example/", "http://feeds.example/inside"],
)  # fmt: skip
def test_a_proxy_is_never_asked_for_what_is_inside(
    proxy: foreign_feeds.Server, address: str
) -> None:
    with opened() as client, pytest.raises(FetchError, match="--private"):
        client.get(address, 1000)
    assert all("inside" in path for path, _ in proxy.asked)


def test_no_proxy_is_asked_directly(
    proxy: foreign_feeds.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "feeds.example")
    with opened() as client, pytest.raises(FetchError, match="DNS does not know"):
        client.get("http://feeds.example/", 1000)
    assert not proxy.asked


def test_with_private_this_computer_is_asked_without_the_proxy(proxy: foreign_feeds.Server) -> None:
    with serving(lambda _: (200, {}, b"mine")) as mine, opened(private=True) as client:
        assert client.get(mine.address, 1000) == b"mine"
    assert not proxy.asked


def test_a_tunnel_that_is_refused_is_said(proxy: foreign_feeds.Server) -> None:
    with opened() as client, pytest.raises(FetchError, match="the proxy that http_proxy"):
        client.get("https://feeds.example/", 1000)


@pytest.mark.parametrize("named", ["socks5://127.0.0.1:9", "http://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_asked_is_one_sentence(
    proxy: foreign_feeds.Server, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("http_proxy", named)
    with opened() as client, pytest.raises(FetchError, match="the proxy that http_proxy"):
        client.get("http://feeds.example/", 1000)
    fetcher, checker = Client(private=True, patience=2), LinkChecker(patience=2)
    assert fetcher.fetch(Request("http://feeds.example/")).failure is Failure.PROXY
    verdict = checker.check("http://feeds.example/")
    assert verdict.state is LinkState.UNSURE
    assert "proxy" in str(verdict)
    fetcher.close()
    checker.close()
    assert not proxy.asked


def test_links_and_the_doctor_ask_through_the_proxy(proxy: foreign_feeds.Server) -> None:
    fetcher, checker = Client(private=True, patience=2), LinkChecker(patience=2)
    assert fetcher.fetch(Request("http://feeds.example/a")).fine
    assert checker.check("http://feeds.example/b").state is LinkState.FINE
    assert certificate_end(fetcher, "https://feeds.example/") is None
    fetcher.close()
    checker.close()
    assert {urlsplit(path).path for path, _ in proxy.asked} == {"/a", "/b"}


def test_a_look_up_without_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])
    monkeypatch.setattr(deadline, "CONNECTING", 0.1)
    began = time.monotonic()
    with opened() as client, pytest.raises(FetchError, match="in time"):
        client.get("http://feeds.example/", 1000)
    assert time.monotonic() - began < 20
    over.set()


def test_a_connection_that_comes_too_late_is_closed() -> None:
    ours, theirs = socket.socketpair()
    go, closed = threading.Event(), threading.Event()

    def late(made: socket.socket) -> None:
        made.close()
        closed.set()

    with Deadline(0.05), pytest.raises(TimeoutError):
        in_time(lambda: (go.wait(60), ours)[1], 30, late)
    go.set()
    assert closed.wait(60)
    assert select.select([theirs], [], [], 60)[0]
    assert theirs.recv(1) == b""
    theirs.close()


@pytest.mark.parametrize("address", ["192.0.0.192", "::ffff:0:7f00:1", "5f00::1", "4000::1"])
def test_addresses_that_no_one_on_the_internet_has_are_refused(address: str) -> None:
    assert not public_addresses.allowed(address)
