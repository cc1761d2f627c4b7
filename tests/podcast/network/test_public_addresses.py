"""Who may be connected to: the public internet, however an address is written or looked up."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import NewConnectionError

from podcast.network import public_addresses

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104 - to refuse it
        "224.0.0.1", "100.64.0.1", "255.255.255.255",
        "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::127.0.0.1", "fec0::1",
        "::", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
        "2002:7f00:1::", "2001:0:1:2:3:4:80ff:fffe",
    ],
)  # fmt: skip
def test_addresses_of_this_computer_and_its_network_are_not_allowed(address: str) -> None:
    assert not public_addresses.allowed(address)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, f"::ffff:{PUBLIC}", "2606:2800:220:1::", "2606:2800:220:1:248:1893:25c8:1946"],
)
def test_addresses_of_the_internet_are_allowed(address: str) -> None:
    assert public_addresses.allowed(address)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """DNS that knows two names, one of them half private; nobody is at any address."""
    known = {"fine.example": [PUBLIC], "half.example": [PUBLIC, "127.0.0.1"]}
    asked: list[str] = []

    def look(host: str, port: int, *_: object, **__: object) -> Any:
        asked.append(host)
        if host not in known:
            raise OSError("nobody is there")
        return [(0, 0, 0, "", (each, port)) for each in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("name", "error", "then"),
    [
        ("fine.example", NewConnectionError, [PUBLIC]),
        ("half.example", public_addresses.PrivateError, []),
    ],
)
def test_a_name_is_looked_up_once_and_any_private_answer_refuses_it(
    looked_up: list[str], scheme: str, name: str, error: type[Exception], then: list[str]
) -> None:
    pool = urllib3.PoolManager(retries=False)
    public_addresses.limit_pool(pool)
    with pytest.raises(error):
        pool.request("GET", f"{scheme}://{name}/")
    pool.clear()
    assert looked_up == [name, *then]  # what was looked at is what is connected to
