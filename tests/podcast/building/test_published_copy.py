"""A published file is fetched back from where it was published, whatever that server does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.building import published_copy
from tests.kit.foreign_feeds import serving
from tests.kit.servers.slow_servers import saying

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.foreign_feeds import Answer, Asked

OK = b"HTTP/1.1 200 OK\r\n"


def test_a_file_that_is_there_is_fetched(tmp_path: Path) -> None:
    with serving(lambda _: (200, {}, b"sound")) as server:
        assert published_copy.published([server.address], "a.mp3", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"sound"


@pytest.mark.parametrize("length", [b"", b"Content-Length: x\r\n", b"Content-Length: -1\r\n"])
def test_without_a_length_a_file_ends_with_the_connection(tmp_path: Path, length: bytes) -> None:
    with saying(OK + length + b"\r\nsound") as address:
        assert published_copy.published([address], "a.mp3", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"sound"


@pytest.mark.parametrize(
    "said",
    [
        OK + b"Content-Length: 5, 6\r\n\r\nsound",
        OK + b"Content-Length: 99\r\n\r\nsound",
        OK + b"Content-Length: 9999999999\r\n\r\nsound",
        OK + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\nsound",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nsound\r\n",
        b"nonsense\r\n\r\n",
        b"",
        b"HTTP/1.1 99999 x\r\n\r\n",
        OK + b"A" * 70_000 + b": b\r\n\r\n",
        OK + b"A: b\r\n" * 200,
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 206 Part\r\n\r\nso",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: //[\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::ffff:127.0.0.1]:1/\r\n\r\n",
    ],
)
def test_whatever_a_server_says_nothing_is_left_and_nothing_is_raised(
    tmp_path: Path, said: bytes
) -> None:
    with saying(said) as address:
        assert not published_copy.published([address], "a.mp3", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_file_without_end_is_left_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_copy, "LARGEST", 200_000)

    def endless(asked: Asked) -> None:
        asked.send_response(200)
        asked.end_headers()
        while True:
            asked.wfile.write(bytes(1 << 16))

    with serving(endless) as server:
        assert not published_copy.published([server.address], "a.mp3", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_redirect_into_this_network_is_not_followed(tmp_path: Path) -> None:
    with serving(lambda _: (200, {}, b"secret")) as inner:

        def lead(_: Asked) -> Answer:
            return 302, {"Location": inner.address}, b""

        with serving(lead) as server:
            assert not published_copy.published([server.address], "a.mp3", tmp_path / "a")
        assert inner.asked == []
