"""The file `earmark.lock` beside `show.md`: read and written whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import lock
from podcast import files
from podcast.store import LOCK, Store, stat

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


def read(show: Path) -> lock.Lock:
    """Return what it says, nothing where there is none. Raises SourceError where it is damaged."""
    path = show / LOCK
    if path.exists() and not path.is_file():  # a pipe would be waited for without end
        return lock.parse("")
    try:
        return lock.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return lock.EMPTY
    except (OSError, UnicodeDecodeError):
        return lock.parse("")


def write(show: Path, now: lock.Lock) -> None:
    """Write it where it says something else than before."""
    files.write_changed(show / LOCK, lock.render(now).encode())


def remember_elsewhere(show: Path, known: Mapping[str, lock.Elsewhere]) -> lock.Lock:
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
    store = Store(show)
    if seen := store.seen():
        store.save("seen.json", {**seen, "lock": stat(show / LOCK)})
