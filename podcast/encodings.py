"""Encodings that are kept in `.earmark/audio`, each under what it was made from and how."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from episodes.lock import Entry


def key(source: str, recipe: str) -> str:
    """Return the name of an encoding: which recording, and what was done to it."""
    return hashlib.sha256(f"{source} {recipe}".encode()).hexdigest()[:32]


def prune(encoded: Path, entries: Iterable[Entry]) -> None:
    """Remove encodings that no recording of the show asks for any more."""
    used = _keys(entries)
    with contextlib.suppress(OSError):
        for path in encoded.glob("*.*"):
            if path.stem not in used:
                path.unlink()


def forget(encoded: Path, entries: Iterable[Entry]) -> None:
    """Remove the encodings of recordings that are not to be heard any more."""
    for name in _keys(entries):
        for path in encoded.glob(f"{name}.*"):
            path.unlink(missing_ok=True)


def _keys(entries: Iterable[Entry]) -> set[str]:
    return {
        key(entry.source, made.recipe) for entry in entries for made in (entry, entry.small) if made
    }
