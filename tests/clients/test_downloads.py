"""Real clients subscribe to the feed, download every episode, and get the bytes that are there.

Each is driven as its user would, in a home of its own. What a client prints is not trusted: `gpo`
says that it is done on HTTP 401 too, so bytes are compared with what a plain GET gives.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pty
import sqlite3
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import everything
import making
import pytest
import serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clients")]
SECONDS = 120  # that a client may take


class Home(NamedTuple):
    """Where a client lives: it sees nothing of the person who runs the tests."""

    folder: Path

    def environment(self) -> dict[str, str]:
        home = self.folder
        xdg = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
        plain = {"HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", "TERM": "xterm"}
        return {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **plain, **xdg}

    def run(self, name: str, *arguments: str) -> str:
        """Run a program until it ends well, and return what it said."""
        done = subprocess.run(
            [making.program(name), *arguments],
            env=self.environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> Path:
        """Write a client's settings, unless they are there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
        return path

    def recordings(self) -> dict[Path, tuple[int, int]]:
        """Every recording that was downloaded, and what changes when it is written again."""
        found = {path: path.stat() for path in self.folder.rglob("*.mp3")}
        return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}

    def digests(self) -> list[str]:
        return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in self.recordings())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


def gpodder(home: Home, feed: str) -> str:
    """Debian's gPodder, by its command line."""
    if not (home.folder / "gPodder").exists():
        home.run("gpo", "subscribe", feed)
    home.run("gpo", "update")
    home.run("gpo", "download")
    return home.run("gpo", "list") + home.run("gpo", "episodes")


def podget(home: Home, feed: str) -> str:
    """Debian's podget, a script around wget.

    Without a configuration it would take its own list of shows, and only the newest episode.
    """
    making.program("wget")
    home.write(".podget/serverlist", f"{feed} . Course\n")
    here = ("--dir_config", str(home.folder / ".podget"))
    if not (home.folder / ".podget" / "podgetrc").exists():
        home.run("podget", *here, "--create-config", "podgetrc")
    folders = ["--library", str(home.folder / "library"), "--dir_session", str(home.folder / "s")]
    return home.run("podget", *here, *folders)


def newsboat(home: Home, feed: str) -> str:
    """Debian's newsboat puts enclosures into a queue; podboat, in a terminal, downloads them."""
    making.program("podboat")
    home.write(".newsboat/urls", feed + "\n")
    downloads = home.folder / "downloads"
    downloads.mkdir(exist_ok=True)
    settings = f'podcast-auto-enqueue yes\ndownload-path "{downloads}"\nmax-downloads 2\n'
    home.write(".newsboat/config", settings)
    home.run("newsboat", "-q", "-x", "reload")
    _podboat(home)
    with sqlite3.connect(home.folder / ".newsboat" / "cache.db") as cache:
        rows = cache.execute("SELECT title FROM rss_item ORDER BY pubDate DESC").fetchall()
    cache.close()
    return "\n".join(title for (title,) in rows)


def _podboat(home: Home) -> None:
    """Start the downloads, wait until everything in the queue is there, and press q."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [making.program("podboat"), "-a"],
        env=home.environment(),
        cwd=home.folder,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    reader = threading.Thread(target=_swallow, args=(terminal,), daemon=True)
    reader.start()
    try:
        until = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < until and not _queue_is_done(home):
            time.sleep(0.2)
        time.sleep(0.5)  # it redraws, and only then takes keys
        os.write(terminal, b"q")
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        reader.join()
        os.close(terminal)


def _swallow(terminal: int) -> None:
    """Read what a program draws, so that it never waits for somebody to look."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass  # the program has ended


def _queue_is_done(home: Home) -> bool:
    lines = (home.folder / ".newsboat" / "queue").read_text(encoding="utf-8").splitlines()
    targets = [Path(line.split('"')[1]) for line in lines if '"' in line]
    return all(path.exists() for path in targets) and not list(home.folder.rglob("*.part"))


def podcast_archiver(home: Home, feed: str) -> str:
    """podcast-archiver from PyPI, which goes by guid and writes down what it read."""
    (home.folder / "archive").mkdir(exist_ok=True)
    config = home.write("archiver.yaml", "")
    where = ["--config", str(config), "--database", str(home.folder / "archiver.db")]
    what = ["--feed", feed, "--dir", str(home.folder / "archive"), "--write-info-json"]
    home.run("podcast-archiver", *where, *what)
    notes = [json.loads(path.read_bytes()) for path in home.folder.rglob("*.info.json")]
    notes.sort(key=lambda note: str(note["published_time"]), reverse=True)
    return "\n".join(str(note["title"]) for note in notes)


def poca(home: Home, feed: str) -> str:
    """poca from PyPI."""
    settings = f"<settings><base_dir>{home.folder / 'poca'}</base_dir></settings>"
    show = f"<subscription><title>Course</title><url>{feed}</url></subscription>"
    shows = f"<defaults/><subscriptions>{show}</subscriptions>"
    home.write("config/poca/poca.xml", f'<poca version="1.1">{settings}{shows}</poca>')
    return home.run("poca", "-v", "-c", str(home.folder / "config" / "poca"))


def podcast_downloader(home: Home, feed: str) -> str:
    """podcast-downloader from PyPI, which goes by the names of files."""
    making.library("podcast_downloader")
    downloads = home.folder / "downloads"
    downloads.mkdir(exist_ok=True)
    show = {"name": "Course", "rss_link": feed, "path": str(downloads)}
    show |= {"file_name_template": "%file_name%.%file_extension%"}
    show |= {"if_directory_empty": "download_all_from_feed"}
    config = home.write("downloader.json", json.dumps({"podcasts": [show]}))
    return home.run("python", "-m", "podcast_downloader", "--config", str(config))


Client = Callable[[Home, str], str]
CLIENTS = (gpodder, podget, newsboat, podcast_archiver, poca, podcast_downloader)
every_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
TELLING = (gpodder, newsboat, podcast_archiver)  # what they know, read from what they keep
that_tells_titles = pytest.mark.parametrize("client", TELLING, ids=lambda client: client.__name__)


@every_client
def test_a_client_downloads_every_episode_as_it_is(
    client: Client, home: Home, example: serving.Served
) -> None:
    assert len(example.episodes) == 3
    client(home, example.feed)
    assert home.digests() == sorted(example.digests)


@every_client
def test_a_second_update_downloads_nothing_again(
    client: Client, home: Home, example: serving.Served
) -> None:
    client(home, example.feed)
    before = home.recordings()
    time.sleep(1.1)  # podget and newsboat look at whole seconds
    client(home, example.feed)
    assert home.recordings() == before


@that_tells_titles
def test_a_client_tells_every_title_once_newest_first(
    client: Client, home: Home, example: serving.Served
) -> None:
    client(home, example.feed)
    said = client(home, example.feed)
    assert [said.count(title) for title in example.titles] == [1, 1, 1]
    assert sorted(example.titles, key=said.index) == example.titles


@every_client
def test_a_new_episode_is_downloaded_and_those_before_are_left_alone(
    client: Client, home: Home, growing: serving.Served, tone: Path
) -> None:
    client(home, growing.feed)
    assert home.digests() == sorted(growing.digests)
    before = home.recordings()
    making.add_episode(growing.folder, 5, tone, date="date: 2026-10-20")
    served = _when(growing, "Talk E")
    said = client(home, growing.feed)
    assert home.recordings().items() > before.items()
    assert home.digests() == sorted(served.digests)
    if client in TELLING:
        assert "Talk E" in said


@that_tells_titles
def test_a_corrected_title_is_still_the_same_episode(
    client: Client, home: Home, growing: serving.Served
) -> None:
    said = client(home, growing.feed)
    assert everything.HARD in said
    page = growing.folder / "episodes" / "03-talk" / "episode.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Something more", "Something else"), encoding="utf-8")
    served = _when(growing, "Something else")
    assert served.episodes[0].guid == growing.episodes[0].guid
    assert served.episodes[0].path != growing.episodes[0].path  # new bytes, new name
    said = client(home, growing.feed)
    assert said.count("Something") == 1
    assert len(home.recordings()) == len(growing.episodes)


def _when(growing: serving.Served, title: str) -> serving.Served:
    """Wait until the preview has built a change, and say what it serves then."""
    for _ in range(300):
        served = serving.look(growing.address, growing.folder)
        if title in served.titles:
            return served
        time.sleep(0.2)
    raise AssertionError(f"{title} never appeared in {growing.feed}")
