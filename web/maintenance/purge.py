"""Deletes expired sessions, invitations and join codes, and accounts that nobody uses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, or_, select

from web import dates
from web.figures import store as numbers
from web.forms import form_tokens
from web.listening.compaction import compact
from web.maintenance import journal
from web.schema import (
    erased,
    invitations,
    join_codes,
    learners,
    reflections,
    sessions,
    sync_logins,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.database.engine import Database
    from web.figures.store import Titles

IDLE, LONGEST = 15 * 60, 12 * 60 * 60  # seconds of a session
CODES = timedelta(days=30)  # that a poster is still told apart from a mistyped one
REPORTS = 1  # years after which what was heard of a recording is one report


class Purged(NamedTuple):
    """How much of each was removed."""

    sessions: int
    invitations: int
    join_codes: int
    learners: int
    reports: int = 0

    def __str__(self) -> str:
        return (
            f"sessions: {self.sessions}, invitations: {self.invitations}, "
            f"join codes: {self.join_codes}, accounts: {self.learners}, "
            f"listening reports: {self.reports}"
        )


def purge(
    database: Database,
    now: datetime,
    *,
    unused_years: int | None,
    idle: int = IDLE,
    longest: int = LONGEST,
) -> Purged:
    """Remove what is over; done twice, the second time finds nothing.

    Accounts are kept however long they are unused where `unused_years` is None.
    """
    seconds, today = int(now.timestamp()), now.date()
    with database.writing() as connection:
        over = delete(sessions).where(
            or_(sessions.c.seen < seconds - idle, sessions.c.began < seconds - longest)
        )
        expired = delete(invitations).where(invitations.c.expires <= seconds)
        old = delete(join_codes).where(
            or_(join_codes.c.expires < today - CODES, join_codes.c.withdrawn < today - CODES)
        )
        connection.execute(delete(sync_logins).where(sync_logins.c.began < seconds - longest))
        gone = 0
        if unused_years is not None:
            gone = _unused(connection, _before(today, unused_years), today)
        return Purged(
            sessions=connection.execute(over).rowcount,
            invitations=connection.execute(expired).rowcount,
            join_codes=connection.execute(old).rowcount,
            learners=gone,
        )


def clear(database: Database, now: datetime, journal_years: int) -> int:
    """Delete sent forms that are over, and acts older than the journal keeps them; say how many."""
    with database.writing() as connection:
        form_tokens.clear(connection, int(now.timestamp()))
        return journal.clear(connection, _before(now.date(), journal_years))


def merge(database: Database, key: bytes, now: datetime, titles: Titles) -> int:
    """Freeze the months that are over, merge listening reports of long ago; say how many went.

    `titles` of the episodes by guid, as the figures of a time since some day will name them; `key`
    is that of the settings.
    """
    with database.writing() as connection:
        numbers.freeze(connection, key, titles, now.date())
        return compact(connection, _before(now.date().replace(day=1), REPORTS))


def _unused(connection: Connection, limit: date, today: date) -> int:
    """Delete accounts not seen since `limit`; a backup that has them does not bring them back."""
    # The ids come from the deletion itself: somebody may sign in between a question and an act.
    # A day before anybody could join is damaged; a note written since proves a later visit.
    wrote = select(reflections.c.id).where(
        reflections.c.learner == learners.c.id, reflections.c.changed >= limit
    )
    unused = delete(learners).where(
        learners.c.seen < limit, learners.c.seen >= dates.FIRST, ~wrote.exists()
    )
    ids = connection.scalars(unused.returning(learners.c.id))
    gone = [{"id": id_, "on": today} for id_ in ids]
    if gone:
        connection.execute(insert(erased), gone)
    return len(gone)


def _before(day: date, years: int) -> date:
    """Return the same day so many years before; 28 February stands for a missing 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
