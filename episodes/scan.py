"""Which files lie in a show's folder, without opening one: what tells whether anything changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from episodes.findings import Finding, SourceError

if TYPE_CHECKING:
    from pathlib import Path

Signature = tuple[tuple[str, int, int, int], ...]


def scan(folder: Path) -> dict[str, Signature]:
    """Return (name, size, mtime_ns, inode) of every file that matters, by folder.

    The key of the show's own files is "". Nothing is opened. Raises SourceError where there is no
    show in the folder.
    """
    if not (folder / "show.md").is_file():
        message = "is not there; run `earmark new show DIR`, or name the folder that has it"
        raise SourceError(Finding("show.md", "", message))
    found = {"": signature(folder)}
    try:
        names = sorted(entry.name for entry in os.scandir(folder / "episodes") if entry.is_dir())
    except FileNotFoundError:
        names = []
    for name in names:
        if not name.startswith((".", "_")):
            found[f"episodes/{name}"] = signature(folder / "episodes" / name)
    return found


def signature(folder: Path) -> Signature:
    """Return (name, size, mtime_ns, inode) of the files in one folder, hidden ones left out."""
    rows = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "earmark.lock":
                continue
            try:
                if entry.is_file():
                    stat = entry.stat()
                    rows.append((entry.name, stat.st_size, stat.st_mtime_ns, stat.st_ino))
            except OSError:  # a dangling link; whoever opens it says so
                rows.append((entry.name, -1, 0, 0))
    return tuple(sorted(rows))
