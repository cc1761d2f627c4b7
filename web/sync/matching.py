"""Which of our recordings an app speaks of; whatever is not ours is nobody's business; pure.

By guid, then by the address of the enclosure, present or former, then by the name of the file.
Under a feed that is not ours (a mirror, an address of before) a name proves nothing, and a guid
only if nobody else would have chosen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.catalogue import Audio, Catalogue, Entry

FORMER = "former"  # the version of a recording that is not there any more
CLOSE = 5  # seconds by which apps differ about the length of one recording
OWN = 20  # signs: a shorter guid could be another show's too


class Recording(NamedTuple):
    """One version of an episode's audio; its length in tenths of a second."""

    guid: str
    version: str
    tenths: int


def place(address: str) -> str:
    """Return what counts of an address: host and path, however they were written."""
    try:
        parts = urlsplit(address.strip())
        path = "/".join(part for part in unquote(parts.path).split("/") if part)
        return f"{(parts.hostname or '').removeprefix('www.')}/{path}"
    except ValueError:
        return "/"


class Shelf:
    """The recordings of a show, to be looked up by what apps send."""

    def __init__(self, show: Catalogue) -> None:
        self.feed = show.show.feed or urljoin(show.show.address, "feed.xml")
        self._feed = place(self.feed)
        self._base = show.show.address
        self._entries = {each.guid.strip(): each for each in show.episodes if each.media}
        self._addresses = {
            each.guid: urljoin(self._base, each.media.file)
            for each in self._entries.values()
            if each.media
        }
        self._host = place(self._base).partition("/")[0] + "/"
        self._exact: dict[str, tuple[str, bool]] = {}  # most apps send what the feed says
        self._places: dict[str, tuple[str, bool]] = {}
        self._names: dict[str, tuple[str, bool]] = {}
        shared: set[str] = set()
        for guid, address, is_former in self._files():
            found = self._places.setdefault(place(address), (guid, is_former))
            self._exact.setdefault(address, found)
            name = place(address).rpartition("/")[2]
            if self._names.setdefault(name, (guid, is_former))[0] != guid:
                shared.add(name)
        for name in shared:
            del self._names[name]

    def _files(self) -> Iterator[tuple[str, str, bool]]:
        for guid, media in self._media():
            yield guid, urljoin(self._base, media.file), False
        for guid, media in self._media():
            yield from ((guid, urljoin(self._base, each), True) for each in media.former)

    def _media(self) -> Iterator[tuple[str, Audio]]:
        for guid, entry in self._entries.items():
            if entry.media:
                yield guid, entry.media

    def is_ours(self, podcast: str) -> bool:
        """Say whether an address is that of our feed."""
        return podcast == self.feed or place(podcast) == self._feed

    def entry(self, guid: str) -> Entry | None:
        """Return an episode that has a recording."""
        return self._entries.get(guid.strip())

    def enclosure(self, entry: Entry) -> str:
        """Return the present address of an episode's recording."""
        return self._addresses.get(entry.guid, "")

    def find(self, podcast: str, episode: str, guid: str, total: int | None) -> Recording | None:
        """Return the recording that an action is about; `total` is its length as the app knows it.

        An address of before is mostly the same audio under another name; only where its length is
        another one was it another recording.
        """
        ours = self.is_ours(podcast)
        by_place = self._exact.get(episode) or self._at(place(episode), ours=ours)
        is_known = guid in self._entries and (ours or len(guid) >= OWN)
        found = guid if is_known else by_place[0] if by_place else ""
        entry = self._entries.get(found)
        if entry is None or entry.media is None:
            return None
        seconds = entry.media.seconds
        if by_place and by_place[1] and total and abs(total - seconds) > CLOSE:
            return Recording(entry.guid, FORMER, total * 10)
        return Recording(entry.guid, entry.media.version, round(seconds * 10))

    def _at(self, where: str, *, ours: bool) -> tuple[str, bool] | None:
        found = self._places.get(where) or self._places.get(self._behind(where))
        return found or (self._names.get(where.rpartition("/")[2]) if ours else None)

    def _behind(self, where: str) -> str:
        """Return what follows our name in an address: others count downloads in front of it."""
        at = where.find(self._host, 1)
        return where[at:] if at > 0 else ""
