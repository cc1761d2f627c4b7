"""Serving a show as its lead would: the installed command, as a process of its own, on loopback."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 300  # seconds until a server must answer, on a machine that does much else


class Item(NamedTuple):
    """An episode as the feed tells it; `path` is below the address, `digest` of the bytes there."""

    guid: str
    title: str
    path: str
    digest: str


class Served(NamedTuple):
    """A show on a server; `episodes` in the order of the feed."""

    address: str
    folder: Path
    episodes: tuple[Item, ...]

    @property
    def feed(self) -> str:
        return self.address + "feed.xml"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def titles(self) -> list[str]:
        return [episode.title for episode in self.episodes]

    @property
    def digests(self) -> set[str]:
        return {episode.digest for episode in self.episodes}


@contextmanager
def serve(command: str, folder: Path) -> Iterator[Served]:
    """Run `earmark demo` or `earmark preview` until the block ends, and say what it serves."""
    port = free_port()
    run = [shows.program("earmark"), command, str(folder), "--port", str(port)]
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as said:
        process = subprocess.Popen(run, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        _wait(process, address, log)
        yield look(address, folder)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            get(address)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"no answer from {address}: {log.read_text(encoding='utf-8')}")


def get(address: str) -> bytes:
    """Return what a plain GET gives."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        found: bytes = answer.read()
        return found


def look(address: str, folder: Path) -> Served:
    """Read the feed as XML, nothing more, and fetch each enclosure once."""
    channel = etree.fromstring(get(address + "feed.xml")).find("channel")
    assert channel is not None
    items = []
    for item in channel.findall("item"):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        link = str(enclosure.attrib["url"])
        assert link.startswith(address)
        digest = hashlib.sha256(get(link)).hexdigest()
        guid, title = item.findtext("guid"), item.findtext("title")
        items.append(Item(guid or "", title or "", link.removeprefix(address), digest))
    return Served(address, folder, tuple(items))
