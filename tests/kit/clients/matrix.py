"""Runs podcast clients and parsers on a show and writes a row for each to docs/clients.md.

    make clients    runs every one of them and writes the page

Tests run them too, and compare each row with that page.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from episodes.pictures import artwork
from tests.kit import full_show, shows
from tests.kit.clients.client_home import Home
from tests.kit.clients.parsers import PARSERS
from tests.kit.clients.real_clients import CLIENTS, Client, Seen
from tests.kit.servers import preview_server

PAGE = shows.ROOT / "docs" / "clients.md"
DOES = {
    "download": "Downloads",
    "again": "Downloads nothing twice",
    "new": "Downloads a new episode",
    "corrected": "After a corrected title",
}
SHOWS = {
    "titles": "Titles",
    "letters": "Odd characters",
    "notes": "Show notes",
    "order": "Order",
    "art": "Art",
    "chapters": "Chapters",
    "transcripts": "Transcripts",
}
NOT_SHOWN = "–"
PLAIN = ("A long talk", "Something more", "What is to come")
CHAPTERS = ((0, "Start & <go>"), (1, "Середина"), (2, "End"))
Cells = dict[str, str]


class Tried(NamedTuple):
    """A client in its home, and what was seen of it; `missing` says why it could not be run."""

    client: Client
    home: Home
    cells: Cells
    missing: str = ""


def run(folder: Path, show: Path) -> list[Tried]:
    """Run everything; clients update twice, and once more after the show has changed."""
    with preview_server.serve("preview", show) as served:
        tried = [subscribe(client, folder, served) for client in (*CLIENTS, *PARSERS)]
        clients = [each for each in tried if each.client in CLIENTS and not each.missing]
        time.sleep(1.1)  # podget and newsboat look at whole seconds
        for each in clients:
            _again(each, served)
        changed = change(served, show)
        for each in clients:
            _once_more(each, changed)
    return tried


def change(served: preview_server.Served, show: Path) -> preview_server.Served:
    """Add an episode, correct a title, and wait until the preview has built both."""
    page = show / "episodes" / "03-talk" / "episode.md"
    recording = show / "episodes" / "04-talk" / "recording.mp3"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Something more", "Something else"), encoding="utf-8")
    shows.add_episode(show, 5, recording, date="date: 2026-10-20\nseason: 2")
    for _ in range(300):
        changed = preview_server.look(served.address, served.folder)
        if {"Talk E", "Something else"} <= set(changed.titles):
            return changed
        time.sleep(0.2)
    raise AssertionError("the preview did not build the change")


def subscribe(client: Client, folder: Path, served: preview_server.Served) -> Tried:
    home = Home(folder / re.sub(r"\W+", "-", f"{client.source}-{client.name}"))
    home.folder.mkdir()
    try:
        seen = client.look(home, served.feed)
    except (pytest.skip.Exception, pytest.fail.Exception) as missing:
        return Tried(client, home, {}, str(missing))
    cells = shown(seen, home, served)
    right = set(home.digests()) == served.digests
    plays = seen.played == len(served.episodes)
    cells["download"] = "yes" if right else "plays" if plays else NOT_SHOWN
    return Tried(client, home, cells)


def _again(tried: Tried, served: preview_server.Served) -> None:
    before = tried.home.recordings()
    tried.client.look(tried.home, served.feed)
    if before:
        tried.cells["again"] = "yes" if tried.home.recordings() == before else "no"


def _once_more(tried: Tried, served: preview_server.Served) -> None:
    before = tried.home.recordings()
    seen = tried.client.look(tried.home, served.feed)
    after = tried.home.recordings()
    (new,) = (each for each in served.episodes if each.title == "Talk E")
    kept = after.items() >= before.items() and new.digest in tried.home.digests()
    if seen.played or after:
        tried.cells["new"] = "yes" if kept or seen.played == len(served.episodes) else "no"
    if len(after) > len(served.episodes):
        tried.cells["corrected"] = "is downloaded again"
    elif "Something else" in seen.said or after:
        twice = seen.said.count("Something") > 1
        tried.cells["corrected"] = "is listed twice" if twice else "is the same episode"


def shown(seen: Seen, home: Home, served: preview_server.Served) -> Cells:
    """Judge what is shown against the show that is served."""
    there = [title for title in PLAIN if title in seen.said]
    cells = {"titles": "yes" if len(there) == len(PLAIN) else "no" if there else NOT_SHOWN}
    cells["letters"] = "yes" if full_show.HARD in seen.said else "no" if there else NOT_SHOWN
    cells["order"] = _order(seen.said) if len(there) == len(PLAIN) else NOT_SHOWN
    cells["notes"] = _notes(seen.notes) if seen.notes else NOT_SHOWN
    cells["art"] = _art(seen, home, served)
    if isinstance(seen.chapters, str):
        cells["chapters"] = "address" if _served(seen.chapters, served, "chapters/") else "no"
    else:
        right = seen.chapters == CHAPTERS
        cells["chapters"] = "yes" if right else "no" if seen.chapters else NOT_SHOWN
    found = [_served(each, served, "transcripts/") for each in seen.transcripts]
    cells["transcripts"] = NOT_SHOWN if not found else "address" if all(found) else "no"
    return cells


def _order(said: str) -> str:
    places = [said.index(title) for title in PLAIN]
    newest, oldest = places == sorted(places), places == sorted(places, reverse=True)
    return "newest first" if newest else "oldest first" if oldest else "no"


def _notes(notes: Mapping[str, str]) -> str:
    """Say how much is shown: the content note first and support last, at least."""
    text = unescape(re.sub(r"<[^>]+>", "", notes.get("A long talk", ""))).strip()
    right = text.startswith("Before you listen: Talks about a hard night.")
    support = text.rpartition("If you need support")[2]
    if not right or "Help line 0" not in support or "Help line 13" not in support:
        return "no"
    return "in full" if "A long note." in text else "short"


def _served(address: str, served: preview_server.Served, folder: str) -> bool:
    path = address.removeprefix(served.address)
    return path.startswith(folder) and (served.public / path).is_file()


def _art(seen: Seen, home: Home, served: preview_server.Served) -> str:
    """Say whether a picture was downloaded, byte for byte, or its right address is kept."""
    files = [path for path in (served.public / "art").iterdir() if path.suffix == ".jpg"]
    digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in files}
    names = {digests[each] for each in home.digests("jpg") if each in digests}
    if any(name.startswith("cover") for name in names):
        return "cover"
    if names:
        return "of episodes"
    return "address" if _served(seen.art, served, "art/") else "no" if seen.art else NOT_SHOWN


def line(client: Client, cells: Cells, version: str) -> str:
    """Return a row of the page."""
    wanted = [*DOES, *SHOWS] if client in CLIENTS else [*SHOWS]
    told = [_cell(client, name, cells.get(name, NOT_SHOWN)) for name in wanted]
    return f"| {' | '.join([client.name, f'{client.source} {version}', *told])} |"


def _cell(client: Client, name: str, said: str) -> str:
    return f"no: {client.why[name]}" if said == "no" and name in client.why else said


def version(client: Client) -> str:
    """Return the version of what is installed."""
    if client.source == "PyPI":
        return importlib.metadata.version(client.package)
    if client.source == "npm":
        package = shows.npm(client.package) / "package.json"
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])
    query = ["dpkg-query", "-W", "-f", "${Version}", client.package]
    return subprocess.run(query, capture_output=True, check=True, text=True).stdout


def page(text: str, tried: Iterable[Tried]) -> str:
    """Return the page with tables of this run."""
    rows = [(each.client, line(each.client, each.cells, version(each.client))) for each in tried]
    clients = [row for client, row in rows if client in CLIENTS]
    parsers = [row for client, row in rows if client in PARSERS]
    text = _fill(text, "clients", [*_head("Client", DOES | SHOWS), *clients])
    return _fill(text, "parsers", [*_head("Parser", SHOWS), *parsers])


def _fill(text: str, name: str, lines: list[str]) -> str:
    before, rest = text.split(f"<!-- {name} -->\n")
    after = rest.partition(f"<!-- end of {name} -->")[2]
    table = "\n".join(lines)
    return f"{before}<!-- {name} -->\n{table}\n<!-- end of {name} -->{after}"


def _head(first: str, columns: Mapping[str, str]) -> list[str]:
    names = [first, "Version tried", *columns.values()]
    return [f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]


def main() -> None:
    """Run everything and write the page."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tone, cover = shows.tone(folder / "tone.mp3"), folder / "cover.jpg"
        artwork.draw_cover("Night shift", cover)
        full_show.write(folder / "show", tone, cover)
        tried = run(folder, folder / "show")
    missing = [each.missing for each in tried if each.missing]
    if missing:
        sys.exit("\n".join(missing))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), tried), encoding="utf-8")


if __name__ == "__main__":
    main()
