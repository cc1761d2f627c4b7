"""What the tests of connecting share: a learner, and an app of theirs."""

from __future__ import annotations

import pytest

from tests.kit.clients import sync_clients
from tests.kit.companion.cast import House, Person
from web.sync.grants import Credentials


@pytest.fixture
def alice(house: House) -> Person:
    return house.learner("Alice")


@pytest.fixture
def who(house: House, alice: Person) -> Credentials:
    return sync_clients.let_in(house.companion, alice.id, alice.key)
