"""Shares a client for servers of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.network.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(private=True, patience=2)
    yield made
    made.close()
