"""What Lighthouse says of the public pages, on the slow phone that it simulates.

Speed is measured where nothing else runs: row P12 of docs/performance.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.chromium import PAGES
from tests.kit.clients import lighthouse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.servers import preview_server

pytestmark = [pytest.mark.slow, pytest.mark.long(12)]


@pytest.mark.parametrize("name", PAGES[:2])
def test_lighthouse_finds_nothing_to_mend(
    example: preview_server.Served, tmp_path: Path, name: str
) -> None:
    report = lighthouse.ask(example.address + name, tmp_path / "report.json")
    report = report or lighthouse.ask(example.address + name, tmp_path / "report.json")
    assert report, "Lighthouse gave up twice"
    assert lighthouse.complaints(report) == []
    found = lighthouse.points(report)
    assert (found["accessibility"], found["best-practices"]) == (100, 100)
