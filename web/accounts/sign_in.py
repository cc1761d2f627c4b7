"""Derives keys from phrases and signs learners in, few at a time because scrypt is costly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import crypto
from web.accounts import store, word_list
from web.limits import hash_queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.companion import Companion


def derive(companion: Companion, phrase: str) -> crypto.Opened:
    """Return what a phrase opens, once a core is free for it. Raises BusyError."""
    with hash_queue.queue.slot():
        return crypto.derive(phrase, companion.settings.secrets.pepper)


def enter(companion: Companion, phrase: str) -> Learner | None:
    """Return the learner with this phrase, or None. Raises BusyError.

    Raises WrongKeyError where the phrase is right and the row that it opens is damaged.
    """
    opened = derive(companion, phrase)
    today = companion.now().date()
    with companion.database.writing() as connection:
        learner = store.find(connection, opened)
        if learner:
            store.touch(connection, learner.id, today)
    return learner


def is_open(companion: Companion, code: str) -> bool:
    """Return whether a join code can be used now."""
    digest = crypto.digest(companion.settings.secrets.key, "join code", code)
    with companion.database.reading() as connection:
        return store.has_code(connection, digest, companion.now().date())


def join(
    companion: Companion, code: str, note: Callable[[Connection, str], object]
) -> tuple[Learner, str] | None:
    """Make an account with a join code: the learner and their phrase, None where it is not open.

    `note` writes down that it is done, with the phrase, in the same transaction.
    Raises BusyError.
    """
    digest = crypto.digest(companion.settings.secrets.key, "join code", code)
    today = companion.now().date()
    phrase = word_list.new()
    opened = derive(companion, phrase)
    with companion.database.writing() as connection:
        if not store.use_code(connection, digest, today):
            return None
        learner = store.add_learner(connection, opened, today)
        note(connection, phrase)
    return learner, phrase
