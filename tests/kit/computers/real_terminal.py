"""A command on a real terminal: what a person sees, types and interrupts."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import termios
import time
from typing import NamedTuple

from tests.kit.shows import ROOT

WAIT = 60.0  # seconds; a command that says nothing for so long hangs
_CODE = """
import fcntl, signal, termios
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches the command
from podcast.cli import main
{first}
main()
"""
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Seen(NamedTuple):
    """What stood on the screen, and how the command ended."""

    text: str
    code: int


class Terminal:
    """One run of `earmark` on a terminal of a given width; `first` is Python to run before it."""

    def __init__(self, *words: object, columns: int = 80, first: str = "") -> None:
        self._main, end = os.openpty()
        termios.tcsetwinsize(end, (24, columns))
        call = [sys.executable, "-c", _CODE.format(first=first), *map(str, words)]
        self._command = subprocess.Popen(
            call, cwd=ROOT, stdin=end, stdout=end, stderr=end, start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns)},
        )  # fmt: skip
        os.close(end)
        self._data = b""

    def until(self, words: str) -> str:
        """Wait for words on the screen, and return all that is there by then."""
        while words not in self._text() and self._more():
            pass
        assert words in self._text(), self._text()
        return self._text()

    def type(self, keys: str | bytes) -> None:
        """Type keys; "\\x03" is Ctrl-C."""
        os.write(self._main, keys if isinstance(keys, bytes) else keys.encode())

    def end(self) -> Seen:
        """Wait until the command ends."""
        while self._more():
            pass
        os.close(self._main)
        return Seen(self._text(), self._command.wait(WAIT))

    def _text(self) -> str:
        return _CODES.sub("", self._data.decode(errors="replace")).replace("\r\n", "\n")

    def _more(self) -> bool:
        """Read on; False at the end."""
        before = time.monotonic()
        while time.monotonic() < before + WAIT:
            if select.select([self._main], [], [], 1)[0]:
                try:
                    data = os.read(self._main, 65536)
                except OSError:  # Linux says so where the other side is closed
                    return False
                self._data += data
                return bool(data)
            if self._command.poll() is not None and not select.select([self._main], [], [], 0)[0]:
                return False
        self._command.kill()
        msg = f"nothing was said for {WAIT:g} s: {self._text()}"
        raise AssertionError(msg)
