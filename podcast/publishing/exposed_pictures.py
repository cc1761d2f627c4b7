"""Finds files of earlier releases that are public and say more of a picture than it shows.

Earlier versions published what a phone writes into a picture. Such files go at once, not after
thirty days. Only heads are read, and none twice: what this version builds is known to be bare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.audio import id3_lint
from episodes.errors import EarmarkError
from episodes.pictures import metadata
from podcast.building import artwork
from podcast.publishing import upload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from podcast.publishing.release import Row
    from podcast.publishing.session import PublishSession, TargetState

NAME, VERSION = "bare.json", "1"
FIRST = 1 << 16  # bytes of a recording in which its tag says how long it is
MOST = 100_000_000  # bytes of a picture


def find_exposed(
    session: PublishSession, state: TargetState, built: Collection[str]
) -> tuple[str, ...]:
    """Return the names of public files whose pictures say more than they show, none of `built`.

    Raises TargetError.
    """
    known, there = _known(session), state.listing
    old = [name for name in there if name not in built and artwork.is_name(name)]
    old = [name for name in old if known.get(name) != there[name].mark]
    found: list[str] = []

    def look(name: str) -> None:
        if any(map(_says_more, _pictures(session, name, there[name].size))):
            found.append(name)

    upload.for_each(session.target, look, old)
    if old:
        bare = {name: there[name].mark for name in {*old}.difference(found)}
        _save(session, {name: mark for name, mark in known.items() if name in there} | bare)
    return tuple(sorted(found))


def remember_bare(session: PublishSession, rows: Mapping[str, Row]) -> None:
    """Write down that what was just published is bare: the build looked at every picture."""
    names = {name: row[2] for name, row in rows.items() if artwork.is_name(name)}
    if not names.items() <= (known := _known(session)).items():
        _save(session, known | names)


def _known(session: PublishSession) -> dict[str, str]:
    """Return the mark of each file that is known to be bare at this target."""
    places = session.store.load(NAME, VERSION).get("places")
    known = places.get(session.destination) if isinstance(places, dict) else None
    return known if isinstance(known, dict) else {}


def _save(session: PublishSession, known: dict[str, str]) -> None:
    places = session.store.load(NAME, VERSION).get("places")
    others = places if isinstance(places, dict) else {}
    session.store.save(NAME, {"places": {**others, session.destination: known}}, VERSION)


def _pictures(session: PublishSession, name: str, size: int) -> Iterable[bytes]:
    if name.startswith(site_layout.ART):
        return [session.target.head(name, min(size, MOST))]
    head = session.target.head(name, FIRST)
    tag = id3_lint.tag_size(head) or artwork.HEAD
    if len(head) < min(size, tag):
        head = session.target.head(name, min(size, tag, artwork.HEAD))
    return id3_lint.pictures_in(head)


def _says_more(picture: bytes) -> bool:
    """Return whether a picture holds anything but a picture; a profile names only colours."""
    try:
        return bool(metadata.split_picture(picture).left_out)
    except EarmarkError:  # another kind of file, or one that is longer than we read
        return False
