"""A thousand episodes in a real podcast app."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from episodes.audio import ffmpeg
from tests.kit import shows
from tests.kit.computers.other_computer import earmark, live_at, web
from tests.kit.shows import EPISODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podcast.publishing.destination import Bucket

pytestmark = [pytest.mark.slow, pytest.mark.long(2)]
MANY = 1_000
FRAME = 288  # bytes, of 24 ms


class App:
    """Debian's gPodder, by its command line, and what it remembers."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self._home = home

    def run(self, *arguments: str) -> None:
        xdg = {f"XDG_{name}_HOME": str(self._home / name) for name in ("CONFIG", "DATA", "CACHE")}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._home), "LANG": "C.UTF-8",
                       "NO_PROXY": "127.0.0.1", **xdg}  # fmt: skip
        gpo = [shows.program("gpo"), *arguments]
        done = subprocess.run(gpo, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def episodes(self) -> dict[str, tuple[str, str]]:
        """Return title and enclosure by guid; fails where a guid is there twice."""
        with sqlite3.connect(self._home / "gPodder" / "Database") as database:
            rows = database.execute("SELECT guid, title, url FROM episode").fetchall()
        database.close()
        found = {guid: (title, url) for guid, title, url in rows}
        assert len(found) == len(rows)
        return found


def assert_alive(folder: Path, address: str, episodes: dict[str, tuple[str, str]]) -> None:
    for title, url in episodes.values():
        assert (folder / url.removeprefix(address)).is_file(), f"{title}: {url} is dead"


def test_a_thousand_episodes_are_published_corrected_and_rolled_back(
    make_show: Callable[..., Path],
    rclone_bucket: tuple[Bucket, Path],
    tmp_path: Path,
) -> None:
    show = make_show(0)
    for number, recording in enumerate(_recordings(tmp_path / "sweep.mp3"), 1):
        _episode(show, number, recording)
    bucket, folder = rclone_bucket
    place = ("--to", bucket.words, "--endpoint-url", bucket.endpoint)
    app = App(tmp_path / "home")
    with web(folder) as address:
        live_at(show, address)
        earmark("publish", show, *place)
        app.run("set", "limit.episodes", str(2 * MANY))  # it keeps 200 otherwise
        app.run("subscribe", f"{address}feed.xml")
        app.run("update")
        first = app.episodes()
        assert len(first) == MANY
        assert_alive(folder, address, first)

        path = show / "episodes" / "0500-talk" / "episode.md"
        path.write_text(path.read_text("utf-8").replace("title: Talk 500", "title: Corrected"))
        said = earmark("publish", show, *place)
        assert "New title: Corrected (was: Talk 500)" in said
        app.run("update")
        second = app.episodes()
        assert {guid for guid in first if first[guid] != second[guid]} == {"guid-500"}
        assert second["guid-500"][0] == "Corrected"
        assert_alive(folder, address, first | second)

        earmark("rollback", show, *place)
        app.run("update")
        assert app.episodes() == first
        assert_alive(folder, address, second)
        assert earmark("publish", show, *place, "--quiet") == ""


def _recordings(path: Path) -> Iterator[bytes]:
    """Yield recordings of three seconds that differ in sound: parts of one tone that rises.

    Each frame has one size, and needs no other (no reservoir, no head that counts them).
    """
    tone = "aevalsrc=0.18*sin(2*PI*t*(300+2*t)):s=48000:d=28"
    options = ("-ac", "1", "-b:a", "96k", "-reservoir", "0", "-write_xing", "0")
    command = [ffmpeg.program(), "-v", "error", "-f", "lavfi", "-i", tone, *options]
    subprocess.run([*command, "-id3v2_version", "0", str(path)], check=True)
    data = path.read_bytes()
    for first in range(10, MANY + 10):  # the encoder begins with silence
        yield data[first * FRAME : (first + 125) * FRAME]


def _episode(show: Path, number: int, recording: bytes) -> None:
    folder = show / "episodes" / f"{number:04}-talk"
    folder.mkdir(parents=True)
    (folder / "a.mp3").write_bytes(recording)
    text = EPISODE.format(title=f"Talk {number}", number=number, day=1, audio="a.mp3")
    date = f"date: {2020 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02} 07:00"
    (folder / "episode.md").write_text(text.replace("date: 2026-10-01 07:00", date), "utf-8")
    (folder / "transcript.vtt").write_text(shows.TRANSCRIPT, "utf-8")
