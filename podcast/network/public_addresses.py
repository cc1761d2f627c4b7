"""Limits connections to the public internet, whatever a stranger's feed, link or redirect names.

Each name is looked up once, and the connection is made to the addresses that were checked, so that
no second answer of DNS leads elsewhere. A name with any address of this computer or of its network
is refused before anything is sent.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from episodes.deadline import Watched, in_time

if TYPE_CHECKING:
    from urllib3 import PoolManager

MOST = 4  # addresses of one name that are tried
LOOKUP = 5.0  # seconds to look a name up that a proxy is asked for
# Where the last four bytes are an IPv4 address (RFC 6052, 4291).
_INNER = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "::/96")]
_PUBLIC = ipaddress.ip_network("2000::/3")  # all that IANA gives out; others are local or unused
_LOCAL = ipaddress.ip_network("192.0.0.0/24")  # clouds answer there; old versions of Python do not


class PrivateError(Exception):
    """A host name has an address of this computer or its network."""


def limit_pool(pool: PoolManager) -> None:
    """Limit the connections of a pool to public addresses and to the deadline of their thread.

    A connection to this computer or its network raises PrivateError.
    """
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def watch(pool: PoolManager) -> None:
    """Limit the connections of a pool to the deadline of their thread, not to public addresses."""
    pool.pool_classes_by_scheme = {"http": _AnyPool, "https": _AnyTlsPool}


def allowed(address: str) -> bool:
    """Return whether an IP address is public, whatever other address contains it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if any(ip in each for each in _INNER):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return allowed(str(inner))
        return ip.is_global and ip in _PUBLIC
    return ip.is_global and not ip.is_multicast and ip not in _LOCAL


def leads_inside(host: str) -> bool:
    """Return whether DNS gives a host an address of this computer or its network.

    A name without an answer, or without one in time, may be known to a proxy.
    """
    try:
        addresses = in_time(lambda: _addresses(host, None), LOOKUP, lambda _: None)
    except (OSError, UnicodeError):
        return False
    return not all(map(allowed, addresses))


def _addresses(host: str, port: int | None) -> list[str]:
    rows = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _reach(to: HTTPConnection) -> socket.socket:
    """Resolve a name, refuse private addresses, and connect to those that were checked."""
    addresses = _addresses(to.host, to.port)
    if not all(map(allowed, addresses)):
        raise PrivateError(to.host)
    last = OSError(f"{to.host} has no address")
    for address in addresses[:MOST]:
        try:
            return create_connection(
                (address, to.port), to.timeout, to.source_address, to.socket_options
            )
        except OSError as error:
            last = error
    raise last


def _connect(to: HTTPConnection) -> socket.socket:
    """Connect, and raise the errors of urllib3."""
    try:
        return _reach(to)
    except socket.gaierror as error:
        raise exceptions.NameResolutionError(to.host, to, error) from error
    except TimeoutError as error:
        raise exceptions.ConnectTimeoutError(to, str(error)) from error
    except OSError as error:
        raise exceptions.NewConnectionError(to, str(error)) from error


class _Checked(HTTPConnection):
    def _new_conn(self) -> socket.socket:  # the name stays, for Host
        return _connect(self)


class _TlsChecked(HTTPSConnection):
    def _new_conn(self) -> socket.socket:  # and for the certificate
        return _connect(self)


class _Connection(Watched, _Checked):
    pass


class _TlsConnection(Watched, _TlsChecked):
    pass


class AnyConnection(Watched, HTTPConnection):
    """A connection to anywhere that ends with the deadline of its thread."""


class AnyTlsConnection(Watched, HTTPSConnection):
    """The same, encrypted."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _AnyPool(HTTPConnectionPool):
    ConnectionCls = AnyConnection


class _AnyTlsPool(HTTPSConnectionPool):
    ConnectionCls = AnyTlsConnection
