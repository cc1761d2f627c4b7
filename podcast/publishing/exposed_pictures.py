"""Finds public files of earlier releases whose pictures reveal where or by whom they were taken.

Earlier versions of Earmark published what a phone writes into a picture. Such files are deleted at
once, not after thirty days. Only the beginning of each file is read, and only once; files of this
version are bare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes import site_layout
from episodes.audio import id3_lint
from episodes.errors import EarmarkError
from episodes.pictures import metadata
from podcast.building import artwork
from podcast.parallel import for_each

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from podcast.publishing.release import Row
    from podcast.publishing.session import PublishSession, TargetState

NAME, VERSION = "bare.json", "1"
FIRST = 1 << 16  # bytes at the start of a recording, where the tag gives its own length
MOST = 100_000_000  # bytes of a picture that are read


def find_exposed(
    session: PublishSession, state: TargetState, built: Collection[str]
) -> tuple[str, ...]:
    """Return the public files, apart from `built`, whose pictures reveal more than they show.

    Raises TargetError.
    """
    known, there = _known(session), state.listing
    old = [name for name in there if name not in built and artwork.is_name(name)]
    old = [name for name in old if known.get(name) != there[name].mark]
    exposed: list[str] = []

    def inspect(name: str) -> None:
        if any(map(_reveals_more, _pictures(session, name, there[name].size))):
            exposed.append(name)

    for_each(old, inspect, session.target.parallel)
    if old:
        bare = {name: there[name].mark for name in {*old}.difference(exposed)}
        _save(session, {name: mark for name, mark in known.items() if name in there} | bare)
    return tuple(sorted(exposed))


def remember_bare(session: PublishSession, rows: Mapping[str, Row]) -> None:
    """Record that the files just published are bare: the build strips every picture."""
    names = {name: row[2] for name, row in rows.items() if artwork.is_name(name)}
    if not names.items() <= (known := _known(session)).items():
        _save(session, known | names)


def _known(session: PublishSession) -> dict[str, str]:
    """Return the mark of each file at this target that is known to be bare."""
    targets = session.store.load(NAME, VERSION).get("places")
    known = targets.get(session.destination) if isinstance(targets, dict) else None
    return known if isinstance(known, dict) else {}


def _save(session: PublishSession, known: dict[str, str]) -> None:
    targets = session.store.load(NAME, VERSION).get("places")
    others = targets if isinstance(targets, dict) else {}
    session.store.save(NAME, {"places": {**others, session.destination: known}}, VERSION)


def _pictures(session: PublishSession, name: str, size: int) -> Iterable[bytes]:
    if name.startswith(site_layout.ART):
        return [session.target.head(name, min(size, MOST))]
    head = session.target.head(name, FIRST)
    tag = id3_lint.tag_size(head) or artwork.HEAD
    if len(head) < min(size, tag):
        head = session.target.head(name, min(size, tag, artwork.HEAD))
    return id3_lint.pictures_in(head)


def _reveals_more(picture: bytes) -> bool:
    """Return whether a picture has more in it than a picture and its colour profile."""
    try:
        return bool(metadata.split_picture(picture).left_out)
    except EarmarkError:  # not a picture, or longer than what was read
        return False
