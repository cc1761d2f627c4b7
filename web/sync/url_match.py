"""Compares URLs as apps write them, exactly and shortened to host and path; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PORTS = {80, 443}
ASCII = "".join(map(chr, range(0x21, 0x7F)))
PLAIN = re.compile("[A-Za-z0-9._~-]")  # characters that mean the same percent-encoded or plain
ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
NOWHERE = "/"


class Address(NamedTuple):
    """A URL in two forms, and what the shorter one leaves out."""

    exact: str
    place: str
    query: frozenset[str]
    fragment: str


def parse(address: str) -> Address:
    """Parse a URL; one that is not valid has an empty place.

    These make no difference (RFC 3986, 6.2.2): http or https, capitals in the host, the default
    port, and percent-encoding of characters that do not need it. Everything else does.
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
    """Return whether the queries of two URLs of one place agree.

    The app's query may have more than ours, or nothing of ours, but no other values.
    """
    same_query = not theirs.query or ours.query <= theirs.query
    return same_query and (not theirs.fragment or ours.fragment in {"", theirs.fragment})


class Use(NamedTuple):
    """A URL of an episode's recording, present or former."""

    guid: str
    address: Address
    is_former: bool


class Index:
    """Finds the episodes to which a URL may belong; returns every candidate."""

    def __init__(self, uses: Iterable[tuple[str, str, bool]]) -> None:
        """Take (guid, URL, whether it is a former one)."""
        self._written: dict[str, dict[str, bool]] = {}  # most apps send the feed's own URLs
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
        """Return {guid: whether it is a former one} of the episodes that have this URL."""
        exact = self._written.get(address) or self._exact.get(parse(address).exact)
        return exact or {}

    def shortened(self, address: str, *, by_name: bool) -> Mapping[str, bool]:
        """Return the same if only a part of the URL fits; `by_name`: the file name alone.

        If several episodes share that part, all are returned: nobody can tell which is meant.
        """
        theirs = parse(address)
        uses = self._places.get(theirs.place) or self._places.get(self._behind(theirs.place))
        name = theirs.place.rpartition("/")[2]
        if not uses and by_name and name:
            uses = self._names.get(name)
        owners: dict[str, bool] = {}
        uses = uses or []
        is_alone = len({use.guid for use in uses}) == 1
        for use in uses:
            if not is_alone or agrees(use.address, theirs):
                _note(owners, use.guid, use.is_former)
        return owners

    def _behind(self, path: str) -> str:
        """Return the part of a URL from our host on: download counters put their own before it."""
        parts = path.split("/")
        for at in range(len(parts) - 1, 0, -1):
            if (host := parts[at].casefold().removeprefix("www.")) in self._hosts:
                return "/".join((host, *parts[at + 1 :]))
        return ""


def _note(owners: dict[str, bool], guid: str, is_former: bool) -> None:
    owners[guid] = owners.get(guid, True) and is_former
