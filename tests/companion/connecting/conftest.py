"""What the tests of connecting share: a learner, and an app of theirs."""

from __future__ import annotations

import pytest
import syncing
from gathering import House, Person

from web.sync.grants import Credentials


@pytest.fixture
def alice(house: House) -> Person:
    return house.learner("Alice")


@pytest.fixture
def who(house: House, alice: Person) -> Credentials:
    return syncing.let_in(house.companion, alice.id, alice.key)
