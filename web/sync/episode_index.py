"""Matches the actions of apps to our recordings, and drops all others; pure.

Matches by guid, then by the exact URL of the enclosure, present or former. A part of a URL (host
and path, or the file name) is enough if no other episode has that part, not even a withdrawn one;
otherwise nobody is credited (docs/decisions/0043). A feed at a former address of the show is ours
too. In any other feed (a mirror) a file name proves nothing, and a guid only if nobody else would
have chosen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from episodes import site_layout
from web.sync import url_match
from web.sync.url_match import Index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from episodes.catalogue import Catalogue, CatalogueEpisode, WithdrawnEpisode

FORMER = "former"  # the version of a recording that is no longer published
CLOSE = 5  # seconds by which apps differ about the length of one recording
OWN = 20  # characters: a shorter guid could be another show's too


class Recording(NamedTuple):
    """One version of an episode's audio; its length in tenths of a second.

    Former versions share one row (FORMER) of length 0: each report has a length of its own.
    """

    guid: str
    version: str
    tenths: int


class EpisodeIndex:
    """The recordings of a show, which are looked up by what apps send."""

    def __init__(self, show: Catalogue) -> None:
        self.feed = show.show.feed or urljoin(show.show.address, site_layout.FEED)
        self._base = show.show.address
        self._bases = (self._base, *show.show.former)
        feeds = (self.feed, *(urljoin(each, site_layout.FEED) for each in self._bases))
        self._feeds = [*map(url_match.parse, feeds)]
        self._entries = {each.guid.strip(): each for each in show.episodes if each.media}
        self._taken = {each.guid.strip(): each for each in show.withdrawn if each.media}
        self._addresses = {
            each.guid: urljoin(self._base, each.media.file)
            for each in self._entries.values()
            if each.media
        }
        self._index = Index(self._uses())

    def _uses(self) -> Iterator[tuple[str, str, bool]]:
        for guid, file, is_former in self._files():
            for address in dict.fromkeys(urljoin(base, file) for base in self._bases):
                yield guid, address, is_former

    def _files(self) -> Iterator[tuple[str, str, bool]]:
        for guid, entry in self._entries.items():
            if entry.media:
                yield guid, entry.media.file, False
        every: dict[str, CatalogueEpisode | WithdrawnEpisode] = {**self._taken, **self._entries}
        for guid, known in every.items():
            former = known.media.former if known.media else ()
            yield from ((guid, each, True) for each in former)

    def is_ours(self, podcast: str) -> bool:
        """Return whether a URL is that of our feed, present or former."""
        return podcast == self.feed or self._is_one_of(podcast, self._feeds)

    @staticmethod
    def _is_one_of(podcast: str, feeds: list[url_match.Address]) -> bool:
        """Return whether a URL is one of these; it must have everything that our own query has."""
        theirs = url_match.parse(podcast)
        return any(each.place == theirs.place and each.query <= theirs.query for each in feeds)

    def is_former(self, podcast: str) -> bool:
        """Return whether a URL is a former one of our feed."""
        return self.is_ours(podcast) and not self._is_one_of(podcast, self._feeds[:1])

    def entry(self, guid: str) -> CatalogueEpisode | None:
        """Return an episode that has a recording; a withdrawn one has none to offer."""
        return self._entries.get(guid.strip())

    def enclosure(self, entry: CatalogueEpisode) -> str:
        """Return the present URL of an episode's recording."""
        return self._addresses.get(entry.guid, "")

    def find(self, podcast: str, episode: str, guid: str, total: int | None) -> Recording | None:
        """Return the recording that an action is about; `total` is its length as the app knows it.

        A former URL usually served the same audio under another name; a different length means a
        different recording. Listening to an episode still counts after it was withdrawn.
        """
        ours = self.is_ours(podcast)
        owners = self._owners(episode, guid, ours=ours)
        is_known = guid in self._entries or guid in self._taken
        owner = guid
        if not (is_known and (ours or len(guid) >= OWN)):
            owner = next(iter(owners)) if len(owners) == 1 else ""
        entry = self._entries.get(owner) or self._taken.get(owner)
        if entry is None or entry.media is None:
            return None
        seconds = entry.media.seconds
        if owners.get(owner) and total and abs(total - seconds) > CLOSE:
            return Recording(entry.guid, FORMER, 0)
        return Recording(entry.guid, entry.media.version, round(seconds * 10))

    def _owners(self, episode: str, guid: str, *, ours: bool) -> Mapping[str, bool]:
        """Return the owners of a URL; beside another's guid, a partial match proves nothing."""
        if matches := self._index.exact(episode):
            return matches
        matches = self._index.shortened(episode, by_name=ours)
        return matches if not guid or guid in matches else {}
