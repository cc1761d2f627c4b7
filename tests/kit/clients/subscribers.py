"""Subscribers who stay: gPodder and newsboat with a memory, and the two places of a move."""

from __future__ import annotations

import http.client
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.kit.clients.client_home import Home
from tests.kit.clients.real_clients import gpodder, newsboat
from tests.kit.servers import nginx, preview_server

if TYPE_CHECKING:
    from collections.abc import Iterator

INSIDE = """\
types {{ application/rss+xml xml; text/html html; audio/mpeg mp3; }}
server {{
    listen 127.0.0.1:{port};
    root {run}/root;
    include {run}/redirects[.]conf;
}}
"""


class Place(NamedTuple):
    """A place on the web: a real nginx, and the folder of the show below its root."""

    port: int
    run: Path
    command: list[str]

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


@contextmanager
def serve(folder: Path) -> Iterator[Place]:
    """Run nginx until the block ends; nothing is published there yet."""
    port = preview_server.free_port()
    (folder / "root" / "night").mkdir(parents=True)
    command = nginx.nginx(folder, INSIDE.format(run=folder, port=port))
    with nginx.running(command, folder, port):
        yield Place(port, folder, command)


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
