"""The door to other people's servers: what it refuses, where it stops, and that it never hangs."""

from __future__ import annotations

import gzip
import socket
import time
from typing import TYPE_CHECKING

import pytest

from podcast.network import public_addresses
from podcast.network.client import Client
from podcast.network.failures import FetchError
from tests.kit import foreign_feeds
from tests.kit.foreign_feeds import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.foreign_feeds import Answer, Asked


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(private=True, patience=2)
    yield made
    made.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_this_computer_is_refused_however_it_is_written(name: str) -> None:
    shut = Client(patience=2)
    with pytest.raises(FetchError, match=r"--private|cannot be|whole address"):
        shut.get(f"http://{name}:9/feed.xml", 1000)
    shut.close()


def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(asked: Asked) -> Answer:
        port = asked.headers["Host"].rpartition(":")[2]
        return 302, {"Location": f"http://127.0.0.2:{port}/secret"}, b""

    monkeypatch.setattr(public_addresses, "allowed", lambda address: address == "127.0.0.1")
    shut = Client(patience=2)
    with serving(answer) as server:
        with pytest.raises(FetchError, match="--private"):
            shut.get(server.address, 1000)
        assert [path for path, _ in server.asked] == ["/"]
    shut.close()


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "//"])
def test_a_redirect_leads_to_the_web_or_nowhere(client: Client, to: str) -> None:
    with (
        serving(lambda _: (302, {"Location": to}, b"")) as server,
        pytest.raises(FetchError, match=r"not on the web|leads nowhere"),
    ):
        client.get(server.address, 1000)


def test_redirects_in_a_circle_end(client: Client) -> None:
    with serving(lambda asked: (301, {"Location": "/b" if asked.path == "/" else "/"}, b"")) as one:
        with pytest.raises(FetchError, match="circle"):
            client.get(one.address, 1000)
        assert len(one.asked) == 2


def test_five_redirects_are_followed_and_six_are_not(client: Client) -> None:
    def answer(asked: Asked) -> Answer:
        left = int(asked.path[1:])
        return (302, {"Location": f"/{left - 1}"}, b"") if left else (200, {}, b"here")

    with serving(answer) as server:
        assert client.get(f"{server.address}5", 1000) == b"here"
        with pytest.raises(FetchError, match="leads nowhere"):
            client.get(f"{server.address}6", 1000)


def test_what_is_too_large_is_not_read_to_its_end(client: Client) -> None:
    sent = 0

    def answer(asked: Asked) -> None:
        nonlocal sent
        asked.send_response(200)
        asked.end_headers()
        for _ in range(1600):  # 100 MB
            asked.wfile.write(bytes(1 << 16))
            sent += 1 << 16

    with serving(answer) as server, pytest.raises(FetchError, match="larger than 1 MB"):
        client.get(server.address, 1_000_000)
    assert sent < 20_000_000


def test_a_bomb_of_gzip_is_not_unpacked(client: Client) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with (
        serving(lambda _: (200, {"Content-Encoding": "gzip"}, bomb)) as server,
        pytest.raises(FetchError, match="once it is unpacked"),
    ):
        client.get(server.address, 1_000_000)


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {}])
def test_what_is_packed_is_unpacked(client: Client, headers: dict[str, str]) -> None:
    with serving(lambda _: (200, headers, gzip.compress(b"<rss/>"))) as server:
        assert client.get(server.address, 1000) == b"<rss/>"


def test_gzip_of_several_parts_is_unpacked_whole(client: Client) -> None:
    packed = gzip.compress(b"<rss>") + gzip.compress(b"</rss>") + bytes(4)
    with serving(lambda _: (200, {}, packed)) as server:
        assert client.get(f"{server.address}feed.xml", 1000) == b"<rss></rss>"


def test_gzip_that_is_cut_short_is_said(client: Client) -> None:
    packed = gzip.compress(bytes(range(256)) * 9)
    with (
        serving(lambda _: (200, {}, packed[: len(packed) // 2])) as server,
        pytest.raises(FetchError, match="cut short"),
    ):
        client.get(f"{server.address}feed.xml", 10_000)


def test_damaged_gzip_is_said(client: Client) -> None:
    with (
        serving(lambda _: (200, {"Content-Encoding": "gzip"}, b"nothing")) as server,
        pytest.raises(FetchError, match="damaged"),
    ):
        client.get(server.address, 1000)


def test_a_server_that_drips_is_left() -> None:
    def answer(asked: Asked) -> None:
        asked.send_response(200)
        asked.end_headers()
        for _ in range(100):
            asked.wfile.write(b" ")
            asked.wfile.flush()
            time.sleep(0.05)

    hasty = Client(private=True, patience=0.1)
    began = time.monotonic()
    with serving(answer) as server, pytest.raises(FetchError, match="in time"):
        hasty.get(server.address, 1000)
    assert time.monotonic() - began < 4
    hasty.close()


def test_a_server_that_says_nothing_is_left() -> None:
    hasty = Client(private=True, patience=0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        with pytest.raises(FetchError, match="in time"):
            hasty.get(f"http://127.0.0.1:{port}/", 1000)
    hasty.close()


@pytest.mark.parametrize(
    ("status", "said"), [(401, "password"), (404, "not there"), (410, "deleted"), (500, "HTTP 500")]
)
def test_what_a_server_answers_is_told(client: Client, status: int, said: str) -> None:
    with serving(lambda _: (status, {}, b"")) as server, pytest.raises(FetchError, match=said):
        client.get(server.address, 1000)


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n"])
def test_what_is_not_http_is_told(client: Client, said: bytes) -> None:
    def answer(asked: Asked) -> None:
        asked.wfile.write(said)

    with serving(answer) as server, pytest.raises(FetchError):
        client.get(server.address, 1000)


def test_nobody_at_home_is_told(client: Client) -> None:
    with foreign_feeds.serving(lambda _: None) as server:
        address = server.address
    with pytest.raises(FetchError, match="nothing answers"):
        client.get(address, 1000)
