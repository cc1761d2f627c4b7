"""Stores listening events as they arrived, the coverage derived from them, and the position.

progress.py combines this with what apps reported.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from web.accounts import erasure_store
from web.database.refusals import GoneError
from web.listening import coverage as covering
from web.listening import rules
from web.schema import coverage, events, learners, listeners, media, places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from web.listening.coverage import Coverage


TRIES = 3  # to find a number for a listener


class RecordingVersion(NamedTuple):
    """One version of an episode's audio; its length in tenths of a second."""

    number: int
    guid: str
    tenths: int


def start_record(connection: Connection, learner: str) -> int:
    """Turn the listening record on; return the listener's number. Raises GoneError.

    The number is random: a page that is still open must not report for the next person, who would
    get the number of somebody who left.
    """
    for _ in range(TRIES):
        if number := listener_of(connection, learner):
            return number
        if erasure_store.is_erased(connection, learner):
            break
        row = {"number": 1 + secrets.randbelow(2**31 - 1), "learner": learner, "turn": 0}
        with suppress(IntegrityError), connection.begin_nested():  # taken, or twice at once
            connection.execute(insert(listeners).values(**row))
    if number := listener_of(connection, learner):
        return number
    raise GoneError("there is no such learner")


def listener_of(connection: Connection, learner: str) -> int:
    """Return the number of a learner with a listening record, 0 if they have none."""
    result = connection.execute(select(listeners.c.number).where(listeners.c.learner == learner))
    return int(result.scalar_one_or_none() or 0)


def recording(connection: Connection, guid: str, version: str, tenths: int) -> RecordingVersion:
    """Return a version of an episode's audio, added if it is new."""
    query = select(media).where(media.c.guid == guid, media.c.version == version)
    row = connection.execute(query).one_or_none()
    if row is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(media).values(guid=guid, version=version, tenths=tenths))
        except IntegrityError:
            pass  # somebody else opened it first
        row = connection.execute(query).one()
    return RecordingVersion(row.number, row.guid, row.tenths)


def gathered(connection: Connection, listener: int, number: int) -> tuple[Coverage, int]:
    """Return the coverage that the events of a listener give, and the tenths played in all."""
    mine = (events.c.listener == listener, events.c.media == number)
    rows = connection.execute(select(events.c.runs, events.c.tenths).where(*mine)).all()
    runs = covering.union(*(covering.readable(row.runs) for row in rows))
    return runs, sum(row.tenths for row in rows)


def say_elsewhere(connection: Connection, listener: int, guid: str, today: date) -> None:
    """Record that a learner says they listened elsewhere; it does not count as listening."""
    mine = (places.c.listener == listener, places.c.guid == guid)
    statement = update(places).where(*mine).values(elsewhere=today)
    if connection.execute(statement).rowcount:
        return
    row = {"listener": listener, "guid": guid, "tenths": 0, "turn": 0, "day": today}
    try:
        with connection.begin_nested():
            connection.execute(insert(places).values(**row, finished=0, elsewhere=today))
    except IntegrityError:  # twice at once
        connection.execute(statement)


def rebuild(connection: Connection) -> tuple[int, int]:
    """Derive all coverage from the events again; return (how many there are, how many differed).

    Every listener is locked during this: reports of pages wait until it is done.
    """
    connection.execute(select(listeners.c.number).order_by(listeners.c.number).with_for_update())
    rows = connection.execute(
        select(events.c.listener, events.c.media, events.c.runs, events.c.tenths)
        .order_by(events.c.listener, events.c.media)
        .execution_options(yield_per=10_000)
    )
    kept = {
        (row.listener, row.media): (row.runs, row.played)
        for row in connection.execute(select(coverage))
    }
    total, changed = 0, []
    for (listener, number), group in groupby(rows, key=lambda row: (row.listener, row.media)):
        right = _right(group, kept.get((listener, number), (b"", 0))[0])
        if right[1]:
            total += 1
            if kept.pop((listener, number), None) != right:
                changed.append((listener, number, *right))
    _replace(connection, [*kept], changed)
    return total, len(changed) + len(kept)


def _right(reports: Iterable[Any], before: bytes) -> tuple[bytes, int]:
    """Return the union of reports; if one is damaged, the coverage so far stays."""
    parts, tenths = [], 0
    for row in reports:
        try:
            parts.append(covering.unpack(row.runs))
        except covering.DamagedError:
            parts.append(covering.readable(before))
        tenths += row.tenths
    return covering.pack(covering.union(*parts)), tenths


def _replace(
    connection: Connection,
    foreign: list[tuple[int, int]],
    changed: list[tuple[int, int, bytes, int]],
) -> None:
    """Replace the coverage that differed, and delete coverage without events."""
    for listener, number in [*foreign, *((each[0], each[1]) for each in changed)]:
        connection.execute(
            delete(coverage).where(coverage.c.listener == listener, coverage.c.media == number)
        )
    if changed:
        names = ("listener", "media", "runs", "played")
        connection.execute(
            insert(coverage), [dict(zip(names, each, strict=True)) for each in changed]
        )


def heard_in(connection: Connection, first: date, last: date) -> dict[str, int]:
    """Return how many heard at least a minute of each episode in a span of days.

    Only of those who joined before it: nobody makes accounts once they know what to ask. These are
    counts of people: only `web/figures/` may see them.
    """
    each = (
        select(media.c.guid, events.c.listener)
        .join(media, media.c.number == events.c.media)
        .where(events.c.day.between(first, last))
        .group_by(media.c.guid, events.c.listener)
        .having(func.sum(events.c.tenths) >= rules.FEWEST)
        .subquery()
    )
    counts = (
        select(each.c.guid, func.count())
        .join(listeners, listeners.c.number == each.c.listener)
        .join(learners, learners.c.id == listeners.c.learner)
        .where(learners.c.joined < first)
        .group_by(each.c.guid)
    )
    return dict(map(tuple, connection.execute(counts)))
