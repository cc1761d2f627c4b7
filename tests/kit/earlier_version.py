"""Unpacks what an earlier version of Earmark made: a published show and a companion.

The commit c550cbf of 24 November 2026 made all of it, with its own commands: it built a show of two
episodes (one recording kept as it is, one encoded; small files of both), published it to the folder
`site`, and made a companion in which somebody joined, wrote two notes and left; then a backup.
"""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from click.testing import CliRunner

from podcast.cli import main
from tests.kit.shows import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKED = ROOT / "tests" / "golden" / "upgrade" / "november-2026.tar.xz"
PHRASE = "cod sardine wrongdoer sliding lily"
NOTES = {
    "Talk A": "The heron stood still, and so did I.",
    "Talk B": "A second note, with an ü and a €.",
}


def unpack(folder: Path) -> Path:
    """Unpack `show`, `site`, `companion` and `companion.backup` into a folder; return it."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    return folder


def run(*arguments: object) -> str:
    """Run a command of this version on what was unpacked; return what it prints."""
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout
