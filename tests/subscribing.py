"""Subscribers who stay: gPodder and newsboat with a memory, and the two places of a move."""

from __future__ import annotations

import http.client
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import making
import serving
from apps import gpodder, newsboat
from homes import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = """\
daemon off;
pid {run}/nginx.pid;
error_log {run}/error.log;
{user}
events {{ }}
http {{
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    access_log {run}/access.log;
    types {{ application/rss+xml xml; text/html html; audio/mpeg mp3; }}
    server {{
        listen 127.0.0.1:{port};
        root {root};
        include {run}/redirects[.]conf;
    }}
}}
"""


class Place(NamedTuple):
    """A place on the web: a real nginx, and the folder of the show below its root."""

    port: int
    run: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/night/"

    @property
    def feed(self) -> str:
        return self.address + "feed.xml"

    @property
    def folder(self) -> Path:
        return self.run / "root" / "night"

    def redirect(self, settings: Path) -> None:
        """Put settings into the server, as who keeps it would, and let it read them."""
        shutil.copy(settings, self.run / "redirects.conf")
        subprocess.run([*self.command, "-s", "reload"], check=True, capture_output=True)
        time.sleep(1)

    def answer(self, path: str = "feed.xml") -> int:
        """Return the status of what lies there, redirects not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection):
            connection.request("GET", f"/night/{path}")
            answer = connection.getresponse()
            answer.read()
            return answer.status

    @property
    def command(self) -> list[str]:
        there = Path("/usr/sbin/nginx")
        program = str(there) if there.exists() else making.program("nginx")
        return [program, "-p", str(self.run), "-c", str(self.run / "nginx.conf")]


@contextmanager
def serve(folder: Path) -> Iterator[Place]:
    """Run nginx until the block ends; nothing is published there yet."""
    place = Place(serving.free_port(), folder)
    place.folder.mkdir(parents=True)
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / name).mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    root = folder / "root"
    text = CONFIG.format(run=folder, root=root, port=place.port, user=user)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    with (folder / "nginx.log").open("wb") as said:
        process = subprocess.Popen(place.command, stdout=said, stderr=said)
    try:
        _wait(place)
        yield place
    finally:
        process.terminate()
        process.wait(30)


def _wait(place: Place) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            place.answer()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((place.run / "nginx.log").read_text(encoding="utf-8"))


class Entry(NamedTuple):
    """An episode as an app has it; `file` is its enclosure."""

    guid: str
    title: str
    played: bool
    file: str


class Subscriber(NamedTuple):
    """An app in a home of its own, subscribed to a feed."""

    name: str
    home: Home
    feed: str

    @property
    def database(self) -> Path:
        inside = {"gPodder": "gPodder/Database", "newsboat": ".newsboat/cache.db"}
        return self.home.folder / inside[self.name]

    def update(self) -> None:
        """Look at the feed again, and download what is new."""
        time.sleep(1.1)  # newsboat looks at whole seconds
        {"gPodder": gpodder, "newsboat": newsboat}[self.name](self.home, self.feed)

    def play(self, guid: str) -> None:
        """Mark an episode as played, as the app itself writes it down."""
        change = {
            "gPodder": "UPDATE episode SET is_new = 0, current_position = 2, total_time = 3, "
            "last_playback = 1793000000 WHERE guid = ?",
            "newsboat": "UPDATE rss_item SET unread = 0 WHERE guid = ?",
        }[self.name]
        with closing(sqlite3.connect(self.database)) as opened:
            assert opened.execute(change, (guid,)).rowcount == 1
            opened.commit()

    def entries(self) -> list[Entry]:
        """Return all that it has, by guid."""
        query = {
            "gPodder": "SELECT guid, title, is_new = 0 AND current_position > 0, url FROM episode "
            "ORDER BY guid",
            "newsboat": "SELECT guid, title, unread = 0, enclosure_url FROM rss_item "
            "WHERE deleted = 0 ORDER BY guid",
        }[self.name]
        with closing(sqlite3.connect(self.database)) as opened:
            rows = opened.execute(query).fetchall()
        return [Entry(guid, title, bool(played), file) for guid, title, played, file in rows]

    def played(self) -> set[str]:
        return {each.guid for each in self.entries() if each.played}

    def guids(self) -> list[str]:
        return [each.guid for each in self.entries()]

    def follows(self) -> str:
        """Return the feed that it looks at now."""
        query = {"gPodder": "SELECT url FROM podcast", "newsboat": "SELECT rssurl FROM rss_feed"}
        with closing(sqlite3.connect(self.database)) as opened:
            rows = opened.execute(query[self.name]).fetchall()
        assert len(rows) == 1, f"it has more than one show: {rows}"
        return str(rows[0][0])


def subscribe(name: str, folder: Path, feed: str) -> Subscriber:
    """Let an app subscribe to a feed, and download all there is."""
    folder.mkdir(parents=True)
    subscriber = Subscriber(name, Home(folder), feed)
    subscriber.update()
    return subscriber
