"""Stores learners and join codes in the database."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import insert, select, update

from web import crypto
from web.accounts.join_codes import is_open
from web.schema import join_codes, learners

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection


class Learner(NamedTuple):
    """A learner and the key that opens their words."""

    id: str
    key: bytes
    lookup: bytes = b""
    """What finds the phrase that was just typed, "" for a learner of a session."""


def has_code(connection: Connection, digest: bytes, today: date) -> bool:
    """Return whether a join code is open."""
    row = connection.execute(select(join_codes).where(join_codes.c.digest == digest)).one_or_none()
    return bool(row and is_open(today, row.expires, row.withdrawn, row.uses_left))


def use_code(connection: Connection, digest: bytes, today: date) -> bool:
    """Take one use of a join code; return whether one was left. Nothing records who took it."""
    if not has_code(connection, digest, today):
        return False
    taken = connection.execute(
        update(join_codes)
        .where(
            join_codes.c.digest == digest,
            join_codes.c.uses_left > 0,
            join_codes.c.withdrawn.is_(None),  # it may have been withdrawn a moment ago
        )
        .values(uses_left=join_codes.c.uses_left - 1)
    )
    return taken.rowcount == 1


def add_learner(connection: Connection, opened: crypto.Opened, today: date) -> Learner:
    """Add a learner, who is a random number and a key."""
    learner = Learner(secrets.token_hex(16), crypto.random(), opened.lookup)
    connection.execute(
        insert(learners).values(
            id=learner.id,
            lookup=opened.lookup,
            wrapped=crypto.seal(opened.wrapping, learner.key, learner.id, "data key"),
            joined=today,
            seen=today,
        )
    )
    return learner


def find(connection: Connection, opened: crypto.Opened) -> Learner | None:
    """Return the learner whom a phrase opens."""
    row = connection.execute(
        select(learners).where(learners.c.lookup == opened.lookup)
    ).one_or_none()
    if row is None:
        return None
    key = crypto.unseal(opened.wrapping, row.wrapped, row.id, "data key")
    return Learner(row.id, key, opened.lookup)


def has_phrase(connection: Connection, learner: Learner) -> bool:
    """Return whether a learner still has the phrase that they typed.

    It stays until the transaction ends.
    """
    row = select(learners.c.id).where(
        learners.c.id == learner.id, learners.c.lookup == learner.lookup
    )
    # The lock makes a new phrase, or deleting everything, wait for the session that is about to
    # begin, and end it.
    return connection.execute(row.with_for_update()).one_or_none() is not None


def touch(connection: Connection, learner: str, today: date) -> None:
    """Record the day on which a learner last signed in."""
    connection.execute(
        update(learners)
        .where(learners.c.id == learner, learners.c.seen != today)
        .values(seen=today)
    )


def change_phrase(connection: Connection, learner: Learner, opened: crypto.Opened) -> bool:
    """Encrypt a learner's key under a phrase; return whether it replaced another phrase."""
    changed = connection.execute(
        update(learners)
        .where(learners.c.id == learner.id, learners.c.lookup != opened.lookup)
        .values(
            lookup=opened.lookup,
            wrapped=crypto.seal(opened.wrapping, learner.key, learner.id, "data key"),
        )
    )
    return changed.rowcount == 1
