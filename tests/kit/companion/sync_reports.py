"""An app that reports what was played, and what its learner is shown of that."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.kit.clients.sync_clients import Line, basic
from tests.kit.companion.cast import House, Person
from web.sync.grants import Credentials

OTHERS = "https://elsewhere.example.com/private/feed.xml"
LABEL = "Annas-Telefon-ünïque"
JSON = {"Content-Type": "application/json"}


def episodes(who: Credentials) -> str:
    return f"/api/2/episodes/{who.handle}.json"


def report(house: House, who: Credentials, *rows: Any) -> int:
    """Report actions; return the number since when to ask."""
    body = json.dumps([*rows]).encode()
    found = Line(house.ask).json("POST", episodes(who), basic(who), body)["timestamp"]
    return int(found)


def told(house: House, who: Credentials, since: int = 0) -> list[dict[str, Any]]:
    path = f"{episodes(who)}?since={since}"
    found: list[dict[str, Any]] = Line(house.ask).json("GET", path, basic(who))["actions"]
    return found


def page(house: House, alice: Person, path: str = "/listen/guid-1") -> str:
    return house.again(alice).get(path).text


def made(page: str) -> Credentials:
    """Read what a page shows once."""
    found = [re.search(rf'id="{each}">([^<]+)<', page) for each in ("handle", "password")]
    assert all(found), page
    return Credentials(*(each[1] for each in found if each))
