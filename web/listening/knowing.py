"""What is known of a learner's listening, from their pages and their apps together."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from web.listening import coverage as covering
from web.listening.rules import Known
from web.schema import coverage, media, places, reported

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from web.listening.coverage import Coverage


class Place(NamedTuple):
    """Where a learner was in an episode, in tenths of a second, and on which day."""

    guid: str
    tenths: int
    day: date


class _At(NamedTuple):
    """A place and since when it is the place: the later stands, by its second and then its turn."""

    second: int
    turn: int
    tenths: int


def newest_place(connection: Connection, listener: int, offered: Collection[str]) -> Place | None:
    """Return where a learner was last, in an offered episode that is not over."""
    found = {
        guid: at
        for guid, at in _places(connection, listener).items()
        if at.tenths > 0 and guid in offered
    }
    if not found:
        return None
    guid, last = max(found.items(), key=lambda each: each[1])
    return Place(guid, last.tenths, datetime.fromtimestamp(last.second, UTC).date())


def _places(connection: Connection, listener: int) -> dict[str, _At]:
    """Return the place in each episode: of the page or of an app, whichever is later."""
    found: dict[str, _At] = {}
    mine = select(places).where(places.c.listener == listener, places.c.turn > 0)
    for row in connection.execute(mine):
        midnight = int(datetime.combine(row.day, time(), UTC).timestamp())
        found[row.guid] = _At(row.at or midnight, row.turn, row.tenths)
    theirs = (
        select(media.c.guid, reported.c.at, reported.c.place)
        .join(media, media.c.number == reported.c.media)
        .where(reported.c.listener == listener, reported.c.at > 0)
    )
    for row in connection.execute(theirs):
        told = _At(row.at, 0, row.place)
        found[row.guid] = max(found.get(row.guid, told), told)
    return found


def known(connection: Connection, listener: int, versions: dict[str, str]) -> dict[str, Known]:
    """Return what is known of each episode; `versions` are the present recordings by guid."""
    found: dict[str, Known] = {}
    for part in _parts(connection, listener):
        before = found.get(part.guid, Known(part.length))
        present = versions.get(part.guid, part.version) == part.version
        found[part.guid] = _with(before, part) if present else _with_earlier(before, part)
    for guid, at in _places(connection, listener).items():
        found[guid] = found.get(guid, Known(0))._replace(place=at.tenths)
    for row in connection.execute(select(places).where(places.c.listener == listener)):
        before = found.get(row.guid, Known(0))
        found[row.guid] = before._replace(finished=row.finished, elsewhere=row.elsewhere)
    return found


class _Part(NamedTuple):
    """What is known of one recording; lengths in tenths."""

    guid: str
    version: str
    length: int
    measured: Coverage = covering.NOTHING
    played: int = 0
    reported: Coverage = covering.NOTHING
    played_elsewhere: int = 0
    furthest: int = 0
    ended: int = 0


def _parts(connection: Connection, listener: int) -> Iterator[_Part]:
    found: dict[int, _Part] = {}
    of = (media.c.number, media.c.guid, media.c.version, media.c.tenths)
    here = select(*of, coverage).join(media, media.c.number == coverage.c.media)
    for row in connection.execute(here.where(coverage.c.listener == listener)):
        part = _Part(row.guid, row.version, row.tenths)
        found[row.number] = part._replace(measured=_readable(row.runs), played=row.played)
    told = select(*of, reported).join(media, media.c.number == reported.c.media)
    for row in connection.execute(told.where(reported.c.listener == listener)):
        part = found.get(row.number, _Part(row.guid, row.version, row.tenths))
        found[row.number] = part._replace(
            reported=_readable(row.runs),
            played_elsewhere=row.played,
            furthest=row.furthest,
            ended=row.finished,
        )
    yield from found.values()


def _with(before: Known, part: _Part) -> Known:
    return before._replace(
        length=part.length,
        measured=covering.tenths(part.measured),
        played=part.played + part.played_elsewhere,
        reported=covering.tenths(part.reported),
        heard=covering.tenths(covering.union(part.measured, part.reported)),
        furthest=part.furthest,
        ended=part.ended,
    )


def _with_earlier(before: Known, part: _Part) -> Known:
    heard = covering.tenths(covering.union(part.measured, part.reported))
    measured = covering.tenths(part.measured)
    return before._replace(
        earlier=before.earlier + measured,
        earlier_reported=before.earlier_reported + heard - measured,
    )


def _readable(runs: bytes) -> Coverage:
    """Return coverage, nothing where it is damaged: the next message or a rebuild mends it."""
    try:
        return covering.unpack(runs)
    except covering.DamagedError:
        return covering.NOTHING
