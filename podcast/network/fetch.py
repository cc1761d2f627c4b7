"""Sends a request, bounded in time, bytes and redirects. The only door to urllib3.

Nothing that a network or a server does raises from here: it becomes a `Trouble`.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions

from episodes.deadline import Deadline
from podcast.doctor.answers import Answer, Question, Trouble, host, joined, plain, web
from podcast.network import public_addresses
from podcast.network.http_client import Client

CONNECT, PATIENCE, ALTOGETHER = 10.0, 20.0, 90.0  # seconds: to connect, for a byte, for an answer
REDIRECTS = 10  # followed, so that a chain can be told
GIVE_UP = 5  # connections that fail one after the other, and a server is not asked again
CHUNK = 1 << 16
BEGINNING = 4_000  # bytes that are kept of a text over its limit
MOVED = {301, 302, 303, 307, 308}
_GONE = {Trouble.NAME, Trouble.REFUSED, Trouble.PROXY, Trouble.SLOW, Trouble.TLS}
_CERTIFICATE = {
    10: Trouble.EXPIRED,
    62: Trouble.STRANGER,
    64: Trouble.STRANGER,
}  # X509_V_ERR_*, as OpenSSL numbers them; all others are about who signed it
_CAUSES: tuple[tuple[type[BaseException], Trouble], ...] = (
    (exceptions.ProxyError, Trouble.PROXY),
    (exceptions.ProxySchemeUnknown, Trouble.PROXY),
    (exceptions.NameResolutionError, Trouble.NAME),
    (exceptions.NewConnectionError, Trouble.REFUSED),  # which calls itself a timeout too
    (exceptions.TimeoutError, Trouble.SLOW),
    (exceptions.SSLError, Trouble.TLS),
    (exceptions.IncompleteRead, Trouble.SHORT),
    (exceptions.LocationValueError, Trouble.ADDRESS),
)
RAISED = (exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)


class Fetcher:
    """Asks questions, from several threads at once; `close` it afterwards."""

    def __init__(self, parallel: int = 8, patience: float = PATIENCE) -> None:
        self._timeout = urllib3.Timeout(connect=min(CONNECT, patience), read=patience)
        self._client = Client(self._timeout, private=True, parallel=parallel)
        self._altogether = ALTOGETHER * patience / PATIENCE
        self._failed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def ask(self, question: Question) -> Answer:
        """Ask, follow redirects by hand, and return what came of it."""
        if not web(question.address):
            return Answer(trouble=Trouble.ADDRESS)
        if self._failed[host(question.address)] >= GIVE_UP:
            return Answer(trouble=Trouble.LOST)
        address, hops = plain(question.address), tuple[str, ...]()
        while True:
            answer = self._once(question._replace(address=address))._replace(hops=hops)
            to = joined(address, answer.header("location"))
            if answer.status not in MOVED or not answer.header("location"):
                return answer
            if not web(to):
                return Answer(hops=(*hops, to), trouble=Trouble.ASTRAY)
            if to in {*hops, plain(question.address)} or len(hops) == REDIRECTS:
                return Answer(hops=(*hops, to), trouble=Trouble.LOOP)
            address, hops = to, (*hops, to)

    def _once(self, question: Question) -> Answer:
        with Deadline(self._altogether) as deadline:
            try:
                answer = self._request(question)
            except RAISED as error:
                answer = Answer(trouble=trouble(error))
        if deadline.passed:  # without a length, an answer that was cut off looks whole
            answer = Answer(trouble=Trouble.SLOW)
        with self._lock:
            name = host(question.address)
            self._failed[name] = self._failed[name] + 1 if answer.trouble in _GONE else 0
        return answer

    def _request(self, question: Question) -> Answer:
        headers = {"User-Agent": "Earmark", "Accept": "*/*", **dict(question.headers)}
        response = self._client.request(question.method, question.address, headers)
        said = {name.lower(): value for name, value in response.headers.items()}
        body, cut, whole = b"", False, False
        try:
            if question.method != "HEAD":
                body, cut = _bounded(response, question.limit)
            whole = not cut
        finally:
            if whole:
                response.release_conn()
            else:  # what was not read would be taken for the next answer
                response.close()
        return Answer(response.status, said, body, cut=cut)

    def expiry(self, address: str) -> datetime | None:
        """Return when a server's certificate runs out; None where that cannot be seen.

        Behind a proxy it cannot: many show a certificate of their own.
        """
        if self._client.proxy(address):
            return None
        parts = urlsplit(address)
        connection = public_addresses.AnyTlsConnection(
            parts.hostname or "", parts.port or 443, timeout=CONNECT
        )
        try:
            with Deadline(2 * CONNECT):
                connection.connect()
            shown = (
                connection.sock.getpeercert() if isinstance(connection.sock, ssl.SSLSocket) else {}
            )
            until = str((shown or {})["notAfter"])
            return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
        except (*RAISED, KeyError):
            return None
        finally:
            connection.close()


def _bounded(response: urllib3.BaseHTTPResponse, limit: int) -> tuple[bytes, bool]:
    """Read at most so many bytes, and say whether there were more.

    Of a text that is larger than its limit only the beginning is kept: nobody reads the rest.
    """
    body = bytearray()
    while chunk := response.read1(min(CHUNK, limit - len(body) + 1)):
        body += chunk
        if len(body) > limit:
            return bytes(body[: min(limit, BEGINNING)]), True
    return bytes(body), False


def trouble(error: BaseException) -> Trouble:
    """Say what went wrong in our own words: an exception's text may hold what is private."""
    seen = error
    for _ in range(6):
        if isinstance(seen, ssl.SSLCertVerificationError):
            return _CERTIFICATE.get(seen.verify_code, Trouble.UNKNOWN)
        inner = next((each for each in seen.args if isinstance(each, BaseException)), None)
        deeper = inner or seen.__cause__
        if deeper is None:
            break
        seen = deeper
    causes = (cause for each in (error, seen) for kind, cause in _CAUSES
              if isinstance(each, kind))  # fmt: skip
    timed_out = isinstance(seen, TimeoutError)
    return next(causes, Trouble.SLOW if timed_out else Trouble.BROKEN)
