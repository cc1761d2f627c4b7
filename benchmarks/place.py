"""Where benchmarks work, how large they are, and which programs they run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from shows import ROOT


def beside(name: str) -> Path:
    """Return a program of this Python's own environment."""
    return Path(sys.executable).with_name(name)


EARMARK = beside("earmark")
EYED3 = beside("eyeD3")


class Place(NamedTuple):
    """A folder to work in, and whether a tenth of everything is enough."""

    folder: Path
    quick: bool

    @property
    def cache(self) -> Path:
        """What is made once and kept: a few MB."""
        made = ROOT / ".bench" / "cache"
        made.mkdir(parents=True, exist_ok=True)
        return made

    def count(self, wanted: int) -> int:
        """Return how many to take."""
        return max(1, wanted // 10) if self.quick else wanted

    @property
    def times(self) -> int:
        """How many rounds are timed."""
        return 1 if self.quick else 5


def program(name: str) -> str:
    """Return a program that has to be on PATH."""
    found = shutil.which(name)
    if not found:
        raise SystemExit(f"{name} is not installed; it is what this is measured against")
    return found
