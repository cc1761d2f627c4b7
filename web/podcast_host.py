"""Checks where the companion's podcast is, at the start and whenever its catalogue was read.

A browser keeps two sites apart by scheme, host and port, never by path. On one host name any file
of the podcast could read what the companion shows to anyone who is signed in. Cookies are kept
apart by host name alone: the server on another port gets those of the companion (RFC 6265, 8.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from episodes.errors import EarmarkError
from episodes.text.quantities import quantity
from web import published_show
from web.settings import FILE, LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from episodes.catalogue import Catalogue
    from web.settings import Settings

WEB_PORTS = {None, 80, 443}  # http and https of one host name are one server


def check(settings: Settings) -> list[str]:
    """Return what the operator should know of the podcast.

    Raises EarmarkError if a catalogue of this computer cannot be read, or if the podcast is on the
    companion's own host name. A catalogue of the web may come later: notes do not wait for it.
    """
    if not settings.catalogue:
        return []
    is_web = published_show.is_web(settings.catalogue)
    lines = _shared(settings, [settings.catalogue] if is_web else [])
    try:
        catalogue = published_show.read(settings.catalogue)
    except EarmarkError as error:
        if not is_web:
            raise
        later = f"The companion starts, and tries again every {published_show.SOON} seconds."
        return [*lines, f"There are no episodes yet: {error}. {later}"]
    lines = lines or _shared(settings, _addresses(catalogue))
    return [*lines, f"{quantity(len(catalogue.episodes), 'episode')} of “{catalogue.show.title}”."]


def warning(settings: Settings, catalogue: Catalogue) -> str:
    """Return what to log of a catalogue that was read while the companion runs, "" if it is fine.

    The podcast may have moved since the start, or its catalogue could not be read then. The
    companion goes on: the files of the podcast stay where they are if it stops.
    """
    shared = _shared_address(settings, _addresses(catalogue))
    if shared is None or settings.podcast_shares_host:
        return ""
    return f"{_risk(settings, shared)}. Give one of them another host name, and restart"


def _addresses(catalogue: Catalogue) -> Iterator[str]:
    """Yield every address from which the podcast serves files."""
    yield catalogue.show.address
    yield catalogue.show.feed
    for each in catalogue.episodes:
        if each.media and "://" in each.media.file:
            yield each.media.file


def _shared(settings: Settings, addresses: Iterable[str]) -> list[str]:
    """Return a warning if one of these is on the companion's own host name and that is accepted.

    Raises EarmarkError if nobody accepted it.
    """
    shared = _shared_address(settings, addresses)
    if shared is None:
        return []
    risk = _risk(settings, shared)
    if settings.podcast_shares_host:
        return [f"Warning: {risk}. {FILE} accepts this with podcast_shares_host."]
    raise EarmarkError(
        f"{settings.folder / FILE}: address: {risk}. Give the companion a name of its own, such as "
        "https://notes.example.org/. If you accept the risk, write podcast_shares_host = true "
        "above [secrets]"
    )


def _shared_address(settings: Settings, addresses: Iterable[str]) -> str | None:
    name, port = _host(settings.address)
    shared = [each for each in addresses if _host(each)[0] == name]
    same = [each for each in shared if _host(each)[1] == port]
    # On one's own computer nobody else has a port, and to try it another one is enough.
    return next(iter(same or ([] if name in LOOPBACK else shared)), None)


def _risk(settings: Settings, shared: str) -> str:
    both = f"the podcast ({shared}) and this companion ({settings.address}) have the same host name"
    if _host(shared) == _host(settings.address):
        risk = "Any file of the podcast can then read the notes of everyone who is signed in"
        return f"{both}. {risk}"
    return (
        f"{both}. Browsers send a cookie to every port of a name. The podcast's server then gets "
        "the cookies that open notes, and any file of the podcast can replace them"
    )


def _host(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    return (parts.hostname or "").rstrip("."), None if parts.port in WEB_PORTS else parts.port
