"""Checks whether links work: politely, bounded, and never with a false alarm.

Only what a server says clearly counts as dead: 404, 410, or a name that there is not. Nobody is
asked on this computer or in its own network, whatever a link or a redirect names.
"""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions

from episodes.deadline import Deadline
from episodes.links import LinkState, Verdict
from podcast.doctor.answers import host, joined, plain, web
from podcast.network import public_addresses
from podcast.network.http_client import Client
from podcast.network.threads import together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from urllib3 import BaseHTTPResponse

CONNECT, PATIENCE = 10.0, 15.0  # seconds: to connect, for an answer
REDIRECTS = 5
GIVE_UP = 3  # addresses without an answer, and the rest of that server is not asked
GONE, MOVED, FOUND = {404, 410}, {301, 308}, {301, 302, 303, 307, 308}
UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), 11001}
# 11001 is Windows's; a name that could not be asked for just now has other numbers


_SILENT = "was not tested: its server had stopped responding"


class Progress(Protocol):
    """What is told while links are asked. Called from several threads."""

    def looking(self, number: int) -> None:
        """Say that there are so many things more to look at."""

    def looked(self) -> None:
        """Say that one was looked at."""


_RAISED = (
    public_addresses.PrivateError,
    exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class _Answer(NamedTuple):
    status: int
    location: str = ""


class Asker:
    """Asks addresses, from several threads at once; `private` allows this computer's network."""

    def __init__(self, *, private: bool = False, patience: float = PATIENCE) -> None:
        timeout = urllib3.Timeout(connect=min(CONNECT, patience), read=patience)
        self._client = Client(timeout, private=private)
        self._altogether = patience * 2

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def ask(self, address: str) -> Verdict:
        """Say what became of an address. Nothing that a network does raises from here."""
        at, kept, moved = plain(address), True, ""
        for _ in range(REDIRECTS + 1):
            try:
                answer = self._once(at)
            except _RAISED as error:
                return _lost(error, at, address)
            to = joined(at, answer.location) if answer.status in FOUND else ""
            if not to:
                return _verdict(answer.status, address, at, moved)
            if not web(to):
                return Verdict(
                    LinkState.UNSURE, "is redirected to something that is not on the web"
                )
            kept = kept and answer.status in MOVED
            moved, at = (to if kept else moved), to
        return Verdict(LinkState.UNSURE, "has redirects that never end")

    def _once(self, address: str) -> _Answer:
        """Ask for the head; where that is refused, for the beginning of the whole."""
        answer = self._request("HEAD", address)
        return answer if answer.status < 400 else self._request("GET", address)

    def _request(self, method: str, address: str) -> _Answer:
        with Deadline(self._altogether) as deadline:
            response = self._client.request(
                method, address, {"User-Agent": "Earmark", "Accept": "*/*"}
            )
            response.close()  # what is there is not read
        if deadline.passed:
            raise TimeoutError
        return _Answer(response.status, _location(response))


def _location(response: BaseHTTPResponse) -> str:
    return response.headers.get("Location", "").strip()


def _verdict(status: int, address: str, at: str, moved: str) -> Verdict:
    if status in GONE:
        return Verdict(
            LinkState.DEAD, _led(at, address, f"no longer works: its server answers {status}")
        )
    if status >= 300 or status < 200:
        return Verdict(LinkState.UNSURE, _led(at, address, _refused(status)))
    if not moved or moved == plain(address):
        return Verdict(LinkState.FINE)
    if len(urlsplit(address).path) > 1 and urlsplit(moved).path in {"", "/"}:
        seen = f"now leads to a home page, {moved}: is the content still there?"
        return Verdict(LinkState.MOVED, seen, moved)
    return Verdict(LinkState.MOVED, f"has moved permanently to {moved}", moved)


def _refused(status: int) -> str:
    known = {401: "asks for a password", 403: "blocks programs", 429: "gets too many requests"}
    said = known.get(
        status, "has a problem at the moment" if status >= 500 else "answers in an unexpected way"
    )
    return f"{said} ({status})"


def _lost(error: BaseException, at: str, address: str) -> Verdict:
    """Say what it means that there is no answer: only a name that there is not is certain."""
    unknown = isinstance(error, exceptions.NameResolutionError)
    if unknown and getattr(error.__cause__, "errno", None) in UNKNOWN:
        said = _led(at, address, f"no longer works: no server is called {urlsplit(at).hostname}")
        return Verdict(LinkState.DEAD, said, reached=at != plain(address))
    private = isinstance(error, public_addresses.PrivateError)
    said = "is in your own network, which listeners cannot reach" if private else _trouble(error)
    return Verdict(LinkState.UNSURE, _led(at, address, said), reached=private)


def _led(at: str, address: str, said: str) -> str:
    """Say where a redirect led, where what was seen is of that."""
    return said if at == plain(address) else f"leads to {at}, which {said}"


def _trouble(error: BaseException) -> str:
    if isinstance(error, exceptions.ProxyError | exceptions.ProxySchemeUnknown):
        return "could not be reached: the proxy of your network does not connect"
    if isinstance(error, exceptions.NewConnectionError):  # which calls itself a timeout too
        return "could not be reached: nothing answers there"
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return "does not answer in time"
    if isinstance(error, exceptions.SSLError):
        return "has a certificate that is not accepted"
    return "could not be reached: the connection broke"


def ask(addresses: Iterable[str], asker: Asker, progress: Progress) -> dict[str, Verdict]:
    """Ask for each address once, eight servers at a time, each one thing after the other.

    Where nothing at all was reached, this computer may be offline: then names seem not to be there.
    """
    by_host: dict[str, dict[str, list[str]]] = {}
    for address in addresses:
        by_host.setdefault(host(address), {}).setdefault(plain(address), []).append(address)
    silent = dict.fromkeys(by_host, 0)
    found: dict[str, Verdict] = {}

    def one(address: str) -> None:
        name = host(address)
        if silent[name] >= GIVE_UP:
            verdict = Verdict(LinkState.UNSURE, _SILENT, reached=False)
        else:
            verdict = asker.ask(address)
            silent[name] = 0 if verdict.reached else silent[name] + 1
        found.update(dict.fromkeys(by_host[name][address], verdict))
        progress.looked()

    rows = [list(each) for each in by_host.values()]
    progress.looking(sum(map(len, rows)))
    together(rows, one)
    return found
