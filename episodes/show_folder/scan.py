"""Lists the files of a show folder without opening one, to see if anything changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from episodes.errors import SourceError
from episodes.rules import finding
from episodes.show_folder import file_mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Signature = tuple[tuple[str, int, int, int], ...]


def scan(folder: Path) -> dict[str, Signature]:
    """Return (name, size, mtime_ns, inode) of every relevant file, by folder.

    The key "" is the show folder itself. No file is opened. Raises SourceError if there is no show.
    """
    if not (folder / "show.md").is_file():
        message, fix = why_missing(folder, "show.md")
        raise SourceError(finding("folder", "show.md", "", message, fix=_below(folder) or fix))
    tree = {"": signature(folder)}
    for name in _folders(folder / "episodes"):
        if not name.startswith((".", "_")):
            tree[f"episodes/{name}"] = signature(folder / "episodes" / name)
    return tree


def _below(folder: Path) -> str:
    """Return what to do if a subfolder contains a show; "" if none does."""
    names = (name for name in every_name(folder) if (folder / name / "show.md").is_file())
    name = next(names, "").encode("utf-8", "replace").decode()
    return f'name the show folder inside this one: "{name}"' if name else ""


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if _is_folder(entry))
    except FileNotFoundError:
        return []
    except OSError as error:
        message, fix = (
            f"cannot be read ({error.strerror})",
            "make it a folder that has one folder for each episode",
        )
        raise SourceError(finding("folder", folder.name, "", message, fix=fix)) from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself; opening it reports that
        return True


def signature(folder: Path) -> Signature:
    """Return (name, size, mtime_ns, inode) of the files in one folder.

    Without hidden files and those that programs make for themselves. An unreadable folder has none;
    opening its files reports why.
    """
    rows: list[tuple[str, int, int, int]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not file_mistakes.is_junk(entry.name):
                    rows += _row(entry)
    except OSError:
        return ()
    return tuple(sorted(rows))


def _row(entry: os.DirEntry[str]) -> Iterator[tuple[str, int, int, int]]:
    try:
        if entry.is_file():
            stat = entry.stat()
            yield entry.name, stat.st_size, stat.st_mtime_ns, stat.st_ino
        elif entry.is_symlink():  # to nowhere, or to a folder
            yield entry.name, -1, 0, 0
    except OSError:  # a link to itself; opening it reports that
        yield entry.name, -1, 0, 0


def every_name(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden or not; [] if it is unreadable."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except OSError:
        return []


def why_missing(folder: Path, name: str) -> tuple[str, str]:
    """Return why a Markdown file is missing, and what to do; "" if unknown."""
    mistake = file_mistakes.find_document(name, every_name(folder))
    if not mistake:
        return "is not there", ""
    shown, fix = (each.encode("utf-8", "replace").decode() for each in mistake)
    return f"is not there{': ' * bool(shown)}{shown}", fix
