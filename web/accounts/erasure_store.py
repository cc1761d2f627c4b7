"""Deletes learners and listening records: first out of reach, then row by row in short steps.

The first transaction destroys the keys and every way in, and writes the id into `erased`. From
then on nobody sees any of it. Rows follow a few at a time, so that nobody else waits for the
database. If the process is killed, the next start of the server, and `earmark web purge`, carry on.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, tuple_, update

from web import crypto
from web.database.refusals import AwayError
from web.schema import (
    app_passwords,
    coverage,
    erased,
    events,
    learners,
    listeners,
    places,
    reflections,
    reported,
    sessions,
    sync_accounts,
    sync_actions,
    sync_devices,
)

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Column, Connection, Table

    from web.database.engine import Database

log = logging.getLogger("earmark.web")
ROWS = 1000  # deleted in one transaction
NOTE = 10  # rows that a note counts for: its text takes that much longer
GONE = -(2**62)  # a listener's turn from which no report can lead back
OWNER = "listener"
SOON = 1.0  # seconds for which the one who deletes waits for the rows


class _Part(NamedTuple):
    """Rows of a learner or a listener in one table."""

    table: Table
    owner: Column[Any]
    key: tuple[Column[Any], ...]
    """What orders the rows of one owner."""
    weight: int = 1


PARTS = (
    *(
        _Part(table, table.c.listener, tuple(key for key in table.primary_key if key.name != OWNER))
        for table in (sync_actions, events, coverage, places, reported, sync_devices)
    ),
    _Part(reflections, reflections.c.learner, (reflections.c.number,), NOTE),
)  # fmt: skip


class _Place(NamedTuple):
    """How far the deletion of a learner is: in which part, and after which key."""

    learner: str
    part: int = 0
    after: tuple[Any, ...] = ()


def erase_learner(connection: Connection, learner: str, today: date) -> None:
    """Put a learner and all their data out of reach; `finish` deletes the rows."""
    changed = update(learners).where(learners.c.id == learner).values(**_unknown(learner))
    if not connection.execute(changed).rowcount or is_erased(connection, learner):
        return
    connection.execute(insert(erased).values(id=learner, on=today))
    connection.execute(delete(sessions).where(sessions.c.learner == learner))
    erase_record(connection, learner, today)


def erase_record(connection: Connection, learner: str, today: date) -> None:
    """Put a listening record out of reach, with the apps that are connected."""
    mine = select(listeners.c.number).where(listeners.c.learner == learner)
    number = connection.execute(mine.with_for_update()).scalar_one_or_none()
    if number is None:
        return
    for table in (app_passwords, sync_accounts):
        connection.execute(delete(table).where(table.c.listener == number))
    # It becomes the record of an account that nobody can open, and that is erased already.
    nobody = secrets.token_hex(16)
    connection.execute(
        insert(learners).values(id=nobody, joined=today, seen=today, **_unknown(nobody))
    )
    connection.execute(insert(erased).values(id=nobody, on=today))
    moved = update(listeners).where(listeners.c.number == number)
    connection.execute(moved.values(learner=nobody, turn=GONE))


def _unknown(learner: str) -> dict[str, bytes]:
    """Return the lookup and the wrapped key of an account that no phrase opens."""
    wrapped = crypto.seal(crypto.random(), crypto.random(), learner, "data key")
    return {"lookup": crypto.random(), "wrapped": wrapped}


def is_erased(connection: Connection, learner: str) -> bool:
    """Return whether a learner's data is being deleted, or has been."""
    query = select(erased.c.id).where(erased.c.id == learner)
    return connection.execute(query).one_or_none() is not None


def finish(database: Database, seconds: float = inf) -> bool:
    """Delete the rows of all who are erased, for so long; return whether none is left.

    Others get as much of the database's time as these steps.
    """
    until = time.monotonic() + seconds
    position: _Place | None = None
    while True:
        began = time.monotonic()
        with database.writing() as connection:
            position = _delete_some(connection, position or _first(connection))
        if position is None:
            return True
        ended = time.monotonic()
        if ended >= until:
            return False
        time.sleep(ended - began)


def finish_soon(database: Database) -> None:
    """Delete the rows of those who are erased: for a moment at once, the rest in the background."""
    try:
        done = finish(database, SOON)
    except AwayError:  # they are out of reach already
        done = False
    if not done:
        begin_finishing(database)


def begin_finishing(database: Database) -> None:
    """Delete in the background what is left of those who are erased."""
    threading.Thread(target=_finish_quietly, args=(database,), name="erase", daemon=True).start()


def _finish_quietly(database: Database) -> None:
    try:
        finish(database)
    except AwayError as error:
        log.warning("what was deleted leaves rows; `earmark web purge` removes them: %s", error)


def _first(connection: Connection) -> _Place | None:
    """Return where to begin, None if no rows are left of anybody who is erased."""
    query = select(learners.c.id).join(erased, erased.c.id == learners.c.id).limit(1)
    learner = connection.execute(query).scalar_one_or_none()
    return _Place(learner) if learner else None


def _delete_some(connection: Connection, position: _Place | None) -> _Place | None:
    """Delete some rows; return where to go on, None if nothing is left of anybody."""
    if position is None:
        return None
    learner, room = position.learner, ROWS
    mine = select(listeners.c.number).where(listeners.c.learner == learner)
    listener = connection.execute(mine).scalar_one_or_none()
    for at in range(position.part, len(PARTS)):
        after = position.after if at == position.part else ()
        owner = learner if PARTS[at].table is reflections else listener
        keys = _delete_part(connection, PARTS[at], owner, after, room)
        room -= len(keys) * PARTS[at].weight
        if room <= 0:
            return _Place(learner, at, keys[-1])
    connection.execute(delete(learners).where(learners.c.id == learner))
    return _first(connection)


def _delete_part(
    connection: Connection, part: _Part, owner: str | int | None, after: tuple[Any, ...], room: int
) -> list[tuple[Any, ...]]:
    """Delete the first rows of an owner after a key; return the keys of those."""
    # By ranges of the key: PostgreSQL would read all that was deleted before again and again.
    key, where = tuple_(*part.key), [part.owner == owner]
    if after:
        where.append(key > tuple_(*after))
    most = max(1, room // part.weight)
    query = select(*part.key).where(*where).order_by(*part.key).limit(most)
    keys = [tuple(row) for row in connection.execute(query)]
    if keys:
        connection.execute(delete(part.table).where(*where, key <= tuple_(*keys[-1])))
    return keys
