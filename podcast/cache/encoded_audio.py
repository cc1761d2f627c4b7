"""Stores encodings in `.earmark/audio`, named after their recording and recipe."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from podcast import atomic_files
from podcast.cache import store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from episodes.lockfile import LockedEpisode


def key(source: str, recipe: str) -> str:
    """Return the name of an encoding, from its recording and its recipe."""
    return hashlib.sha256(f"{source} {recipe}".encode()).hexdigest()[:32]


def write_note(note: Path, encoding: Mapping[str, Any]) -> None:
    """Write the note of an encoding, sealed so that this user can trust it later."""
    atomic_files.write(note, store.sealed(_purpose(note), json.dumps(encoding)))


def read_note(note: Path) -> dict[str, Any]:
    """Return the note of an encoding; {} if this user did not make it from that recording.

    Its name comes from the recording and the recipe, so a note under another name is not trusted
    either.
    """
    try:
        data = note.read_bytes() if note.is_file() else b""
        encoding = json.loads(data) if store.unsealed(_purpose(note), data) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return encoding if isinstance(encoding, dict) else {}


def _purpose(note: Path) -> str:
    return f"encoding {note.stem}"


def prune(encoded: Path, entries: Iterable[LockedEpisode]) -> None:
    """Delete encodings that no recording of the show needs any more."""
    used = _keys(entries)
    with contextlib.suppress(OSError):
        for path in encoded.glob("*.*"):
            if path.stem not in used:
                path.unlink()


def forget(encoded: Path, entries: Iterable[LockedEpisode]) -> None:
    """Delete the encodings of withdrawn recordings."""
    for name in _keys(entries):
        for path in encoded.glob(f"{name}.*"):
            path.unlink(missing_ok=True)


def _keys(entries: Iterable[LockedEpisode]) -> set[str]:
    return {
        key(entry.source, file.recipe) for entry in entries for file in (entry, entry.small) if file
    }
