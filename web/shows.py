"""The published show that people reflect on: its catalogue, from a folder or from the web.

It is read again every few minutes. Where that fails the last one stays, and where there never was
one the companion works without: notes outlive the podcast.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from episodes import catalogue
from episodes.findings import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from episodes.catalogue import Catalogue, Entry

NAME = "catalogue.json"
AGAIN = 300  # seconds between two looks
PATIENCE = 5.0  # seconds for an answer
LARGEST = 50_000_000  # bytes
log = logging.getLogger("earmark.web")


class Shows:
    """The show of one companion; `monotonic` is a clock in seconds."""

    def __init__(self, place: str | None, monotonic: Callable[[], float]) -> None:
        self._place = place
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._found: Catalogue | None = None
        self._looked: float | None = None

    def current(self) -> Catalogue | None:
        """Return the show as last read, None where it never could be."""
        if self._is_due() and self._lock.acquire(blocking=self._looked is None):
            try:
                if self._is_due():  # nobody else has just looked
                    self._look()
            finally:
                self._lock.release()
        return self._found

    def _is_due(self) -> bool:
        return self._looked is None or self._monotonic() - self._looked > AGAIN

    def _look(self) -> None:
        """Read it. Only then is it said that somebody looked: until then the first ones wait."""
        try:
            self._found = read(self._place) if self._place else None
        except EarmarkError as error:
            log.warning("the catalogue could not be read: %s", error)
        finally:
            self._looked = self._monotonic()

    def versions(self) -> dict[str, str]:
        """Return the version of each episode's present recording, by guid."""
        show = self.current()
        return (
            {each.guid: each.media.version for each in show.episodes if each.media} if show else {}
        )

    def titles(self) -> dict[str, str]:
        """Return the title of each episode, by guid."""
        show = self.current()
        return {each.guid: each.title for each in show.episodes} if show else {}

    def episode(self, guid: str) -> Entry | None:
        """Return an episode by its guid."""
        show = self.current()
        return next((each for each in show.episodes if each.guid == guid), None) if show else None


def read(place: str) -> Catalogue:
    """Read a catalogue from a folder, a file or a web address. Raises EarmarkError."""
    data = _fetch(place) if place.startswith(("http://", "https://")) else _open(Path(place))
    return catalogue.parse(data)


def _open(path: Path) -> bytes:
    file = path / NAME if path.is_dir() else path
    try:
        return file.read_bytes()
    except OSError as error:
        raise EarmarkError(
            f"{file}: {error.strerror}; name the folder that `earmark build` made"
        ) from None


def _fetch(address: str) -> bytes:
    import urllib3

    address = address if address.endswith(".json") else f"{address.rstrip('/')}/{NAME}"
    try:
        with urllib3.PoolManager(retries=urllib3.Retry(2, redirect=2)) as pool:
            answer = pool.request("GET", address, timeout=PATIENCE, preload_content=False)
            data: bytes = answer.read(LARGEST)
            answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise EarmarkError(f"{address} does not answer ({type(error).__name__})") from None
    if answer.status != 200:
        raise EarmarkError(f"{address} answers {answer.status}; is the show published there?")
    return data
