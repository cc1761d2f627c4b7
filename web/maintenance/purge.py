"""Deletes expired sessions, invitations and join codes, and accounts that nobody uses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, or_, select

from web import dates
from web.accounts import erasure_store
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
    from web.database.engine import Database
    from web.figures.store import Titles

IDLE, LONGEST = 15 * 60, 12 * 60 * 60  # seconds of a session
CODES = timedelta(days=30)  # that a poster is still told apart from a mistyped one
AT_ONCE = 100  # accounts in one transaction
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
        purged = Purged(
            sessions=connection.execute(over).rowcount,
            invitations=connection.execute(expired).rowcount,
            join_codes=connection.execute(old).rowcount,
            learners=0,
        )
    gone = 0
    if unused_years is not None:
        gone = _erase_unused(database, _before(today, unused_years), today)
    erasure_store.finish(database)
    return purged._replace(learners=gone)


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


def _erase_unused(database: Database, limit: date, today: date) -> int:
    """Erase accounts not seen since `limit`; a backup that has them does not bring them back."""
    # A day before anybody could join is damaged; a note written since proves a later visit.
    wrote = select(reflections.c.id).where(
        reflections.c.learner == learners.c.id, reflections.c.changed >= limit
    )
    unused = select(learners.c.id).where(
        learners.c.seen < limit, learners.c.seen >= dates.FIRST, ~wrote.exists(),
        learners.c.id.not_in(select(erased.c.id)),
    )  # fmt: skip
    gone = 0
    while True:
        with database.writing() as connection:
            # Locked: somebody may sign in between a question and an act.
            ids = connection.scalars(unused.limit(AT_ONCE).with_for_update()).all()
            for id_ in ids:
                erasure_store.erase_learner(connection, id_, today)
        gone += len(ids)
        if len(ids) < AT_ONCE:
            return gone


def _before(day: date, years: int) -> date:
    """Return the same day so many years before; 28 February stands for a missing 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
