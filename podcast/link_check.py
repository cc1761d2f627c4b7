"""Checks whether links work: politely, bounded, and never with a false alarm.

Only 404, 410 and a name that does not exist count as dead. No server on this computer or in its
network is asked, whatever a link or a redirect names, unless `private` allows it.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from episodes.links import LinkState, Verdict
from podcast.network.client import FOLLOW, Client
from podcast.network.failures import FetchError
from podcast.network.messages import Failure, Hop, Request
from podcast.network.urls import clean_url, origin_of
from podcast.parallel import run_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENCE = 15.0  # seconds for an answer; twice that with all redirects
GIVE_UP = 3  # URLs without an answer, then the rest of that server is not checked
_GONE, _PERMANENT = {404, 410}, {301, 308}
_HEADERS = (("Connection", "close"),)  # a body that nobody reads never meets the next response
_SILENT = "was not tested: its server had stopped responding"
_BROKEN = "could not be reached: the connection broke"
_REASONS = {
    Failure.ASTRAY: "is redirected to something that is not on the web",
    Failure.LOOP: "has redirects that never end",
    Failure.PRIVATE: "is in your own network, which listeners cannot reach",
    Failure.PROXY: "could not be reached: the proxy of your network does not connect",
    Failure.NAME: "could not be reached: nothing answers there",
    Failure.REFUSED: "could not be reached: nothing answers there",
    Failure.SLOW: "does not answer in time",
} | dict.fromkeys(
    (Failure.EXPIRED, Failure.STRANGER, Failure.UNKNOWN, Failure.TLS),
    "has a certificate that is not accepted",
)  # fmt: skip


class CheckProgress(Protocol):
    """Displays how far a check has come. Called from several threads."""

    def looking(self, number: int) -> None:
        """Add to the number of checks to come."""

    def looked(self) -> None:
        """Count one check."""


class LinkChecker:
    """Checks links, from several threads at once; `private` allows this computer's network."""

    def __init__(self, *, private: bool = False, patience: float = PATIENCE) -> None:
        self._client = Client(private=private, patience=patience, total=2 * patience)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def check(self, url: str) -> Verdict:
        """Return whether a link works. Never raises because of a network."""
        hops: tuple[Hop, ...] = ()
        try:
            status, hops = self._status("HEAD", url, hops)
            if status >= 400:  # some servers refuse HEAD only
                status, hops = self._status("GET", url, hops)
        except FetchError as error:
            return _failed(error, url, (*hops, *error.hops))
        return _verdict(status, url, hops)

    def _status(self, method: str, url: str, hops: tuple[Hop, ...]) -> tuple[int, tuple[Hop, ...]]:
        """Return the status after all redirects from where `hops` ended; no body is read."""
        request = Request(_end(url, hops), method, _HEADERS)
        with self._client.open(request, follow=FOLLOW - len(hops)) as stream:
            return stream.status, (*hops, *stream.hops)


def _end(url: str, hops: tuple[Hop, ...]) -> str:
    return hops[-1].url if hops else clean_url(url)


def _verdict(status: int, url: str, hops: tuple[Hop, ...]) -> Verdict:
    if status in _GONE:
        reason = f"no longer works: its server answers {status}"
        return Verdict(LinkState.DEAD, _via(url, hops, reason))
    if status >= 300 or status < 200:
        return Verdict(LinkState.UNSURE, _via(url, hops, _refusal(status)))
    permanent = list(takewhile(lambda hop: hop.status in _PERMANENT, hops))
    new_url = permanent[-1].url if permanent else clean_url(url)
    if new_url == clean_url(url):
        return Verdict(LinkState.FINE)
    if len(urlsplit(url).path) > 1 and urlsplit(new_url).path in {"", "/"}:
        reason = f"now leads to a home page, {new_url}: is the content still there?"
        return Verdict(LinkState.MOVED, reason, new_url)
    return Verdict(LinkState.MOVED, f"has moved permanently to {new_url}", new_url)


def _refusal(status: int) -> str:
    known = {401: "asks for a password", 403: "blocks programs", 429: "gets too many requests"}
    general = "has a problem at the moment" if status >= 500 else "answers in an unexpected way"
    return f"{known.get(status, general)} ({status})"


def _failed(error: FetchError, url: str, hops: tuple[Hop, ...]) -> Verdict:
    """Return what a missing answer means: only a name that does not exist is certain."""
    if error.no_such_name:
        reason = f"no longer works: no server is called {urlsplit(_end(url, hops)).hostname}"
        return Verdict(LinkState.DEAD, _via(url, hops, reason), reached=bool(hops))
    reason = _REASONS.get(error.failure, _BROKEN)
    if error.failure in {Failure.ASTRAY, Failure.LOOP}:
        return Verdict(LinkState.UNSURE, reason)
    private = error.failure is Failure.PRIVATE
    return Verdict(LinkState.UNSURE, _via(url, hops, reason), reached=private)


def _via(url: str, hops: tuple[Hop, ...], reason: str) -> str:
    """Begin with the URL that a link is redirected to, if the reason is about that."""
    end = _end(url, hops)
    return reason if end == clean_url(url) else f"leads to {end}, which {reason}"


def check_links(
    urls: Iterable[str], checker: LinkChecker, progress: CheckProgress
) -> dict[str, Verdict]:
    """Check each URL once: eight servers at a time, each one URL after the other.

    If no server at all was reached, this computer may be offline: no name seems to exist then.
    """
    by_origin: dict[str, dict[str, list[str]]] = {}
    for url in urls:
        by_origin.setdefault(origin_of(url), {}).setdefault(clean_url(url), []).append(url)
    silent = dict.fromkeys(by_origin, 0)
    verdicts: dict[str, Verdict] = {}

    def check(url: str) -> None:
        origin = origin_of(url)
        if silent[origin] >= GIVE_UP:
            verdict = Verdict(LinkState.UNSURE, _SILENT, reached=False)
        else:
            verdict = checker.check(url)
            silent[origin] = 0 if verdict.reached else silent[origin] + 1
        verdicts.update(dict.fromkeys(by_origin[origin][url], verdict))
        progress.looked()

    rows = [list(each) for each in by_origin.values()]
    progress.looking(sum(map(len, rows)))
    run_rows(rows, check)
    return verdicts
