"""Reads and writes `earmark.lock`, the file beside `show.md`, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import lockfile
from podcast import atomic_files
from podcast.cache.build_record import read_record, write_record
from podcast.cache.store import LOCK, CacheFolder, stat

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


def read(show: Path) -> lockfile.Lock:
    """Return what it says, nothing where there is none. Raises SourceError where it is damaged."""
    path = show / LOCK
    if path.exists() and not path.is_file():  # a pipe would be waited for without end
        return lockfile.parse("")
    try:
        return lockfile.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return lockfile.EMPTY
    except (OSError, UnicodeDecodeError):
        return lockfile.parse("")


def write(show: Path, now: lockfile.Lock) -> None:
    """Write it where it says something else than before."""
    atomic_files.write_changed(show / LOCK, lockfile.render(now).encode())


def remember_elsewhere(show: Path, known: Mapping[str, lockfile.RemoteRecordings]) -> lockfile.Lock:
    """Write down, by guid, where recordings lie or lay on other servers; return what it says now.

    Apps that took one there go on speaking of it by that address. Raises SourceError.
    """
    before = read(show)
    now = before.knowing(known)
    if now != before:
        write(show, now)
    return now


def remember_release(show: Path, place: str, release: str, names: Collection[str] = ()) -> None:
    """Write down which release was last published to a place; the show counts as built still.

    `names` are its files: whose episodes they are is known to subscribers from now on.
    """
    write(show, read(show).releasing(place, release, names))
    folder = CacheFolder(show)
    if record := read_record(folder):
        write_record(folder, record.model_copy(update={"lock": stat(show / LOCK)}))
