"""Listening in the database: events as they arrived, the coverage derived from them, the place."""

from __future__ import annotations

import secrets
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from web.listening import coverage as covering
from web.listening import rules
from web.listening.rules import Known
from web.schema import coverage, events, listeners, media, places

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from web.listening.coverage import Coverage
    from web.listening.rules import Message, Sitting


TRIES = 3  # to find a number for a listener


class Recording(NamedTuple):
    """One version of an episode's audio; its length in tenths of a second."""

    number: int
    guid: str
    tenths: int


class Place(NamedTuple):
    """Where a learner was in an episode, in tenths of a second, and on which day."""

    guid: str
    tenths: int
    day: date


def begin(connection: Connection, learner: str) -> int:
    """Switch recording on; return the number of the listener, 0 if there is no such learner.

    It is a random one, not the next: a page that is still open must not speak for whoever would be
    given the number of somebody who left.
    """
    for _ in range(TRIES):
        if number := listener_of(connection, learner):
            return number
        row = {"number": 1 + secrets.randbelow(2**31 - 1), "learner": learner, "turn": 0}
        with suppress(IntegrityError), connection.begin_nested():  # taken, or twice at once
            connection.execute(insert(listeners).values(**row))
    return listener_of(connection, learner)


def listener_of(connection: Connection, learner: str) -> int:
    """Return the number of a learner who records, 0 where they do not."""
    found = connection.execute(select(listeners.c.number).where(listeners.c.learner == learner))
    return int(found.scalar_one_or_none() or 0)


def stop(connection: Connection, learner: str) -> None:
    """Switch recording off, and delete all that was recorded."""
    connection.execute(delete(listeners).where(listeners.c.learner == learner))


def recording(connection: Connection, guid: str, version: str, tenths: int) -> Recording:
    """Return a version of an episode's audio, added where it is new."""
    query = select(media).where(media.c.guid == guid, media.c.version == version)
    row = connection.execute(query).one_or_none()
    if row is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(media).values(guid=guid, version=version, tenths=tenths))
        except IntegrityError:
            pass  # somebody else opened it first
        row = connection.execute(query).one()
    return Recording(row.number, row.guid, row.tenths)


def find_recording(connection: Connection, number: int) -> Recording | None:
    """Return a recording by its number."""
    row = connection.execute(select(media).where(media.c.number == number)).one_or_none()
    return Recording(row.number, row.guid, row.tenths) if row else None


def sat(connection: Connection, sitting: Sitting) -> int:
    """Return how many tenths one opening of a page has sent so far."""
    mine = (events.c.listener == sitting.listener, events.c.sitting == sitting.name)
    query = select(func.coalesce(func.sum(events.c.tenths), 0)).where(*mine)
    return int(connection.execute(query).scalar_one())


def _tenths(runs: Coverage) -> int:
    return sum(end - start for start, end in runs)


def hear(
    connection: Connection, sitting: Sitting, of: Recording, message: Message, now: datetime
) -> bool:
    """Keep what a page says was heard; say whether the listener is still there.

    The listener's row is locked, so that messages that arrive at once are added one after another.
    A message that arrived before changes nothing; of one that claims more than can have been played
    since the page was opened, only the place is kept.
    """
    listener = sitting.listener
    locked = select(listeners.c.turn).where(listeners.c.number == listener).with_for_update()
    turn = connection.execute(locked).scalar_one_or_none()
    if turn is None:
        return False
    runs = covering.within(message.runs, of.tenths / covering.TENTHS)
    open_for, already = now.timestamp() - sitting.since, sat(connection, sitting)
    if not rules.fits(covering.seconds(runs), already / covering.TENTHS, open_for):
        runs = covering.NOTHING
    row = {"listener": listener, "sitting": sitting.name, "sequence": message.sequence}
    known = connection.execute(
        select(events.c.media).where(*(events.c[name] == value for name, value in row.items()))
    ).one_or_none()
    if known:
        return True
    connection.execute(
        insert(events).values(
            **row, media=of.number, runs=covering.pack(runs), tenths=_tenths(runs), day=now.date()
        )
    )
    _grow(connection, listener, of.number, runs)
    if message.place is not None:
        _move(connection, listener, of, message, {"turn": turn + 1, "day": now.date()})
    return True


def _grow(connection: Connection, listener: int, number: int, runs: Coverage) -> None:
    if not runs:
        return
    mine = (coverage.c.listener == listener, coverage.c.media == number)
    row = connection.execute(select(coverage).where(*mine)).one_or_none()
    if row is None:
        values = {"runs": covering.pack(covering.union(runs)), "played": _tenths(runs)}
        connection.execute(insert(coverage).values(listener=listener, media=number, **values))
        return
    try:
        before, played = covering.unpack(row.runs), row.played
    except covering.DamagedError:
        before, played = gathered(connection, listener, number)
        runs = ()  # it is among the events already
    grown = covering.pack(covering.union(before, runs))
    connection.execute(
        update(coverage).where(*mine).values(runs=grown, played=played + _tenths(runs))
    )


def gathered(connection: Connection, listener: int, number: int) -> tuple[Coverage, int]:
    """Return the coverage that the events of a listener give, and the tenths played in all."""
    mine = (events.c.listener == listener, events.c.media == number)
    rows = connection.execute(select(events.c.runs, events.c.tenths).where(*mine)).all()
    runs = covering.union(*(covering.unpack(row.runs) for row in rows))
    return runs, sum(row.tenths for row in rows)


def _move(
    connection: Connection, listener: int, of: Recording, message: Message, when: dict[str, Any]
) -> None:
    """Put the place where the page is; at the end the next time begins at the start."""
    at = min(message.place or 0, of.tenths)
    finished = int(message.ended and rules.at_end(at, of.tenths))
    mine = (places.c.listener == listener, places.c.guid == of.guid)
    values = {"tenths": 0 if finished else at, **when}
    done = connection.execute(
        update(places).where(*mine).values(**values, finished=places.c.finished + finished)
    )
    if not done.rowcount:
        row = {"listener": listener, "guid": of.guid, "finished": finished}
        connection.execute(insert(places).values(**row, **values))
    connection.execute(
        update(listeners).where(listeners.c.number == listener).values(turn=when["turn"])
    )


def say_elsewhere(connection: Connection, listener: int, guid: str, today: date) -> None:
    """Remember that a learner says they listened elsewhere; it counts as nothing else."""
    mine = (places.c.listener == listener, places.c.guid == guid)
    done = connection.execute(update(places).where(*mine).values(elsewhere=today))
    if not done.rowcount:
        row = {"listener": listener, "guid": guid, "tenths": 0, "turn": 0, "day": today}
        connection.execute(insert(places).values(**row, finished=0, elsewhere=today))


def newest_place(connection: Connection, listener: int) -> Place | None:
    """Return where a learner was last, in an episode that is not over."""
    row = connection.execute(
        select(places)
        .where(places.c.listener == listener, places.c.tenths > 0)
        .order_by(places.c.turn.desc())
        .limit(1)
    ).one_or_none()
    return Place(row.guid, row.tenths, row.day) if row else None


def known(connection: Connection, listener: int, versions: dict[str, str]) -> dict[str, Known]:
    """Return what is known of each episode; `versions` are the present recordings by guid."""
    found: dict[str, Known] = {}
    rows = connection.execute(
        select(coverage.c.runs, coverage.c.played, media.c.guid, media.c.version, media.c.tenths)
        .join(media, media.c.number == coverage.c.media)
        .where(coverage.c.listener == listener)
    )
    for row in rows:
        before = found.get(row.guid, Known(row.tenths))
        heard = _tenths(_readable(row.runs))
        if versions.get(row.guid, row.version) == row.version:
            found[row.guid] = before._replace(length=row.tenths, measured=heard, played=row.played)
        else:
            found[row.guid] = before._replace(earlier=before.earlier + heard)
    for row in connection.execute(select(places).where(places.c.listener == listener)):
        before = found.get(row.guid, Known(0))
        found[row.guid] = before._replace(
            finished=row.finished, elsewhere=row.elsewhere, place=row.tenths
        )
    return found


def _readable(runs: bytes) -> Coverage:
    """Return coverage, nothing where it is damaged: the next message or a rebuild mends it."""
    try:
        return covering.unpack(runs)
    except covering.DamagedError:
        return covering.NOTHING


def rebuild(connection: Connection) -> tuple[int, int]:
    """Derive all coverage from the events anew; return (how many there are, how many differed).

    Every listener is locked meanwhile: what a page reports waits until this is done.
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
        parts, tenths = zip(
            *((covering.unpack(row.runs), row.tenths) for row in group), strict=True
        )
        right = (covering.pack(covering.union(*parts)), sum(tenths))
        if right[1]:
            total += 1
            if kept.pop((listener, number), None) != right:
                changed.append((listener, number, *right))
    _replace(connection, [*kept], changed)
    return total, len(changed) + len(kept)


def _replace(
    connection: Connection,
    foreign: list[tuple[int, int]],
    changed: list[tuple[int, int, bytes, int]],
) -> None:
    """Put coverage in the place of what differed; what no event tells of goes."""
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

    These are counts of people: only `web/desk/figures.py` may see them.
    """
    each = (
        select(media.c.guid, events.c.listener)
        .join(media, media.c.number == events.c.media)
        .where(events.c.day.between(first, last))
        .group_by(media.c.guid, events.c.listener)
        .having(func.sum(events.c.tenths) >= rules.FEWEST)
        .subquery()
    )
    rows = connection.execute(select(each.c.guid, func.count()).group_by(each.c.guid))
    return dict(map(tuple, rows))


def active_in(connection: Connection, first: date, last: date) -> int:
    """Return how many heard anything in a span of days; see `heard_in`."""
    within = events.c.day.between(first, last)
    query = select(func.count(events.c.listener.distinct())).where(within, events.c.tenths > 0)
    return int(connection.execute(query).scalar_one())


def first_day(connection: Connection) -> date | None:
    """Return the first day on which anything was heard."""
    return connection.execute(select(func.min(events.c.day))).scalar_one_or_none()
