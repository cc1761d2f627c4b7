"""Copies a show from a folder that cannot be written, so that the preview can build it."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from episodes.site_layout import PUBLIC
from podcast.cache.store import FOLDER, LOCK, stat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LEFT_OUT = {FOLDER, PUBLIC, "moved", ".git"}


def update(show: Path, copy: Path) -> None:
    """Copy the files that have changed, and delete those that are gone. Raises OSError.

    The copy's own lock file and built files stay.
    """
    sources = dict(_files(show, ""))
    for name, path in sources.items():
        target = copy / name
        if stat(target) != stat(path) and not (name == LOCK and target.exists()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
            target.chmod(0o600)
    for name in [name for name, _ in _files(copy, "") if name not in sources and name != LOCK]:
        with contextlib.suppress(OSError):
            (copy / name).unlink()


def _files(folder: Path, below: str) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of every file of a show, without links."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = below + entry.name
            if entry.is_file(follow_symlinks=False):
                yield name, folder / entry.name
            elif entry.is_dir(follow_symlinks=False) and name not in LEFT_OUT:
                yield from _files(folder / entry.name, f"{name}/")
