"""Sends HTTP requests to other people's servers: bounded in time, bytes and redirects.

Only public addresses are connected to, unless `private` allows others; each redirect is checked
again. Requests go through the proxy that the environment names. A proxy looks names up itself, so
it never gets a name that leads inside as far as this computer knows (docs/decisions/0037).
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.util import make_headers, parse_url

from episodes.deadline import Deadline
from episodes.text import charset
from podcast.network import public_addresses
from podcast.network.decompression import PackedError, unpack
from podcast.network.failures import RAISED, FetchError, failure_of, is_no_such_name
from podcast.network.messages import Failure, Hop, Request, Response, describe_status
from podcast.network.urls import clean_url, is_web_url, join_url, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONNECT, PATIENCE = 10.0, 20.0  # seconds: to connect, for a byte
TOTAL = 6  # times `PATIENCE`: for a whole response, or for each part of a stream that extends
SLOWEST = 4_000  # bytes per second, on average, below which a stream is given up
GRACE = 30  # seconds before a stream is called slow
FOLLOW = 5  # redirects
GIVE_UP = 5  # failing connections in succession, then a server is not asked again
PARALLEL = 8  # connections that are kept open
CHUNK = 1 << 16
BEGINNING = 4_000  # bytes that are kept of a body over its limit
_REDIRECTS = {301, 302, 303, 307, 308}
_UNREACHABLE = {Failure.NAME, Failure.REFUSED, Failure.PROXY, Failure.SLOW, Failure.TLS}
_ALONE = (("Connection", "close"),)


class Stream(NamedTuple):
    """A response whose body is still to be read: `chunks` are its bytes as they were sent."""

    status: int
    headers: dict[str, str]  # names in small letters
    url: str  # after all redirects
    chunks: Iterator[bytes]
    hops: tuple[Hop, ...] = ()

    @property
    def size(self) -> int | None:
        """The bytes that are to come, if the server gives them."""
        length = self.headers.get("content-length", "")
        return int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None

    def describe(self) -> str:
        """Return the meaning of a status without a usable body."""
        return describe_status(self.status, self.headers.get("retry-after", "").strip())


class Download(NamedTuple):
    """The bytes of a file, and the charset that the server names, or ""."""

    data: bytes
    charset: str = ""

    def text(self) -> tuple[str, str]:
        """Return the text, and what of it was lost: the end of a sentence, or ""."""
        head = self.data[:1024].decode("latin-1")
        page = charset.charset_named_in(head) if head.lstrip().startswith("<") else ""
        return charset.drop_unprintable(charset.decode(self.data, self.charset, page).text)


class Client:
    """Sends requests, from several threads at once; `close` it afterwards.

    `private` allows servers on this computer and in its network; `home` is a URL whose server is
    allowed wherever it is. `total` is in seconds.
    """

    def __init__(
        self, *, private: bool = False, home: str = "", patience: float = PATIENCE, total: float = 0
    ) -> None:
        timeout = urllib3.Timeout(connect=min(CONNECT, patience), read=patience)
        self._options: dict[str, Any] = {"timeout": timeout, "retries": False, "maxsize": PARALLEL}
        self._total = total or TOTAL * patience
        self._private, self._home = private, origin_of(home)
        self._proxies = getproxies()
        self._leads_inside = cache(public_addresses.leads_inside)
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._failed: Counter[str] = Counter()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.clear()

    @contextmanager
    def open(
        self, request: Request, *, follow: int = FOLLOW, extend: bool = False
    ) -> Iterator[Stream]:
        """Send a request, follow redirects, and yield the response unread. Raises FetchError."""
        with Deadline(self._total) as deadline:
            url = clean_url(request.url)
            if not is_web_url(url):
                raise FetchError(Failure.ADDRESS)
            raw, hops = self._follow(request._replace(url=url), follow, deadline)
            headers = {name.lower(): value for name, value in raw.headers.items()}
            chunks = self._chunks(raw, hops, deadline, extend=extend)
            try:
                yield Stream(raw.status, headers, hops[-1].url if hops else url, chunks, hops)
            finally:
                raw.close()  # a connection whose response was read whole is kept all the same

    def fetch(self, request: Request, *, follow: int = FOLLOW) -> Response:
        """Return the response with its body. Never raises because of a network or a server."""
        if self._failed[origin_of(request.url)] >= GIVE_UP:
            return Response(failure=Failure.LOST)
        try:
            with self.open(request, follow=follow) as stream:
                body, cut = _read(stream.chunks, request.limit)
            hops = tuple(hop.url for hop in stream.hops)
            response = Response(stream.status, stream.headers, body, hops, cut=cut)
        except FetchError as error:
            hops = tuple(hop.url for hop in error.hops)
            response = Response(hops=hops, failure=error.failure)
        origin = origin_of((request.url, *hops)[-1])
        with self._lock:
            failed = response.failure in _UNREACHABLE
            self._failed[origin] = self._failed[origin] + 1 if failed else 0
        return response

    def get(self, url: str, limit: int) -> bytes:
        """Return the file at a URL, decompressed. Raises FetchError."""
        return self.download(url, limit).data

    def download(self, url: str, limit: int) -> Download:
        """Return the file at a URL, decompressed, and its charset. Raises FetchError."""
        with self.open(Request(url, headers=_ALONE)) as stream:
            if stream.status not in {200, 203}:  # 203: a proxy has changed it
                raise FetchError(stream.describe())
            data, cut = _read(stream.chunks, limit)
        if cut:
            raise FetchError(f"is larger than {limit / 1e6:g} MB")
        try:
            data = unpack(data, stream.headers.get("content-encoding", ""), limit)
        except PackedError as error:
            raise FetchError(str(error)) from None
        return Download(data, charset.charset_named_in(stream.headers.get("content-type", "")))

    @contextmanager
    def stream(self, url: str, headers: dict[str, str] | None = None) -> Iterator[Stream]:
        """Request a large file, and yield the response unread. Raises FetchError.

        Each chunk sets a new deadline: the caller refuses what `is_too_slow`.
        """
        request = Request(url, headers=(*_ALONE, *(headers or {}).items()))
        with self.open(request, extend=True) as response:
            yield response

    def proxy_for(self, url: str) -> str:
        """Return the proxy that a URL is requested through; "" if its server is asked directly."""
        parts = urlsplit(url)
        proxy = self._proxies.get(parts.scheme.lower()) or self._proxies.get("all", "")
        host = parts.hostname or ""
        if not proxy or proxy_bypass(host) or proxy_bypass(parts.netloc.rpartition("@")[2]):
            return ""
        if self._leads_inside(host):
            return ""
        return proxy if "://" in proxy else f"http://{proxy}"

    def _follow(
        self, request: Request, follow: int, deadline: Deadline
    ) -> tuple[Any, tuple[Hop, ...]]:
        """Send a request and follow redirects; return urllib3's response and the hops."""
        hops: tuple[Hop, ...] = ()
        seen = {request.url}
        while True:
            raw = self._send(request, hops, deadline)
            location = raw.headers.get("location", "").strip()
            if raw.status not in _REDIRECTS or not location:
                return raw, hops
            raw.close()
            url = join_url(request.url, location)
            hops = (*hops, Hop(url, raw.status))
            if not is_web_url(url):
                raise FetchError(Failure.ASTRAY, hops)
            if url in seen or len(hops) > follow:
                raise FetchError(Failure.LOOP, hops)
            seen.add(url)
            request = request._replace(url=url)

    def _send(self, request: Request, hops: tuple[Hop, ...], deadline: Deadline) -> Any:
        """Return urllib3's response, unread and as it was sent."""
        headers = {"User-Agent": "Earmark", "Accept": "*/*", **dict(request.headers)}
        try:
            raw = self._pool(request.url).request(
                request.method, request.url, headers=headers, redirect=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
        except public_addresses.PrivateError:
            raise FetchError(Failure.PRIVATE, hops) from None
        except RAISED as error:
            raise _translated(error, hops, deadline) from None
        if deadline.passed:  # headers that were cut off look complete
            raw.close()
            raise FetchError(Failure.SLOW, hops)
        return raw

    def _chunks(
        self, raw: Any, hops: tuple[Hop, ...], deadline: Deadline, *, extend: bool
    ) -> Iterator[bytes]:
        try:
            while chunk := raw.read1(CHUNK):
                if extend:
                    deadline.extend(self._total)
                yield chunk
        except RAISED as error:
            raise _translated(error, hops, deadline) from None
        if deadline.passed:  # without a length, a connection that was cut off looks complete
            raise FetchError(Failure.SLOW, hops)

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Return the connections for a URL: to its proxy, to public servers, or to any."""
        proxy = self.proxy_for(url)
        anywhere = self._private or (self._home and origin_of(url) == self._home)
        key = proxy or ("anywhere" if anywhere else "public")
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._proxy_pool(proxy) if proxy else self._direct_pool(key)
            return self._pools[key]

    def _direct_pool(self, key: str) -> urllib3.PoolManager:
        pool = urllib3.PoolManager(**self._options)
        (public_addresses.watch if key == "anywhere" else public_addresses.limit_pool)(pool)
        return pool

    def _proxy_pool(self, proxy: str) -> urllib3.PoolManager:
        auth = parse_url(proxy).auth
        headers = make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        pool = urllib3.ProxyManager(proxy, proxy_headers=headers, **self._options)
        public_addresses.watch(pool)
        return pool


def is_too_slow(received: int, seconds: float) -> bool:
    """Return whether a stream is given up, after so many bytes and seconds."""
    return seconds > GRACE and received < seconds * SLOWEST


def _translated(error: BaseException, hops: tuple[Hop, ...], deadline: Deadline) -> FetchError:
    failure = Failure.SLOW if deadline.passed else failure_of(error)
    return FetchError(failure, hops, no_such_name=is_no_such_name(error))


def _read(chunks: Iterable[bytes], limit: int) -> tuple[bytes, bool]:
    """Return a body, and whether it was over its limit: then it is only the beginning."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return bytes(body[: min(limit, BEGINNING)]), True
    return bytes(body), False
