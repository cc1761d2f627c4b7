"""Looking at a show before and after it was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lxml import etree

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


def files(folder: Path) -> dict[str, bytes]:
    """Return every file that a lead has: what is built or remembered is left out."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if path.is_file() and not name.startswith((".earmark/", "public/"))
    }


def channel(data: bytes) -> Any:
    found = etree.fromstring(data).find("channel")
    assert found is not None
    return found


def items(out: Path) -> dict[str, Any]:
    """Return the items of a built feed by guid, in their order."""
    rows = channel((out / "feed.xml").read_bytes()).findall("item")
    return {each.findtext("guid"): each for each in rows}


def described(item: Any) -> tuple[str, str]:
    """Return the short notes and the full ones."""
    return item.findtext("description"), item.findtext(f"{CONTENT}encoded")


def enclosures(data: bytes) -> list[str]:
    return [each.find("enclosure").get("url") for each in channel(data).findall("item")]


def catalogue(out: Path) -> dict[str, Any]:
    """Return the episodes of a built catalogue by guid."""
    rows = json.loads((out / "catalogue.json").read_bytes())["episodes"]
    return {each["guid"]: each for each in rows}
