"""Keeps other users of the computer out of the settings' secrets and the database's files."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from web.database.sqlite import BESIDE

if TYPE_CHECKING:
    from web.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
FILE = "settings.toml"
DATABASE = "sqlite:///"


def close_files(settings: Settings) -> list[str]:
    """Remove other users' access to our own files; return a warning for each file changed.

    Folders are left as they are: a group may have access on purpose.
    """
    if os.name == "nt":  # it has no such modes
        return []
    warnings = [sentence for path in _files(settings) if (sentence := _close(path))]
    if _is_open(settings.folder):
        warnings.append(
            f"{settings.folder}: other users of this computer can open this folder; run "
            f"`chmod 700 {settings.folder}` unless you want that."
        )
    return warnings


def _files(settings: Settings) -> list[Path]:
    files = [settings.folder / FILE]
    if settings.database.startswith(DATABASE):
        files += [Path(settings.database.removeprefix(DATABASE) + end) for end in BESIDE]
    return files


def _close(path: Path) -> str:
    if not _is_open(path):
        return ""
    try:
        path.chmod(0o600)
    except OSError as error:
        return f"{path}: other users can read it, and this could not be changed: {error.strerror}."
    return f"{path}: other users of this computer could read it; now only its owner can."


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False
