"""Measures P12, F8 and F9: sizes of an episode's page, of a long index and of a feed's items."""

from __future__ import annotations

import gzip
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import recordings
from shows import ROOT
from table import Row
from timing import command, remove
from workspace import EARMARK

if TYPE_CHECKING:
    from pathlib import Path

    from workspace import Workspace

LONG = 300  # episodes
PLYR = 33.0  # kB of the smallest common player, compressed
_ASSET = re.compile(r'<(?:link rel="stylesheet"|script)[^>]* (?:href|src)="([^"]+)"')


def weigh(space: Workspace) -> list[Row]:
    """Measure P12: the heaviest page of the example, with styles and scripts; the script alone."""
    show = space.folder / "example"
    shutil.copytree(ROOT / "examples" / "starting-the-conversation", show)
    command(EARMARK, "build", show)()
    public = show / "public"
    page = max((public / "episodes").glob("*.html"), key=_packed)
    found = [_file(public, page, each) for each in _ASSET.findall(page.read_text("utf-8"))]
    whole = sum(map(_packed, (page, *found))) / 1000
    script = sum(_packed(file) for file in found if file.suffix == ".js") / 1000
    remove(show)
    return [
        Row("P12", "an episode's page", page.stem, f"{whole:.1f} kB", "", "", whole, 20, 14,
            unit=" kB"),
        Row("P12", "its script", "", f"{script:.1f} kB", "Plyr", f"{PLYR:.0f} kB", script, 8, 5,
            unit=" kB"),
    ]  # fmt: skip


def weigh_long(space: Workspace) -> list[Row]:
    """Measure F8 and F9: the index of 300 episodes, as sent and packed; the feed an item."""
    show = recordings.hurried(space.folder / "long", LONG, space.cache)
    command(EARMARK, "build", show)()
    index, feed = show / "public" / "index.html", show / "public" / "feed.xml"
    plain, packed = index.stat().st_size / 1000, _packed(index) / 1000
    item = feed.stat().st_size / 1000 / LONG
    remove(show)
    size = f"{LONG} episodes"
    return [
        Row("F8", "index page", size, f"{plain:.0f} kB", "", "", plain, 125, 90, unit=" kB"),
        Row("F8", "index page, packed", size, f"{packed:.1f} kB", "", "", packed, 10, 8,
            unit=" kB"),
        Row("F9", "feed, an item", size, f"{item:.1f} kB", "", "", item, 8.2, 6, unit=" kB"),
    ]  # fmt: skip


def _packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))


def _file(public: Path, page: Path, address: str) -> Path:
    """Return the file that a relative URL of a page leads to."""
    whole = urljoin(page.relative_to(public).as_posix(), address)
    return public / urlsplit(whole).path
