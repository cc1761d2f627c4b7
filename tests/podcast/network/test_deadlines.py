"""Every wait has an end: a request is done in time, even if its server drips or is mute."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from episodes.links import LinkState
from podcast.building import published_copy
from podcast.importing import download
from podcast.link_check import LinkChecker
from podcast.network import client
from podcast.network.client import Client
from podcast.network.failures import FetchError
from podcast.network.messages import Failure, Request
from tests.kit.servers.slow_servers import DRIPS, dripping
from web import published_show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
PATIENCE = 0.2  # seconds for a byte; six times as long for all
LONG = 20  # seconds, after which a wait counts as one without end


@contextmanager
def held(name: str, *, tls: bool = False) -> Iterator[str]:
    """Give an address that drips, and see that the block ends."""
    with dripping(*DRIPS[name]) as address:
        began = time.monotonic()
        yield address.replace("http:", "https:") if tls else address
        assert time.monotonic() - began < LONG


@pytest.fixture(params=DRIPS)
def name(request: pytest.FixtureRequest) -> str:
    """What drips."""
    return str(request.param)


def test_a_feed_is_given_up(name: str) -> None:
    hasty = Client(private=True, patience=PATIENCE)
    with (
        held(name) as address,
        pytest.raises(FetchError, match=r"in time|connection|redirect"),
    ):
        hasty.get(address, 1000)
    hasty.close()


@pytest.mark.parametrize("name", ["nothing", "a header"])
def test_a_handshake_is_given_up(name: str) -> None:
    hasty = Client(private=True, patience=PATIENCE)
    with held(name, tls=True) as address, pytest.raises(FetchError):
        hasty.get(address, 1000)
    hasty.close()


def test_a_recording_is_given_up(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GRACE", 0.2)
    hasty = Client(private=True, patience=PATIENCE)
    with held(name) as address, pytest.raises(FetchError):
        download.fetch_recording(hasty, address, tmp_path / "a.part", 1_000_000, lambda _: None)
    hasty.close()


def test_a_published_file_is_given_up(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_copy, "PATIENCE", PATIENCE)
    monkeypatch.setattr(client, "GRACE", 0.2)
    with held(name) as address:
        assert not published_copy.published([address], "a.mp3", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_the_doctor_gives_a_server_up(name: str) -> None:
    hasty = Client(private=True, patience=PATIENCE)
    with held(name) as address:
        answer = hasty.fetch(Request(address))
    hasty.close()
    assert answer.failure in {Failure.SLOW, Failure.BROKEN, Failure.LOOP}


def test_a_link_is_given_up(name: str) -> None:
    hasty = LinkChecker(private=True, patience=PATIENCE)
    with held(name) as address:
        verdict = hasty.check(address)
    hasty.close()
    assert verdict.state in {LinkState.UNSURE, LinkState.FINE}  # a head is all that is asked for


def test_a_catalogue_is_given_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_show, "PATIENCE", PATIENCE)
    monkeypatch.setattr(published_show, "ALTOGETHER", 6 * PATIENCE)
    with held(name) as address, pytest.raises(EarmarkError):
        published_show.read(address)
