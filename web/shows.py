"""The published show that people reflect on: its catalogue, from a folder or from the web.

It is read again every few minutes. Where that fails the last one stays, and where there never was
one the companion works without: notes outlive the podcast.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from episodes import catalogue
from episodes.catalogue import Entry
from episodes.findings import EarmarkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import urllib3

    from episodes.catalogue import Catalogue, Withdrawn

NAME = "catalogue.json"
AGAIN = 300  # seconds between two looks
PATIENCE, ALTOGETHER = 5.0, 30.0  # seconds for a byte, and for all of it
CHUNK = 1 << 16
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
                if self._is_due():  # nobody else looked while this one waited
                    self._look()
            finally:
                self._lock.release()
        return self._found

    def _is_due(self) -> bool:
        return self._looked is None or self._monotonic() - self._looked > AGAIN

    def _look(self) -> None:
        try:
            self._found = read(self._place) if self._place else None
        except EarmarkError as error:
            log.warning("the catalogue could not be read: %s", error)
        finally:
            self._looked = self._monotonic()  # not before: who asks meanwhile waits

    def versions(self) -> dict[str, str]:
        """Return the version of each episode's last recording, by guid."""
        return {each.guid: each.media.version for each in self._every() if each.media}

    def titles(self, since: date | None = None) -> dict[str, str]:
        """Return the title of each episode, by guid, without those withdrawn before a day."""
        return {
            each.guid: each.title
            for each in self._every()
            if not (since and each.withdrawn and each.withdrawn.on < since)
        }

    def episode(self, guid: str) -> Entry | None:
        """Return an episode that can be heard by its guid."""
        found = self.known(guid)
        return found if isinstance(found, Entry) else None

    def known(self, guid: str) -> Entry | Withdrawn | None:
        """Return an episode by its guid, also one that was withdrawn."""
        return next((each for each in self._every() if each.guid == guid), None)

    def _every(self) -> tuple[Entry | Withdrawn, ...]:
        show = self.current()
        return (*show.episodes, *show.withdrawn) if show else ()

    def newer(self, episode: Entry | Withdrawn | None) -> Entry | None:
        """Return the episode that replaces another."""
        return self.episode(episode.replaced_by) if episode and episode.replaced_by else None

    def older(self, episode: Entry) -> Entry | None:
        """Return the episode that another replaces."""
        return self.episode(episode.replaces) if episode.replaces else None


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

    from episodes.deadline import Deadline

    address = address if address.endswith(".json") else f"{address.rstrip('/')}/{NAME}"
    try:
        with Deadline(ALTOGETHER) as deadline, _pool() as pool:
            answer = pool.request("GET", address, timeout=PATIENCE, preload_content=False)
            with contextlib.closing(answer):
                data = _bounded(answer, address)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise EarmarkError(f"{address} does not answer ({type(error).__name__})") from None
    if deadline.passed:
        raise EarmarkError(f"{address} does not answer in {ALTOGETHER:g} seconds")
    if answer.status != 200:
        raise EarmarkError(f"{address} answers {answer.status}; is the show published there?")
    return data


def _bounded(answer: urllib3.BaseHTTPResponse, address: str) -> bytes:
    data = bytearray()
    while chunk := answer.read1(CHUNK):
        data += chunk
        if len(data) > LARGEST:
            raise EarmarkError(f"{address} is larger than {LARGEST // 10**6} MB")
    return bytes(data)


def _pool() -> urllib3.PoolManager:
    """Return a pool whose connections end with the deadline of their thread."""
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection

    from episodes.deadline import Watched

    plain = type("Connection", (Watched, HTTPConnection), {})
    tls = type("TlsConnection", (Watched, HTTPSConnection), {})
    pool = urllib3.PoolManager(retries=urllib3.Retry(2, redirect=2))
    pool.pool_classes_by_scheme = {
        "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TlsPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }
    return pool
