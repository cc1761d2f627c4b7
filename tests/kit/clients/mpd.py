"""The Music Player Daemon, which takes a feed for a playlist, with nobody to hear it."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.clients.client_home import Home

SECONDS = 20  # until it must answer


class Player:
    """A line to the daemon (mpd.readthedocs.io/en/stable/protocol.html)."""

    def __init__(self, line: socket.socket) -> None:
        self._file = line.makefile("rwb", buffering=0)
        assert self._file.readline().startswith(b"OK MPD")

    def ask(self, command: str) -> list[tuple[str, str]]:
        """Return the pairs of an answer."""
        self._file.write(f"{command}\n".encode())
        pairs = []
        while not (said := self._file.readline()).startswith(b"OK"):
            assert not said.startswith(b"ACK"), said
            name, _, value = said.decode().rstrip("\n").partition(": ")
            pairs.append((name, value))
        return pairs

    def play(self, feed: str) -> list[str]:
        """Take the feed for a playlist, and return the title of each entry that sounds."""
        self.ask(f'load "{feed}"')
        count = int(dict(self.ask("status"))["playlistlength"])
        return [dict(self.ask("currentsong"))["Title"] for n in range(count) if self._sounds(n)]

    def _sounds(self, number: int) -> bool:
        self.ask(f"play {number}")
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            status = dict(self.ask("status"))
            if status.get("state") == "play" and float(status.get("elapsed", 0)) > 0:
                return status["song"] == str(number)
            time.sleep(0.05)
        return False


@contextmanager
def mpd(home: Home) -> Iterator[Player]:
    """Run the daemon with an output that leads nowhere."""
    door = home.folder / "socket"
    settings = f'music_directory "{home.place("music")}"\nbind_to_address "{door}"\n'
    settings += f'db_file "{home.folder}/database"\n'
    config = home.write("mpd.conf", settings + 'audio_output {\ntype "null"\nname "nowhere"\n}\n')
    command = [shows.program("mpd"), "--no-daemon", str(config)]
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=home.environment(), stdin=nowhere, stdout=nowhere, stderr=nowhere
    )
    try:
        with socket.socket(socket.AF_UNIX) as line:
            _connect(line, str(door))
            yield Player(line)
    finally:
        process.terminate()
        process.wait(SECONDS)


def _connect(line: socket.socket, door: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(OSError):
            return line.connect(door)
        time.sleep(0.05)
    raise AssertionError(f"mpd does not answer at {door}")
