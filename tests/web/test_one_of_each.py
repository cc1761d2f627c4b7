"""A companion whose every number is one: no page of it says "1 minutes"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.kit.companion import cast
from tests.kit.companion.cast import fill
from tests.kit.companion.visitor import form

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Making

ONES = re.compile(r"\b1 (?:minutes|days|years|notes|drafts|episodes|people|apps|hours|times)\b")


def test_no_page_counts_one_as_several(tmp_path: Path, make_database: Making) -> None:
    ones = {"idle_minutes": 1, "unused_years": 1, "backups_kept_days": 1}
    found = cast.settings(tmp_path, make_database("sqlite")).model_copy(update=ones)
    house = cast.house(found)
    alice, charlie, nobody = house.learner("alice"), house.lead(), house.nobody()
    pages = []
    for rule in house.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in {"static", "accounts.leave"}:
            path = fill(rule.rule, alice.ids[0])
            pages += [who.get(path).text for who in (nobody, *map(house.again, (alice, charlie)))]
    pages += [nobody.get(f"/about/{name}").text
              for name in ("privacy", "keeping", "complain", "accessibility")]  # fmt: skip
    late = nobody.post(fill("/reflect/<guid>"), form("words"))
    assert "This happens after 1 minute without" in late.text
    found_there = [match[0] for page in (*pages, late.text) for match in ONES.finditer(page)]
    assert found_there == []
