"""Real clients: how each is told of a show, downloads it, and what it shows of it.

Each is driven as its user would, in a home of its own. What a client prints is not trusted: `gpo`
says that it is done on HTTP 401 too, so bytes are compared with what a plain GET gives.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from tests.kit import shows as kit_shows
from tests.kit.clients.client_home import Home
from tests.kit.clients.mpd import mpd


class Seen(NamedTuple):
    """What a client shows of a show, in its order; nothing of what it does not show."""

    said: str
    notes: Mapping[str, str] = {}  # by title
    art: str = ""  # an address that it keeps
    chapters: tuple[tuple[int, str], ...] | str = ()  # of the episode that has some
    transcripts: tuple[str, ...] = ()  # addresses
    played: int = 0  # episodes


class Client(NamedTuple):
    """A client, and why it does not do what it does not, by column."""

    name: str
    package: str
    source: str
    look: Callable[[Home, str], Seen]
    why: Mapping[str, str] = {}


def _rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(query).fetchall()


def gpodder(home: Home, feed: str) -> Seen:
    if not (home.folder / "gPodder").exists():
        home.run("gpo", "subscribe", feed)
    home.run("gpo", "update")
    home.run("gpo", "download")
    database = home.folder / "gPodder" / "Database"
    notes = _rows(database, "SELECT title, description_html FROM episode")
    ((art,),) = _rows(database, "SELECT cover_url FROM podcast")
    kept = _rows(database, "SELECT chapters FROM episode WHERE chapters IS NOT NULL ORDER BY id")
    chapters = [
        tuple((int(each["start"]), each["title"]) for each in json.loads(row)) for (row,) in kept
    ]
    said = home.run("gpo", "list") + home.run("gpo", "episodes")
    return Seen(said, dict(notes), art, next(filter(None, chapters), ()))


def podget(home: Home, feed: str) -> Seen:
    """Without a configuration it would take its own list of shows, and only the newest episode."""
    kit_shows.program("wget")
    home.write(".podget/serverlist", f"{feed} . Course\n")
    here = ("--dir_config", str(home.folder / ".podget"))
    if not (home.folder / ".podget" / "podgetrc").exists():
        home.run("podget", *here, "--create-config", "podgetrc")
    folders = ["--library", str(home.folder / "library"), "--dir_session", str(home.folder / "s")]
    return Seen(home.run("podget", *here, *folders))


def newsboat(home: Home, feed: str) -> Seen:
    """It puts enclosures into a queue; podboat, in a terminal, downloads them."""
    home.write(".newsboat/urls", feed + "\n")
    settings = f'podcast-auto-enqueue yes\ndownload-path "{home.place("downloads")}"\n'
    home.write(".newsboat/config", settings + "max-downloads 2\n")
    home.run("newsboat", "-q", "-x", "reload")
    with home.terminal("podboat", "-a") as screen:
        screen.wait(lambda: _queue_is_done(home))
        screen.press("q")
    database = home.folder / ".newsboat" / "cache.db"
    rows = _rows(database, "SELECT title, content FROM rss_item ORDER BY pubDate DESC")
    return Seen("\n".join(title for title, _ in rows), dict(rows))


def _queue_is_done(home: Home) -> bool:
    lines = (home.folder / ".newsboat" / "queue").read_text(encoding="utf-8").splitlines()
    targets = [Path(line.split('"')[1]) for line in lines if '"' in line]
    return all(path.exists() for path in targets) and not list(home.folder.rglob("*.part"))


def castero(home: Home, feed: str) -> Seen:
    """It reloads at `r` and downloads all of a show at `s`, with `y` for yes."""
    outline = f"<outline type='rss' text='Course' xmlUrl='{feed}'/>"
    shows = home.write("shows.opml", f"<opml version='2.0'><body>{outline}</body></opml>")
    database = home.folder / "data" / "castero" / "castero.db"
    if not database.exists():
        home.run("castero", "--import", str(shows))
    with home.terminal("castero") as screen:
        screen.wait(lambda: b"Press h" in screen.drawn)
        screen.press("r")
        time.sleep(2)  # it draws no more than what changes of its words, and says when it is done
        screen.press("s")
        screen.wait(lambda: b"(y/n)" in screen.drawn, seconds=2)
        screen.press("y")
        every = len(_rows(database, "SELECT id FROM episode"))
        screen.wait(lambda: len(home.recordings()) >= every, seconds=20)
        time.sleep(1)  # the last is written to its end
        screen.press("q")
    rows = _rows(database, "SELECT title, description FROM episode ORDER BY id")
    return Seen("\n".join(title for title, _ in rows), dict(rows))


def podcast_archiver(home: Home, feed: str) -> Seen:
    """It goes by guid, and writes down what it read."""
    config = home.write("archiver.yaml", "")
    where = ["--config", str(config), "--database", str(home.folder / "archiver.db")]
    what = ["--feed", feed, "--dir", home.place("archive"), "--write-info-json"]
    home.run("podcast-archiver", *where, *what)
    told = [json.loads(path.read_bytes()) for path in home.folder.rglob("*.info.json")]
    told.sort(key=lambda each: str(each["published_time"]), reverse=True)
    notes = {each["title"]: each["shownotes"] for each in told}
    return Seen("\n".join(str(each["title"]) for each in told), notes)


def podcast_downloader(home: Home, feed: str) -> Seen:
    """It goes by the names of files."""
    kit_shows.library("podcast_downloader")
    show = {"name": "Course", "rss_link": feed, "path": home.place("downloads")}
    show |= {"file_name_template": "%file_name%.%file_extension%"}
    show |= {"if_directory_empty": "download_all_from_feed"}
    config = home.write("downloader.json", json.dumps({"podcasts": [show]}))
    return Seen(home.run("python", "-m", "podcast_downloader", "--config", str(config)))


def poca(home: Home, feed: str) -> Seen:
    settings = f"<settings><base_dir>{home.folder / 'poca'}</base_dir></settings>"
    show = f"<subscription><title>Course</title><url>{feed}</url></subscription>"
    shows = f"<defaults/><subscriptions>{show}</subscriptions>"
    home.write("config/poca/poca.xml", f'<poca version="1.1">{settings}{shows}</poca>')
    said = home.run("poca", "-v", "-c", str(home.folder / "config" / "poca"), errors=True)
    return Seen(_before(home, said))


def podqueue(home: Home, feed: str) -> Seen:
    kit_shows.library("podqueue")
    outline = f"<outline type='rss' text='Course' xmlUrl='{feed}'/>"
    shows = home.write("shows.opml", f"<opml version='2.0'><body>{outline}</body></opml>")
    home.run("python", "-m", "podqueue", "-o", str(shows), "-d", home.place("queue"))
    paths = sorted(home.folder.rglob("episodes/*.json"), reverse=True)  # by date, as a folder shows
    told = [json.loads(path.read_bytes()) for path in paths]
    notes = {each["title"]: each["description"] for each in told}
    return Seen("\n".join(each["title"] for each in told), notes)


def podpull(home: Home, feed: str) -> Seen:
    home.run("podpull", "get", feed, "--latest", "99", "--out", home.place("pulled"))
    told = json.loads(home.run("podpull", "--json", "list", feed))
    return Seen("\n".join(each["title"] for each in told["episodes"]))


def poddl(home: Home, feed: str) -> Seen:
    home.place("Downloads")
    home.run("poddl", "--url", feed, "--destination", home.place("Downloads/Course"))
    return Seen(home.run("poddl", "--url", feed, "--summary", errors=True))


def greg(home: Home, feed: str) -> Seen:
    if not home.folder.joinpath(".local").exists():
        home.run("greg", "add", "Course", feed)
    home.run("greg", "sync", "--firstsync", "all")
    return Seen(home.run("greg", "check", "-f", "Course"))


def yt_dlp(home: Home, feed: str) -> Seen:
    what = ("--write-thumbnail", "--write-info-json", "--no-write-playlist-metafiles")
    home.run("yt-dlp", "-q", "--no-progress", *what, feed)
    told = [json.loads(path.read_bytes()) for path in home.folder.glob("*.info.json")]
    notes = {each["title"]: each["description"] for each in told}
    said = home.run("yt-dlp", "-q", "--flat-playlist", "--print", "title", feed)
    return Seen(said, notes)


def player(home: Home, feed: str) -> Seen:
    with mpd(home) as daemon:
        played = daemon.play(feed)
    return Seen("\n".join(played), played=len(played))


def sfeed(home: Home, feed: str) -> Seen:
    """A reader in the shell: it makes a line of each item, with its enclosure."""
    where = home.place("feeds")
    rc = home.write("sfeedrc", f"sfeedpath='{where}'\nfeeds() {{ feed Course '{feed}'; }}\n")
    home.run("sfeed_update", str(rc))
    lines = (home.folder / "feeds" / "Course").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return Seen(home.run("sfeed_plain", f"{where}/Course"), {row[1]: row[3] for row in rows})


def _before(home: Home, said: str) -> str:
    """Return what was said together with what was said at the updates before: each is said once."""
    log = home.write("said.log", "")
    log.write_text(log.read_text(encoding="utf-8") + said, encoding="utf-8")
    return log.read_text(encoding="utf-8")


LOST = "it gives the new episode the number of an existing one, and loses it"
FILES = "it uses them in file names"
CLIENTS = (
    Client("gPodder (`gpo`)", "gpodder", "Debian", gpodder),
    Client("newsboat and podboat", "newsboat", "Debian", newsboat),
    Client("podget", "podget", "Debian", podget),
    Client("Music Player Daemon", "mpd", "Debian", player),
    Client("castero", "castero", "PyPI", castero, {"new": LOST}),
    Client("greg", "greg", "PyPI", greg),
    Client("poca", "poca", "PyPI", poca),
    Client("podcast-archiver", "podcast-archiver", "PyPI", podcast_archiver),
    Client("podcast-downloader", "podcast-downloader", "PyPI", podcast_downloader),
    Client("poddl", "poddl", "PyPI", poddl, {"letters": FILES}),
    Client("podpull", "podpull", "PyPI", podpull),
    Client("podqueue", "podqueue", "PyPI", podqueue),
    Client("yt-dlp", "yt-dlp", "PyPI", yt_dlp),
    Client("sfeed, a reader", "sfeed", "Debian", sfeed),
)
