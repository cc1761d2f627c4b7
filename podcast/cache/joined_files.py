"""Takes the parts of unchanged episodes from the last feed and catalogue, and renders the others.

Both lie where anybody can change them, so a part is taken only if its digest is the one that this
user's last build wrote down (docs/decisions/0051-items-from-the-last-feed.md).
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import partial
from typing import IO, TYPE_CHECKING, NamedTuple

from episodes import catalogue_document
from feed import rss
from podcast.cache.build_cache import show_key
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from episodes.lockfile import Lock
    from episodes.model import Show
    from podcast.cache.episode_rows import EpisodeRows
    from podcast.cache.store import CacheFolder

ITEMS = "items.json"


class Part(NamedTuple):
    """A part of a file: the episode that it is about, what it is made from, and how."""

    folder: str
    made_from: str
    render: Callable[[], bytes]


class Place(NamedTuple):
    """Where a part stands in a file."""

    start: int  # in bytes
    length: int  # in bytes
    digest: str  # of all that the part was made from, and of its bytes


def feed_parts(show: Show, rows: EpisodeRows) -> Iterator[bytes | Part]:
    """Yield the feed: joined, the same bytes as `rss.chunks` yields."""
    bare, key = show.without_episodes, f"{rss.LIBRARIES} {show_key(show)}"
    yield from rss.head(show)
    for episode in show.episodes:
        made_from = f"{key} {rows.digest_of(episode)}"
        yield Part(episode.folder, made_from, partial(rss.item, bare, episode))
    yield rss.END


def catalogue_parts(show: Show, locked: Lock, rows: EpisodeRows) -> Iterator[bytes | Part]:
    """Yield the catalogue: joined, the same bytes as `catalogue_document.render` returns."""
    yield catalogue_document.head(show)
    for number, episode in enumerate(show.episodes):
        if number:
            yield catalogue_document.BETWEEN
        made_from = f"{rows.digest_of(episode)} {locked.left(episode.guid).addresses}"
        yield Part(episode.folder, made_from, partial(catalogue_document.item, episode, locked))
    yield catalogue_document.tail(show, locked)


class JoinedFiles:
    """The files of the last build that have a part for each episode, and those of this one."""

    def __init__(self, folder: CacheFolder, out: Path, *, verify: bool) -> None:
        self._folder, self._out = folder, out
        files = {} if verify else folder.load(ITEMS).get("files")
        self._known = files if isinstance(files, dict) else {}
        self._places: dict[str, dict[str, Place]] = {}

    def chunks(self, name: str, parts: Iterable[bytes | Part]) -> Iterator[bytes]:
        """Yield the bytes of a file, and note where each part stands."""
        places, at = self._places.setdefault(name, {}), 0
        with contextlib.ExitStack() as stack:
            last = self._open(name, stack)
            for part in parts:
                if isinstance(part, Part):
                    source = hashlib.sha256(part.made_from.encode())
                    data = last and self._take(last, name, part.folder, source)
                    data = data or part.render()
                    places[part.folder] = Place(at, len(data), _digest(source, data))
                else:
                    data = part
                at += len(data)
                yield data

    def save(self) -> None:
        """Save where the parts of the files that were written stand."""
        self._folder.save(ITEMS, {"files": self._places})

    def _open(self, name: str, stack: contextlib.ExitStack) -> IO[bytes] | None:
        path = self._out / name
        if not self._known.get(name) or stat(path) is None:  # never a pipe, nor a link
            return None
        try:
            return stack.enter_context(path.open("rb"))
        except OSError:
            return None

    def _take(self, last: IO[bytes], name: str, folder: str, source: hashlib._Hash) -> bytes | None:
        """Return a part of the last file; None if it was made from anything else."""
        row = self._known[name].get(folder)
        if row is None:
            return None
        try:
            place = Place(*row)
            last.seek(place.start)
            data = last.read(place.length)
        except (OSError, TypeError, ValueError):
            return None
        return data if _digest(source, data) == place.digest else None


def _digest(source: hashlib._Hash, data: bytes) -> str:
    whole = source.copy()
    whole.update(data)
    return whole.hexdigest()
