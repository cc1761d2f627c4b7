"""A poster says each thing once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.kit.companion import cast

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Making

HOURS = "At any time, day or night"


def test_hours_that_several_share_are_said_once(tmp_path: Path, make_database: Making) -> None:
    found = cast.settings(tmp_path, make_database("sqlite"))
    path = tmp_path / "show" / "catalogue.json"
    show = json.loads(path.read_text("utf-8"))
    show["show"]["support"] = [
        {"name": "Samaritans", "phone": "116 123", "hours": HOURS},
        {"name": "NHS 111", "phone": "111", "hours": HOURS},
        {"name": "Your own line", "phone": "01632 960 001", "hours": "9 to 5"},
        {"name": "A page", "link": "https://help.example.org/"},
    ]
    path.write_text(json.dumps(show), encoding="utf-8")
    charlie = cast.house(found).lead()
    text = charlie.visitor.get(f"/desk/codes/{charlie.ids[0]}/poster").text
    assert text.count(HOURS) == 1
    assert text.count("9 to 5") == 1
    assert "help.example.org" in text
    for name in ("Samaritans", "NHS 111", "Your own line", "A page"):
        assert text.count(f"<strong>{name}:</strong>") == 1
