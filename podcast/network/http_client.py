"""Sends HTTP requests: through the proxy that the environment names, else directly.

A proxy looks names up itself, so what leads inside as far as this computer knows is never given to
it, but asked directly, where that is allowed (docs/decisions/0037).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.util import make_headers, parse_url

from podcast.network import public_addresses

if TYPE_CHECKING:
    from collections.abc import Mapping


class Client:
    """Sends requests, from several threads at once; `close` it afterwards.

    `private` allows addresses of this computer and of its network.
    """

    def __init__(self, timeout: urllib3.Timeout, *, private: bool, parallel: int = 8) -> None:
        self._given: dict[str, Any] = {"timeout": timeout, "retries": False, "maxsize": parallel}
        self._direct = urllib3.PoolManager(**self._given)
        public_addresses.watch(self._direct) if private else public_addresses.limit_pool(
            self._direct
        )
        self._proxies = getproxies()
        self._inside = cache(public_addresses.leads_inside)
        self._managers: dict[str, urllib3.PoolManager] = {}

    def close(self) -> None:
        """Close every connection."""
        for each in (self._direct, *self._managers.values()):
            each.clear()

    def request(self, method: str, address: str, headers: Mapping[str, str]) -> Any:
        """Ask, and return the answer unread and as it was sent; redirects are not followed.

        Raises PrivateError, and what urllib3 raises.
        """
        proxy = self.proxy(address)
        pool = self._manager(proxy) if proxy else self._direct
        return pool.request(
            method, address, headers=dict(headers), redirect=False, preload_content=False,
            decode_content=False,
        )  # fmt: skip

    def proxy(self, address: str) -> str:
        """Return the proxy that is asked for an address; "" where its server is asked directly."""
        parts = urlsplit(address)
        named = self._proxies.get(parts.scheme.lower()) or self._proxies.get("all", "")
        host = parts.hostname or ""
        if not named or proxy_bypass(host) or proxy_bypass(parts.netloc.rpartition("@")[2]):
            return ""
        return "" if self._inside(host) else _whole(named)

    def _manager(self, proxy: str) -> urllib3.PoolManager:
        if proxy not in self._managers:
            auth = parse_url(proxy).auth
            headers = make_headers(proxy_basic_auth=unquote(auth)) if auth else None
            made = urllib3.ProxyManager(proxy, proxy_headers=headers, **self._given)
            public_addresses.watch(made)
            self._managers[proxy] = made
        return self._managers[proxy]


def _whole(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"
