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
    """Return its content, EMPTY if there is none. Raises SourceError if it is damaged."""
    path = show / LOCK
    if path.exists() and not path.is_file():  # reading a pipe could wait for ever
        return lockfile.parse("")
    try:
        return lockfile.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return lockfile.EMPTY
    except (OSError, UnicodeDecodeError):
        return lockfile.parse("")


def write(show: Path, now: lockfile.Lock) -> None:
    """Write the lock file if its content has changed."""
    atomic_files.write_changed(show / LOCK, lockfile.render(now).encode())


def remember_elsewhere(show: Path, known: Mapping[str, lockfile.RemoteRecordings]) -> lockfile.Lock:
    """Add the URLs of recordings on other servers, now or formerly, by guid; return the result.

    Apps that downloaded one there still report that URL. Raises SourceError.
    """
    before = read(show)
    now = before.knowing(known)
    if now != before:
        write(show, now)
    return now


def remember_release(
    show: Path, destination: str, release: str, names: Collection[str] = ()
) -> None:
    """Set the newest release of a destination; the show still counts as built.

    `names` are its files: from now on, subscribers know the episodes that they belong to.
    """
    write(show, read(show).releasing(destination, release, names))
    folder = CacheFolder(show)
    if record := read_record(folder):
        write_record(folder, record.model_copy(update={"lock": stat(show / LOCK)}))
