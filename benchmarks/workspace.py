"""Holds the benchmarks' working folder, sizes and programs."""

from __future__ import annotations

import shutil
import socket
import sys
from pathlib import Path
from typing import NamedTuple

from shows import ROOT


def beside(name: str) -> Path:
    """Return a program of this Python's environment."""
    return Path(sys.executable).with_name(name)


EARMARK = beside("earmark")
EYED3 = beside("eyeD3")


class Workspace(NamedTuple):
    """A working folder, and whether a tenth of the size is enough."""

    folder: Path
    quick: bool

    @property
    def cache(self) -> Path:
        """Return the folder of files that the next run uses again: a few MB."""
        made = ROOT / ".bench" / "cache"
        made.mkdir(parents=True, exist_ok=True)
        return made

    def count(self, wanted: int) -> int:
        """Return the number of items to use."""
        return max(1, wanted // 10) if self.quick else wanted

    @property
    def times(self) -> int:
        """Return the number of timed rounds."""
        return 1 if self.quick else 5


def program(name: str) -> str:
    """Return a program from PATH; exit if it is missing."""
    found = shutil.which(name)
    if not found:
        raise SystemExit(f"{name} is not installed; it is what this is measured against")
    return found


def free_port() -> int:
    """Return a free port of this computer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
