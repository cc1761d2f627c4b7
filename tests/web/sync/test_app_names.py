"""Apps of one name are told apart, and "I listened elsewhere" answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import sync_clients
from tests.kit.companion import cast
from tests.kit.companion.cast import GUIDS, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import House
    from web.database.engine import Database


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: Clock) -> Iterator[House]:
    found = cast.house(cast.settings(tmp_path, database), clock=clock)
    yield found
    found.close()


def test_apps_of_one_name_show_the_day_and_of_one_day_a_number(house: House, clock: Clock) -> None:
    alice = house.learner("Alice")
    for name, days in (("AntennaPod", 1), ("AntennaPod", 0), ("AntennaPod", 0), ("Kasts", 0)):
        sync_clients.let_in(house.companion, alice.id, alice.key, name)
        clock.wait(days=days)
    page = house.again(alice).get("/connect").text
    names = re.findall("<h3>([^<]*)</h3>", page)
    assert sorted(names) == [
        "AntennaPod, 23 November 2026", "AntennaPod, 24 November 2026 (1)",
        "AntennaPod, 24 November 2026 (2)", "Kasts",
    ]  # fmt: skip


def test_i_listened_elsewhere_answers(house: House) -> None:
    alice = house.learner("Alice")
    visitor = house.again(alice)
    visitor.get(f"/listen/{GUIDS[0]}")
    assert visitor.post(f"/elsewhere/{GUIDS[0]}").status == 303
    page = visitor.get(f"/listen/{GUIDS[0]}").text
    assert "Saved: you listened to this episode somewhere else." in page
