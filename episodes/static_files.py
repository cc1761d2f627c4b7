"""Finds the style and the script that public pages and the companion both serve."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"


@cache
def shared_files() -> dict[str, bytes]:
    """Return the shared files, by name."""
    return {file.name: file.read_bytes() for file in FOLDER.iterdir() if file.is_file()}
