"""Derives keys from phrases and signs learners in, few at a time because scrypt is costly."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from episodes.translations import text as _
from web import crypto
from web.accounts import store, word_list
from web.errors import RefusedError, TooManyError
from web.limits import hash_queue
from web.limits.hash_queue import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.companion import Companion

log = logging.getLogger("earmark.web")


class DamagedAccountError(RefusedError):
    """A phrase is right, but the data key that it unlocks is damaged."""

    def __init__(self, contact: str) -> None:
        super().__init__(
            500,
            _("We cannot open your account"),
            _(
                "Your five words are right, but your account's data is damaged. This is our fault. "
                "Tell %(contact)s: they may have a backup that is not damaged.",
                contact=contact,
            ),
        )


def derive(companion: Companion, phrase: str) -> crypto.Opened:
    """Return what a phrase opens, once a core is free for it. Raises BusyError."""
    pepper = companion.settings.secrets.pepper
    return hash_queue.queue.compute(lambda: crypto.derive(phrase, pepper))


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


def try_phrase(companion: Companion, phrase: str, address: str) -> Learner | None:
    """Return the learner of a phrase, or None. Raises TooManyError, BusyError, DamagedAccountError.

    Text that cannot be a phrase is no guess: it is not counted and costs nothing. Any other is
    counted as wrong before it is tried, so that parallel requests cannot get around the limit.
    """
    limits, known = companion.limits, word_list.read(phrase)
    if not known:
        return None
    if not limits.allows("wrong phrase", address):
        raise TooManyError
    try:
        learner = enter(companion, known)
    except BusyError:
        limits.give_back("wrong phrase", address)
        raise
    except crypto.WrongKeyError:
        log.error("an account's key is damaged: a backup may have it whole")  # noqa: TRY400
        raise DamagedAccountError(companion.settings.contact) from None
    if learner:
        limits.give_back("wrong phrase", address)
    return learner


def is_phrase_of(companion: Companion, learner: Learner, phrase: str, address: str) -> bool:
    """Return whether a phrase is a learner's own. Raises TooManyError, BusyError."""
    owner = try_phrase(companion, phrase, address) if phrase.strip() else None
    return owner is not None and owner.id == learner.id


def is_open(companion: Companion, code: str) -> bool:
    """Return whether a join code can be used now."""
    digest = crypto.digest(companion.settings.secrets.key, "join code", code)
    with companion.database.reading() as connection:
        return store.has_code(connection, digest, companion.now().date())


def may_join(companion: Companion, code: str, address: str) -> bool:
    """Return whether a code can be used; only one that cannot counts as a wrong try.

    Raises TooManyError.
    """
    limits = companion.limits
    if not limits.allows("wrong code", address):
        raise TooManyError
    if not is_open(companion, code):
        return False
    limits.give_back("wrong code", address)
    if not (limits.allows("join", address) and limits.allows("join code", code)):
        raise TooManyError
    return True


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
