"""Which of our recordings an app speaks of; whatever is not ours is nobody's business; pure.

By guid, then by the address of the enclosure, present or former, then by the name of the file.
A feed at an address where the show lived before is ours too. Under one that is not (a mirror) a
name proves nothing, and a guid only if nobody else would have chosen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from episodes.catalogue import Catalogue, Entry, Withdrawn

FORMER = "former"  # the version of a recording that is not there any more
CLOSE = 5  # seconds by which apps differ about the length of one recording
OWN = 20  # signs: a shorter guid could be another show's too


class Recording(NamedTuple):
    """One version of an episode's audio; its length in tenths of a second.

    All that are not there any more are one (FORMER), and its length is 0: each report says its own.
    """

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
        self._base = show.show.address
        bases = (self._base, *show.show.former)
        self._feeds = {place(self.feed), *(place(urljoin(each, "feed.xml")) for each in bases)}
        self._entries = {each.guid.strip(): each for each in show.episodes if each.media}
        self._taken = {each.guid.strip(): each for each in show.withdrawn if each.media}
        self._hosts = tuple({place(each).partition("/")[0] + "/" for each in bases})
        self._addresses = {
            each.guid: urljoin(self._base, each.media.file)
            for each in self._entries.values()
            if each.media
        }
        self._exact: dict[str, tuple[str, bool]] = {}  # most apps send what the feed says
        self._places: dict[str, tuple[str, bool]] = {}
        self._names: dict[str, tuple[str, bool]] = {}
        shared: set[str] = set()
        for guid, file, is_former in self._files():
            for base in bases:
                address = urljoin(base, file)
                found = self._places.setdefault(place(address), (guid, is_former))
                self._exact.setdefault(address, found)
            name = place(file).rpartition("/")[2]
            if self._names.setdefault(name, (guid, is_former))[0] != guid:
                shared.add(name)
        for name in shared:
            del self._names[name]

    def _files(self) -> Iterator[tuple[str, str, bool]]:
        for guid, entry in self._entries.items():
            if entry.media:
                yield guid, entry.media.file, False
        every: dict[str, Entry | Withdrawn] = {**self._taken, **self._entries}
        for guid, known in every.items():
            former = known.media.former if known.media else ()
            yield from ((guid, each, True) for each in former)

    def is_ours(self, podcast: str) -> bool:
        """Say whether an address is that of our feed, today or before."""
        return podcast == self.feed or place(podcast) in self._feeds

    def is_former(self, podcast: str) -> bool:
        """Say whether an address is one at which our feed was before."""
        return self.is_ours(podcast) and place(podcast) != place(self.feed)

    def entry(self, guid: str) -> Entry | None:
        """Return an episode that has a recording; there is nothing to offer of a withdrawn one."""
        return self._entries.get(guid.strip())

    def enclosure(self, entry: Entry) -> str:
        """Return the present address of an episode's recording."""
        return self._addresses.get(entry.guid, "")

    def find(self, podcast: str, episode: str, guid: str, total: int | None) -> Recording | None:
        """Return the recording that an action is about; `total` is its length as the app knows it.

        An address of before is mostly the same audio under another name; only where its length is
        another one was it another recording. What was heard of a withdrawn episode stays heard.
        """
        ours = self.is_ours(podcast)
        by_place = self._exact.get(episode) or self._at(place(episode), ours=ours)
        every = (self._entries, self._taken)
        is_known = any(guid in each for each in every) and (ours or len(guid) >= OWN)
        found = guid if is_known else by_place[0] if by_place else ""
        entry = self._entries.get(found) or self._taken.get(found)
        if entry is None or entry.media is None:
            return None
        seconds = entry.media.seconds
        if by_place and by_place[1] and total and abs(total - seconds) > CLOSE:
            return Recording(entry.guid, FORMER, 0)
        return Recording(entry.guid, entry.media.version, round(seconds * 10))

    def _at(self, where: str, *, ours: bool) -> tuple[str, bool] | None:
        found = self._places.get(where) or self._places.get(self._behind(where))
        return found or (self._names.get(where.rpartition("/")[2]) if ours else None)

    def _behind(self, where: str) -> str:
        """Return what follows our name in an address: others count downloads in front of it."""
        at = max(where.find(each, 1) for each in self._hosts)
        return where[at:] if at > 0 else ""
