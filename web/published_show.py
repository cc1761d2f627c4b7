"""Reads the catalogue of the published show, from a folder or from the web.

It is read again every few minutes, in a thread of its own: nobody who opens a page waits for it.
If that fails, the last one stays; until there is one, the companion works without: notes outlive
the podcast.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from episodes import catalogue, site_layout
from episodes.catalogue import CatalogueEpisode
from episodes.errors import EarmarkError
from episodes.text.bounded_read import read_bounded
from web.settings import is_plain_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import urllib3

    from episodes.catalogue import Catalogue, WithdrawnEpisode

AGAIN, SOON = 300, 15  # seconds between two looks: with a catalogue, and until there is one
PATIENCE, ALTOGETHER = 5.0, 30.0  # seconds for a byte, and for all of it
LARGEST = 20_000_000  # bytes: some 5,000 episodes
HOPS = 2  # redirects
log = logging.getLogger("earmark.web")


class Shows:
    """The show of one companion; `monotonic` is a clock in seconds.

    `warning` returns what is dangerous about a catalogue, or "".
    """

    def __init__(
        self,
        address: str | None,
        monotonic: Callable[[], float],
        warning: Callable[[Catalogue], str] = lambda _: "",
    ) -> None:
        self._address = address
        self._monotonic = monotonic
        self._warning = warning
        self._warned = ""
        self._busy = threading.Lock()
        self._found: Catalogue | None = None
        self._looked: float | None = None
        self._fault = ""

    def current(self) -> Catalogue | None:
        """Return the show as last read, None until it was; another thread may read it again."""
        if self._address and self._is_due() and self._busy.acquire(blocking=False):
            if self._is_due():  # another thread may have read it just now
                threading.Thread(target=self._renew, daemon=True).start()
            else:
                self._busy.release()
        return self._found

    def _is_due(self) -> bool:
        again = AGAIN if self._found else SOON
        return self._looked is None or self._monotonic() - self._looked > again

    def _renew(self) -> None:
        try:
            self._read()
        finally:
            self._busy.release()

    @property
    def is_away(self) -> bool:
        """Whether there is a show whose catalogue could not be read yet."""
        return self._address is not None and self._found is None

    @property
    def is_of_web(self) -> bool:
        """Whether the catalogue comes from the web, where it may take a while."""
        return self._address is not None and is_web(self._address)

    def begin(self) -> None:
        """Read the catalogue: a file at once, the web in another thread."""
        if self.is_of_web:
            self.current()
        else:
            self.renew()

    def renew(self, *, quietly: bool = False) -> None:
        """Read the catalogue now, and wait for it; `quietly` logs no fault."""
        with self._busy:
            self._read(quietly=quietly)

    def _read(self, *, quietly: bool = False) -> None:
        try:
            self._found = read(self._address) if self._address else None
            self._fault = ""
            self._warn()
        except EarmarkError as error:
            if not quietly and str(error) != self._fault:  # once, not every few minutes
                log.warning("the catalogue could not be read: %s", error)
            self._fault = "" if quietly else str(error)
        except Exception as error:  # whatever it is, the last one stays
            log.error("the catalogue could not be read: %s", type(error).__name__)  # noqa: TRY400 - none of its data
        finally:
            self._looked = self._monotonic()

    def _warn(self) -> None:
        """Log what is dangerous about the catalogue, once for each danger."""
        danger = self._warning(self._found) if self._found else ""
        if danger and danger != self._warned:
            log.error("DANGER: %s", danger)
        self._warned = danger

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

    def episode(self, guid: str) -> CatalogueEpisode | None:
        """Return an episode that can be heard by its guid."""
        entry = self.known(guid)
        return entry if isinstance(entry, CatalogueEpisode) else None

    def known(self, guid: str) -> CatalogueEpisode | WithdrawnEpisode | None:
        """Return an episode by its guid, also one that was withdrawn."""
        return next((each for each in self._every() if each.guid == guid), None)

    def _every(self) -> tuple[CatalogueEpisode | WithdrawnEpisode, ...]:
        show = self.current()
        return (*show.episodes, *show.withdrawn) if show else ()

    def newer(self, episode: CatalogueEpisode | WithdrawnEpisode | None) -> CatalogueEpisode | None:
        """Return the episode that replaces another."""
        return self.episode(episode.replaced_by) if episode and episode.replaced_by else None

    def older(self, episode: CatalogueEpisode) -> CatalogueEpisode | None:
        """Return the episode that another replaces."""
        return self.episode(episode.replaces) if episode.replaces else None

    def language_of(self, episode: CatalogueEpisode | WithdrawnEpisode | None) -> str | None:
        """Return the language of an episode's words; without one, that of the show's."""
        show = self.current()
        own = episode.language if episode else None
        return own or (show.show.language if show else None)


def is_web(address: str) -> bool:
    """Return whether a catalogue is on the web."""
    return address.startswith(("http://", "https://"))


def read(address: str) -> Catalogue:
    """Read a catalogue from a folder, a file or a web address. Raises EarmarkError."""
    data = _fetch(address) if is_web(address) else _open(Path(address))
    try:
        return catalogue.parse(data)
    except EarmarkError as error:
        raise EarmarkError(f"{address}: {error}") from None


def _open(path: Path) -> bytes:
    try:
        file = path / site_layout.CATALOGUE if path.is_dir() else path
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe would be waited for without end
            raise EarmarkError(f"{file}: is not a file; name the folder that `earmark build` made")
        with file.open("rb") as opened:
            return read_bounded(opened.read1, LARGEST)
    except OSError as error:
        raise EarmarkError(
            f"{path}: {os.strerror(error.errno or 0)}; name the folder that `earmark build` made"
        ) from None
    except ValueError as error:
        raise EarmarkError(f"{path}: {error}") from None


def _fetch(address: str) -> bytes:
    import urllib3

    from episodes.deadline import Deadline

    logging.getLogger("urllib3").setLevel(logging.ERROR)  # each retry, in words of Python
    address = (
        address if address.endswith(".json") else f"{address.rstrip('/')}/{site_layout.CATALOGUE}"
    )
    try:
        with Deadline(ALTOGETHER) as deadline, _pool() as pool:
            status, data = _ask(pool, address)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise EarmarkError(f"{address} {_reason(error)}") from None
    if deadline.passed:
        raise EarmarkError(f"{address} does not answer in {ALTOGETHER:g} seconds")
    if status != 200:
        raise EarmarkError(f"{address} answers {status}; is the show published there?")
    return data


def _reason(error: Exception) -> str:
    """Return why nothing was read, in words that follow the address."""
    from urllib3 import exceptions

    causes: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.NameResolutionError, "cannot be found: DNS does not know the name"),
        (exceptions.NewConnectionError, "cannot be reached: nothing answers there"),
        (exceptions.TimeoutError, "does not answer in time"),
        (exceptions.SSLError, "has no valid certificate, so nothing was read"),
        (exceptions.LocationValueError, "is not a complete web address"),
    )
    cause = getattr(error, "reason", None) or error  # what was raised at the last attempt
    broken = "cannot be read: the connection broke, or the answer is not HTTP"
    return next((words for kind, words in causes if isinstance(cause, kind)), broken)


def _ask(pool: urllib3.PoolManager, address: str) -> tuple[int, bytes]:
    """Return (status, body) of an address, or of the one to which it leads."""
    for _ in range(HOPS + 1):
        answer = pool.request(
            "GET", address, timeout=PATIENCE, preload_content=False, redirect=False
        )
        with contextlib.closing(answer):
            onwards = answer.get_redirect_location()
            if not onwards:
                return answer.status, _whole(answer, address)
            address = urljoin(address, onwards)
        if not is_web(address) or is_plain_elsewhere(address):
            raise EarmarkError("the catalogue's URL redirects to one that is not https://")
    raise EarmarkError(f"the catalogue's URL redirects more than {HOPS} times")


def _whole(answer: urllib3.BaseHTTPResponse, address: str) -> bytes:
    try:
        return read_bounded(answer.read1, LARGEST)
    except ValueError as error:
        raise EarmarkError(f"{address}: {error}") from None


def _pool() -> urllib3.PoolManager:
    """Return a pool whose connections end with the deadline of their thread."""
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection

    from episodes.deadline import Watched

    plain = type("Connection", (Watched, HTTPConnection), {})
    tls = type("TlsConnection", (Watched, HTTPSConnection), {})
    pool = urllib3.PoolManager(retries=urllib3.Retry(2))
    pool.pool_classes_by_scheme = {
        "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TlsPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }
    return pool
