"""Tells which network an IP address is of, so that attempts are counted by who makes them; pure.

One household or server has a whole /64 of IPv6 and as many addresses as it likes; many have a /48.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

SOFTER = (
    4  # times what one /64 may do is what a /48 may: a hospital, or a tenant with many networks
)
# As proxies write an address with its port, which is another one for every connection.
_WITH_PORT = re.compile(r'"?(?:\[([^]]*)\]|([^:]*))(?::\d+)?"?')
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def networks(address: str) -> list[tuple[str, int]]:
    """Return the networks by which an address is counted, each with how many times a limit."""
    try:
        parsed = ip_address(_host(address.strip()).partition("%")[0])
    except ValueError:
        return [(address, 1)]
    if isinstance(parsed, IPv6Address):
        inside = _within(parsed)
        if inside is None:
            return [(_network(parsed, 64), 1), (_network(parsed, 48), SOFTER)]
        parsed = inside
    return [(str(parsed), 1)]


def _host(address: str) -> str:
    match = _WITH_PORT.fullmatch(address)
    return (match[1] or match[2] or "") if match else address


def _within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that IPv6 only carries (mapped, 6to4, Teredo, NAT64)."""
    number = int(address)
    if any(address in network for network in _NAT64) or 1 < number < 2**32:
        return IPv4Address(number & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _network(address: IPv6Address, bits: int) -> str:
    return str(IPv6Network((address, bits), strict=False))
