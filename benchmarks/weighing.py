"""Measures P12: the compressed size of an episode's page."""

from __future__ import annotations

import gzip
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from place import EARMARK
from shows import ROOT
from table import Row
from timing import command, remove

if TYPE_CHECKING:
    from pathlib import Path

    from place import Place

PLYR = 33.0  # kB of the smallest common player, compressed
_ASSET = re.compile(r'<(?:link rel="stylesheet"|script)[^>]* (?:href|src)="([^"]+)"')


def weigh(place: Place) -> list[Row]:
    """Measure P12: the heaviest page of the example, with styles and scripts; the script alone."""
    show = place.folder / "example"
    shutil.copytree(ROOT / "examples" / "starting-the-conversation", show)
    command(EARMARK, "build", show)()
    public = show / "public"
    page = max((public / "episodes").glob("*.html"), key=_packed)
    found = [_file(public, page, each) for each in _ASSET.findall(page.read_text("utf-8"))]
    whole = sum(map(_packed, (page, *found))) / 1000
    script = sum(_packed(file) for file in found if file.suffix == ".js") / 1000
    remove(show)
    return [
        Row("P12", "an episode's page", page.stem, f"{whole:.1f} kB", "", "", whole, 50, None,
            unit=" kB"),
        Row("P12", "its script", "", f"{script:.1f} kB", "Plyr", f"{PLYR:.0f} kB", script, 6, 4,
            unit=" kB"),
    ]  # fmt: skip


def _packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))


def _file(public: Path, page: Path, address: str) -> Path:
    """Return the file that a relative URL of a page leads to."""
    whole = urljoin(page.relative_to(public).as_posix(), address)
    return public / urlsplit(whole).path
