"""A home for a client: what it runs in, what it keeps there, and a terminal where it wants one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.kit import shows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 120  # that a client may take


class Home(NamedTuple):
    """Where a client lives: it sees nothing of the person who runs the tests."""

    folder: Path

    def environment(self) -> dict[str, str]:
        home = self.folder
        xdg = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
        plain = {"HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", "TERM": "xterm"}
        return {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **plain, **xdg}

    def run(self, name: str, *arguments: str, errors: bool = False) -> str:
        """Run a program until it ends well, and return what it said (there too, if asked)."""
        done = subprocess.run(
            [shows.program(name), *arguments],
            env=self.environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr * errors

    def write(self, name: str, text: str) -> Path:
        """Write a client's settings, unless they are there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
        return path

    def place(self, name: str) -> str:
        """Return a folder of that name, made where it is not there."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return str(path)

    def recordings(self) -> dict[Path, tuple[int, int]]:
        """Every recording that was downloaded, and what changes when it is written again."""
        found = {path: path.stat() for path in self.folder.rglob("*.mp3")}
        return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}

    def digests(self, ending: str = "mp3") -> list[str]:
        paths = self.folder.rglob(f"*.{ending}")
        return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)

    @contextmanager
    def terminal(self, name: str, *arguments: str) -> Iterator[Screen]:
        """Run a program that wants a terminal, and end it where it does not end by itself."""
        outside, inside = pty.openpty()
        fcntl.ioctl(outside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 300, 0, 0))
        process = subprocess.Popen(
            [shows.program(name), *arguments],
            env=self.environment(),
            cwd=self.folder,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        screen = Screen(outside, process)
        reader = threading.Thread(target=screen.read, daemon=True)
        reader.start()
        try:
            yield screen
            assert process.wait(SECONDS) == 0
        finally:
            process.kill()
            reader.join()
            os.close(outside)


class Screen:
    """A terminal: keys go in, and what is drawn is kept."""

    def __init__(self, terminal: int, process: subprocess.Popen[bytes]) -> None:
        self._terminal, self._process = terminal, process
        self.drawn = b""

    def read(self) -> None:
        """Read what is drawn, so that the program never waits for somebody to look."""
        try:
            while drawn := os.read(self._terminal, 65536):
                self.drawn += drawn
        except OSError:
            pass  # the program has ended

    def press(self, keys: str) -> None:
        time.sleep(0.5)  # it redraws, and only then takes keys
        os.write(self._terminal, keys.encode())

    def wait(self, done: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait until something is so, the program has ended, or the time is over."""
        until = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < until and not done():
            time.sleep(0.2)
