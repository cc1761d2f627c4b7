"""Takes the feed's items of unchanged episodes from the last feed, and renders the others.

The feed lies where anybody can change it, so an item is taken only if its digest is the one that
this user's last build wrote down (docs/decisions/0051-items-from-the-last-feed.md).
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import IO, TYPE_CHECKING, NamedTuple

from feed import rss
from podcast.cache.build_cache import show_key
from podcast.cache.store import stat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from episodes.model import Episode, Show
    from podcast.cache.store import CacheFolder

ITEMS = "items.json"


class Place(NamedTuple):
    """Where an item stands in the feed."""

    start: int  # in bytes
    length: int  # in bytes
    digest: str  # of all that the item was made from, and of its bytes


class FeedItems:
    """The items of the last feed of a show, and those of the one that is being written."""

    def __init__(self, folder: CacheFolder, feed: Path, *, verify: bool) -> None:
        self._folder, self._feed = folder, feed
        rows = {} if verify else folder.load(ITEMS).get("items")
        self._known: dict[str, list[object]] = rows if isinstance(rows, dict) else {}
        self._places: dict[str, Place] = {}

    def chunks(self, show: Show) -> Iterator[bytes]:
        """Yield the feed: the same bytes as `rss.chunks` yields."""
        bare, at = show.without_episodes, 0
        made_from = f"{rss.LIBRARIES} {show_key(show)}".encode()
        for part in rss.head(show):
            at += len(part)
            yield part
        with contextlib.ExitStack() as stack:
            last = self._open(stack)
            for episode in show.episodes:
                source = hashlib.sha256(made_from + episode.model_dump_json().encode())
                item = last and self._take(last, episode, source)
                item = item or rss.item(bare, episode)
                digest = _digest(source, item)
                self._places[episode.folder] = Place(at, len(item), digest)
                at += len(item)
                yield item
        yield rss.END

    def save(self) -> None:
        """Save where the items of the feed that was written stand."""
        self._folder.save(ITEMS, {"items": self._places})

    def _open(self, stack: contextlib.ExitStack) -> IO[bytes] | None:
        if not self._known or stat(self._feed) is None:  # never a pipe, nor a link
            return None
        try:
            return stack.enter_context(self._feed.open("rb"))
        except OSError:
            return None

    def _take(self, last: IO[bytes], episode: Episode, source: hashlib._Hash) -> bytes | None:
        """Return an episode's item in the last feed; None if it was made from anything else."""
        row = self._known.get(episode.folder)
        if row is None:
            return None
        try:
            place = Place(*row)  # type: ignore[arg-type] # the seal says that a build wrote it
            last.seek(place.start)
            item = last.read(place.length)
        except (OSError, TypeError, ValueError):
            return None
        return item if _digest(source, item) == place.digest else None


def _digest(source: hashlib._Hash, item: bytes) -> str:
    whole = source.copy()
    whole.update(item)
    return whole.hexdigest()
