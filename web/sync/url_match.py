"""Compares web addresses as apps write them, exactly and shortened to host and path; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PORTS = {80, 443}
ASCII = "".join(map(chr, range(0x21, 0x7F)))
PLAIN = re.compile("[A-Za-z0-9._~-]")  # what is the same with a percent sign and without
ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
NOWHERE = "/"


class Address(NamedTuple):
    """An address in two forms, and what the shorter one leaves out."""

    exact: str
    place: str
    query: frozenset[str]
    fragment: str


def parse(address: str) -> Address:
    """Read an address; one that is none is at no place.

    These are one address (RFC 3986, 6.2.2): http and https, a host in capitals, the usual port,
    and a character that needs no percent sign with one. Everything else is another address.
    """
    try:
        parts = urlsplit(address.strip())
        path, query, fragment = (_escaped(each) for each in (parts.path, *parts[3:]))
        site = _site(parts)
    except ValueError:
        return Address("", NOWHERE, frozenset(), "")
    pieces = "/".join(
        part for part in unicodedata.normalize("NFC", unquote(path)).split("/") if part
    )
    host = (parts.hostname or "").removeprefix("www.")
    exact = f"{site}{path or '/'}?{query}#{fragment}"
    return Address(exact, f"{host}/{pieces}", frozenset(filter(None, query.split("&"))), fragment)


def _site(parts: SplitResult) -> str:
    scheme = parts.scheme.replace("https", "http")
    port = f":{parts.port}" if parts.port and parts.port not in PORTS else ""
    user = parts.netloc.rpartition("@")[0]
    return f"{scheme}://{user}@{parts.hostname or ''}{port}"


def _escaped(part: str) -> str:
    return ESCAPE.sub(_plain, quote(part, safe=ASCII))


def _plain(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if PLAIN.fullmatch(character) else escape[0].upper()


def agrees(ours: Address, theirs: Address) -> bool:
    """Return whether two addresses of one place contradict each other in nothing.

    More may be in the query of an app; of what is in ours, it may lack all and change nothing.
    """
    same_query = not theirs.query or ours.query <= theirs.query
    return same_query and (not theirs.fragment or ours.fragment in {"", theirs.fragment})


class Use(NamedTuple):
    """An address of an episode's recording, today or before."""

    guid: str
    address: Address
    is_former: bool


class Index:
    """Finds whose an address is; each answer names every episode that may be meant."""

    def __init__(self, uses: Iterable[tuple[str, str, bool]]) -> None:
        """Take (guid, address, whether it is a former one)."""
        self._written: dict[str, dict[str, bool]] = {}  # most apps send what the feed says
        self._exact: dict[str, dict[str, bool]] = {}
        self._places: dict[str, list[Use]] = {}
        self._names: dict[str, list[Use]] = {}
        self._hosts: set[str] = set()
        for guid, written, is_former in uses:
            use = Use(guid, parse(written), is_former)
            host, _, path = use.address.place.partition("/")
            if use.address.place == NOWHERE:
                continue
            self._hosts.add(host)
            for index, key in ((self._written, written), (self._exact, use.address.exact)):
                _note(index.setdefault(key, {}), guid, is_former)
            self._places.setdefault(use.address.place, []).append(use)
            self._names.setdefault(path.rpartition("/")[2], []).append(use)

    def exact(self, address: str) -> Mapping[str, bool]:
        """Return (guid: whether it is a former one) of the episodes that have this address."""
        exact = self._written.get(address) or self._exact.get(parse(address).exact)
        return exact or {}

    def shortened(self, address: str, *, by_name: bool) -> Mapping[str, bool]:
        """Return the same of an address of which only a part fits; `by_name`: of the file alone.

        Where several episodes share that part, all are named: none of them can be told apart.
        """
        theirs = parse(address)
        uses = self._places.get(theirs.place) or self._places.get(self._behind(theirs.place))
        name = theirs.place.rpartition("/")[2]
        if not uses and by_name and name:
            uses = self._names.get(name)
        found: dict[str, bool] = {}
        uses = uses or []
        is_alone = len({use.guid for use in uses}) == 1
        for use in uses:
            if not is_alone or agrees(use.address, theirs):
                _note(found, use.guid, use.is_former)
        return found

    def _behind(self, place: str) -> str:
        """Return what follows a host of ours in an address: others count downloads before it."""
        parts = place.split("/")
        for at in range(len(parts) - 1, 0, -1):
            if (host := parts[at].casefold().removeprefix("www.")) in self._hosts:
                return "/".join((host, *parts[at + 1 :]))
        return ""


def _note(found: dict[str, bool], guid: str, is_former: bool) -> None:
    found[guid] = found.get(guid, True) and is_former
