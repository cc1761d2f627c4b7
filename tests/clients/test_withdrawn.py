"""Real subscribers live through a withdrawal: no duplicate, no error, nothing of theirs lost."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.kit.clients import real_clients
from tests.kit.clients.client_home import Home
from tests.kit.servers import preview_server
from tests.kit.shows import ROOT, program

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
DEBIAN = "/usr/bin/python3"
PLAYS = ROOT / "tests" / "kit" / "clients" / "gpodder_plays.py"
ALL = ["Talk A", "Talk B", "Talk C"]


def look(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return sorted(opened.execute(query).fetchall())


def withdraw(served: preview_server.Served, number: int, left: list[str]) -> None:
    """Withdraw with the real command, and wait until the preview serves what is left."""
    run = [program("earmark"), "withdraw", f"{number:02}-talk", "--show", str(served.folder)]
    subprocess.run([*run, "--yes"], check=True, capture_output=True)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(HTTPError):  # the feed was read just before it changed
            if preview_server.look(served.address, served.folder).titles == left:
                return
        time.sleep(0.2)
    raise AssertionError("the preview did not build the change")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.folder.mkdir()
    return found


class TestGpodder:
    """Debian's gPodder, driven by `gpo`."""

    @staticmethod
    def rows(home: Home) -> list[tuple[Any, ...]]:
        """Return (title, guid, state, is new, place, file) of each episode."""
        query = (
            "SELECT title, guid, state, is_new, current_position, download_filename FROM episode"
        )
        return look(home.folder / "gPodder" / "Database", query)

    @staticmethod
    def update(home: Home) -> str:
        said = home.run("gpo", "update") + home.run("gpo", "download")
        return said + home.run("gpo", "episodes")

    def play(self, home: Home, title: str) -> None:
        run = [DEBIAN, str(PLAYS), str(home.folder / "gPodder"), title]
        done = subprocess.run(
            run, env=home.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert {row[0]: row[3:5] for row in self.rows(home)}[title] == (0, 2)

    def test_what_was_downloaded_and_played_stays(
        self, make_show: Callable[..., Path], home: Home
    ) -> None:
        with preview_server.serve("preview", make_show(3)) as served:
            home.run("gpo", "subscribe", served.feed)
            self.update(home)
            self.play(home, "Talk A")
            before, files = self.rows(home), home.recordings()
            assert [row[0] for row in before] == ALL
            assert len(files) == 3
            withdraw(served, 2, ["Talk C", "Talk A"])
            said = self.update(home)
            assert "0 new episodes" in said
            assert (self.rows(home), home.recordings()) == (before, files)
            withdraw(served, 1, ["Talk C"])
            said = self.update(home)
            assert "0 new episodes" in said
            assert (self.rows(home), home.recordings()) == (before, files)

    def test_who_has_not_downloaded_it_is_not_offered_it_any_more(
        self, make_show: Callable[..., Path], home: Home
    ) -> None:
        with preview_server.serve("preview", make_show(3)) as served:
            home.run("gpo", "subscribe", served.feed)
            home.run("gpo", "update")
            withdraw(served, 2, ["Talk C", "Talk A"])
            self.update(home)
            assert [row[0] for row in self.rows(home)] == ["Talk A", "Talk C"]
            assert len(home.recordings()) == 2


class TestNewsboat:
    """newsboat, which knows what was read, and podboat, which downloads."""

    @staticmethod
    def rows(home: Home) -> list[tuple[Any, ...]]:
        """Return (title, guid, is unread, is deleted) of each episode."""
        query = "SELECT title, guid, unread, deleted FROM rss_item"
        return look(home.folder / ".newsboat" / "cache.db", query)

    def test_what_was_downloaded_and_read_stays(
        self, make_show: Callable[..., Path], home: Home
    ) -> None:
        with preview_server.serve("preview", make_show(3)) as served:
            real_clients.newsboat(home, served.feed)
            read = home.write("read.txt", "guid-1\n")
            home.run("newsboat", "-I", str(read))
            before, files = self.rows(home), home.recordings()
            assert [row[0] for row in before] == ALL
            assert {row[1]: row[2] for row in before} == {"guid-1": 0, "guid-2": 1, "guid-3": 1}
            assert len(files) == 3
            for number, left in ((2, ["Talk C", "Talk A"]), (1, ["Talk C"])):
                time.sleep(1.1)  # it looks at whole seconds
                withdraw(served, number, left)
                real_clients.newsboat(home, served.feed)
                assert (self.rows(home), home.recordings()) == (before, files)
