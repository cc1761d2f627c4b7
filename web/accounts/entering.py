"""Entering with a phrase: the one costly step, taken by few at a time."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from web import keys
from web.accounts import phrases, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.current import Companion

# scrypt takes a core and 32 MiB for a tenth of a second: whoever waits leaves the others a core.
_gate = threading.Semaphore(max(1, (os.cpu_count() or 2) - 1))


def derive(companion: Companion, phrase: str) -> keys.Opened:
    """Return what a phrase opens, when it is this one's turn."""
    with _gate:
        return keys.derive(phrase, companion.settings.secrets.pepper)


def enter(companion: Companion, phrase: str) -> Learner | None:
    """Return the learner whom a phrase opens, None where it opens nothing."""
    opened = derive(companion, phrase)
    today = companion.now().date()
    with companion.database.writing() as connection:
        learner = store.find(connection, opened)
        if learner:
            store.touch(connection, learner.id, today)
    return learner


def join(
    companion: Companion, code: str, note: Callable[[Connection, str], object]
) -> tuple[Learner, str] | None:
    """Make an account with a join code: the learner and their phrase, None where it is not open.

    `note` writes down that it is done, with the phrase, in the same transaction.
    """
    digest = keys.digest(companion.settings.secrets.key, "join code", code)
    today = companion.now().date()
    with companion.database.reading() as connection:
        if not store.has_code(connection, digest, today):
            return None
    phrase = phrases.new()
    opened = derive(companion, phrase)
    with companion.database.writing() as connection:
        if not store.use_code(connection, digest, today):
            return None
        learner = store.add(connection, opened, today)
        note(connection, phrase)
    return learner, phrase
