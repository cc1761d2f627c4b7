"""The companion serves its own files and those of `episodes/static/` at one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from episodes.static_files import shared_files
from feed import pages
from tests.kit.shows import ROOT

if TYPE_CHECKING:
    from tests.kit.companion.cast import House


@pytest.mark.parametrize("name", sorted(shared_files()))
def test_the_companion_serves_what_public_pages_serve(name: str, house: House) -> None:
    answer = house.nobody().get(f"/static/{name}")
    assert answer.body == pages.static()[name]


def test_a_shared_file_has_no_namesake() -> None:
    for package in ("feed", "web"):
        own = {path.name for path in (ROOT / package / "static").iterdir()}
        assert not own & set(shared_files()), f"{package}/static has a file that is shared"
