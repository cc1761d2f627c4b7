"""Stores sessions: a random secret in a cookie and its digest in the database.

A learner's data key is in the row, encrypted under a key that only the cookie gives: with a copy
of the database alone, nobody can read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, select, update

from web import crypto
from web.accounts import erasure_store
from web.database.refusals import GoneError
from web.schema import leads, learners, sessions

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST = 12 * 3600  # seconds: a long shift
RECENT = 15 * 60  # seconds after signing in before the phrase is needed again
STEP = 60  # seconds: how exactly the last use is known


class Who(NamedTuple):
    """A learner with their data key, or a lead with a name; never both.

    `phrase` is one that a learner was given and has not said they kept.
    """

    learner: str = ""
    key: bytes = b""
    lead: str = ""
    name: str = ""
    phrase: str = ""


class Session(NamedTuple):
    """Who is there, by which row, and the key of the cookie that opens it."""

    digest: bytes
    wrapping: bytes
    began: int
    seen: int
    who: Who

    @property
    def learner(self) -> str:
        """The learner's id, "" where it is a lead."""
        return self.who.learner

    @property
    def lead(self) -> str:
        """The lead's id, "" where it is a learner."""
        return self.who.lead

    @property
    def phrase(self) -> str:
        """The phrase that waits to be kept."""
        return self.who.phrase


def begin_session(connection: Connection, now: int, who: Who) -> bytes:
    """Begin a session and return its secret, for the cookie."""
    secret = crypto.random()
    digest, wrapping = crypto.of_session(secret)
    row = {
        "digest": digest,
        "learner": who.learner or None,
        "lead": who.lead or None,
        "wrapped": crypto.seal(wrapping, who.key, who.learner, "session") if who.key else None,
        "phrase": crypto.seal(wrapping, who.phrase.encode(), "phrase") if who.phrase else None,
        "began": now,
        "seen": now,
    }
    connection.execute(insert(sessions).values(row))
    return secret


def find(connection: Connection, secret: bytes, now: int, idle: int) -> Session | None:
    """Return the session of a cookie, None if there is none or it has expired."""
    digest, wrapping = crypto.of_session(secret)
    row = connection.execute(
        select(sessions, leads.c.name)
        .join(leads, leads.c.id == sessions.c.lead, isouter=True)
        .where(
            sessions.c.digest == digest,
            sessions.c.seen >= now - idle,
            sessions.c.began >= now - LONGEST,
        )
    ).one_or_none()
    if row is None:
        return None
    learner = row.learner or ""
    try:
        key = crypto.unseal(wrapping, row.wrapped, learner, "session") if learner else b""
    except crypto.WrongKeyError:  # damaged: signing in again makes another
        return None
    who = Who(learner, key, row.lead or "", row.name or "", _phrase(wrapping, row.phrase))
    return Session(digest, wrapping, row.began, row.seen, who)


def _phrase(wrapping: bytes, sealed: bytes | None) -> str:
    """Return the phrase that waits to be kept, "" where it is damaged: there can be another."""
    try:
        return crypto.unseal(wrapping, sealed, "phrase").decode() if sealed else ""
    except (crypto.WrongKeyError, UnicodeDecodeError):
        return ""


def is_open(connection: Connection, session: Session) -> bool:
    """Return whether a learner's session has not ended; nobody ends it until the transaction ends.

    What outlasts a session asks this before it writes: a new phrase ends all others at once.
    Raises GoneError if the learner was deleted.
    """
    # Lock the learner first, as everything does that begins or ends sessions: no deadlocks.
    learner = select(learners.c.id).where(learners.c.id == session.learner)
    is_there = connection.execute(learner.with_for_update()).one_or_none() is not None
    if not is_there or erasure_store.is_erased(connection, session.learner):
        raise GoneError("there is no such learner")
    row = select(sessions.c.digest).where(sessions.c.digest == session.digest)
    return connection.execute(row).one_or_none() is not None


def touch(connection: Connection, session: Session, now: int) -> None:
    """Remember that somebody is still there."""
    connection.execute(update(sessions).where(sessions.c.digest == session.digest).values(seen=now))


def offer(connection: Connection, session: Session, phrase: str) -> None:
    """Hold a phrase until its learner has kept it; an empty one is let go."""
    sealed = crypto.seal(session.wrapping, phrase.encode(), "phrase") if phrase else None
    connection.execute(
        update(sessions).where(sessions.c.digest == session.digest).values(phrase=sealed)
    )


def end(connection: Connection, session: Session) -> None:
    """End one session."""
    connection.execute(delete(sessions).where(sessions.c.digest == session.digest))


def end_all(connection: Connection, digests: list[bytes]) -> None:
    """End the sessions with these digests."""
    connection.execute(delete(sessions).where(sessions.c.digest.in_(digests)))


def end_others(connection: Connection, session: Session) -> None:
    """End every other session of the same learner."""
    connection.execute(
        delete(sessions).where(
            sessions.c.learner == session.learner, sessions.c.digest != session.digest
        )
    )
