"""Is what is built valid? The Nu HTML checker, which is the W3C's, is asked."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import making
import pytest
from browsing import PAGES

if TYPE_CHECKING:
    from pathlib import Path

    import serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

# What the checker does not know yet, and every current browser does or passes over.
TOO_NEW = {
    "CSS: “field-sizing”: Property “field-sizing” doesn't exist.":
    "CSS Basic User Interface 4: a field that grows with its text; a fixed one where unknown",
}  # fmt: skip


def ask(documents: list[str], *options: str) -> list[str]:
    """Return what the checker finds, one line each; hints ("info") are no findings.

    Pages are asked for by address, which the checker would refuse for one on loopback: to a file it
    applies the policy as if all that it loads were foreign.
    """
    jar = making.npm("vnu-jar") / "build" / "dist" / "vnu.jar"
    java = [making.program("java"), "-Dnu.validator.servlet.allow-forbidden-hosts=true", "-jar"]
    command = [*java, str(jar), "--format", "json", "--stdout", *options]
    done = subprocess.run([*command, *documents], check=False, capture_output=True, text=True)
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return [
        f"{each['url'].rsplit('/', 1)[-1]}:{each.get('lastLine', 0)}: {each['message']}"
        for each in messages
        # A warning is of the type info too; mere info is taste, like a slash that ends a tag.
        if (each["type"] != "info" or each.get("subType") == "warning")
        and each["message"] not in TOO_NEW
    ]


def test_the_checker_finds_nothing_in_any_page(example: serving.Served) -> None:
    pages = sorted(example.public.rglob("*.html"))
    assert {page.relative_to(example.public).as_posix() for page in pages} == set(PAGES)
    assert ask([example.address + name for name in PAGES]) == []


def test_the_checker_finds_nothing_in_any_stylesheet(example: serving.Served) -> None:
    sheets = sorted(example.public.rglob("*.css"))
    assert [sheet.name for sheet in sheets] == ["feed.css", "site.css", "tokens.css"]
    assert ask([str(sheet) for sheet in sheets], "--css") == []


def test_the_checker_would_find_what_is_wrong(tmp_path: Path) -> None:
    page, sheet = tmp_path / "wrong.html", tmp_path / "wrong.css"
    page.write_text('<!doctype html><html lang="en"><title>x</title><h1>a</h2>', encoding="utf-8")
    sheet.write_text("p { colour: red }", encoding="utf-8")
    assert len(ask([str(page)])) >= 1
    assert len(ask([str(sheet)], "--css")) == 1
