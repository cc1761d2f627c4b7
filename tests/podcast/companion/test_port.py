"""Where a companion is to listen: whatever is wrong with it is one sentence, before it starts."""

from __future__ import annotations

import errno
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from podcast.companion import port
from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.servers import companion_server, preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def test_a_taken_port_is_said_and_a_free_one_is_not(taken: int) -> None:
    with pytest.raises(EarmarkError) as error:
        port.check("127.0.0.1", taken)
    assert str(error.value) == f"port {taken} is already in use; choose another with --port"
    port.check("127.0.0.1", preview_server.free_port())


def test_a_port_is_taken_also_where_its_owner_would_share_it() -> None:
    with socket.socket() as sharing:
        sharing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sharing.bind(("127.0.0.1", 0))
        sharing.listen()
        with pytest.raises(EarmarkError, match="is already in use"):
            port.check("127.0.0.1", sharing.getsockname()[1])


def test_an_address_of_another_computer_is_said() -> None:
    with pytest.raises(EarmarkError, match="is not an address of this computer"):
        port.check("203.0.113.5", preview_server.free_port())


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_port_of_the_systems_own_is_said(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(EarmarkError, match="you are not allowed to use port 80"):
        port.check("127.0.0.1", 80)


@pytest.mark.parametrize("host", ["nowhere.invalid", "", "127.1", "https://example.org/", "[", "*"])
def test_a_name_is_no_address(host: str) -> None:
    with pytest.raises(EarmarkError, match="is not an IP address"):
        port.address_of(host)


def test_an_address_may_be_written_as_browsers_write_it() -> None:
    assert [port.address_of(each) for each in ("localhost", "[::1]", "::", "0.0.0.0")] == [  # noqa: S104 - not bound
        "127.0.0.1", "::1", "::", "0.0.0.0",  # noqa: S104
    ]  # fmt: skip


def test_an_address_is_shown_as_browsers_write_it() -> None:
    assert [port.shown(each, 8090) for each in ("::1", "127.0.0.1")] == [
        "[::1]:8090", "127.0.0.1:8090",
    ]  # fmt: skip


def test_a_page_of_rust_is_one_sentence() -> None:
    error = RuntimeError("Address in use (os error 98)\n\nStack backtrace:\n   0: <unknown>")
    assert str(port.refusal(error, "127.0.0.1", 8090)) == (
        "the server stopped at 127.0.0.1, port 8090: Address in use (os error 98); start it again, "
        "or choose another address with --host and --port"
    )


@pytest.mark.slow
def test_the_command_says_one_sentence_and_no_more(tmp_path: Path, taken: int) -> None:
    companion_server.make(tmp_path / "companion", taken)
    for options, sentence in (
        (["--port", str(taken)], f"port {taken} is already in use"),
        (["--host", "203.0.113.5"], "is not an address of this computer"),
        (["--host", "nowhere.invalid"], "is not an IP address"),
    ):
        run = [shows.program("earmark"), "web", "serve", str(tmp_path / "companion"), *options]
        done = subprocess.run(run, check=False, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_second_companion_never_shares_the_port_of_the_first(tmp_path: Path) -> None:
    with companion_server.serve(
        tmp_path / "companion", cast.catalogue(tmp_path / "show")
    ) as running:
        number = running.address.split(":")[2].strip("/")
        run = [shows.program("earmark"), "web", "serve", str(running.folder), "--port", number]
        done = subprocess.run(run, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (
        1, f"error: port {number} is already in use; choose another with --port\n",
    )  # fmt: skip
