"""Shares a gate to servers of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.network.limited_get import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(private=True, patience=2)
    yield made
    made.close()
