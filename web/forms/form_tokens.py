"""Stores the tokens of sent forms: each counts once, and a second press gets the first response.

The table has a digest of the token and what the answer was, sealed under a key that only the token
gives. The browser alone has the token, so a copy of the database does not reveal the response.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from episodes.errors import EarmarkError
from web import crypto
from web.schema import spent_forms

if TYPE_CHECKING:
    from sqlalchemy import Connection

KEPT = 2 * 24 * 3600  # seconds that a second press is known as one
SHOWN = 10 * 60  # seconds that it still gets a phrase or a password


class Press(NamedTuple):
    """One form as it was sent; `key` opens what the first answer was."""

    digest: bytes
    key: bytes
    now: int


class Outcome(NamedTuple):
    """Where a form led, and what the page says; `secret` is for some minutes only.

    `who` is the id of the learner or the lead who sent it, "" if nobody was signed in.
    """

    page: str
    message: str = ""
    secret: str = ""
    who: str = ""


class RepeatedError(EarmarkError):
    """This form was sent before, and its act is done."""

    def __init__(self) -> None:
        super().__init__("this form was sent before")


def press(settings_key: bytes, form: str, token: str, now: int) -> Press:
    """Return one form as it was sent; a token of one form, or act, is none of another."""
    digest = crypto.digest(settings_key, "form", f"{form} {token}")
    return Press(digest, crypto.part(token.encode(), f"form {form}"), now)


def spend(connection: Connection, sent: Press, outcome: Outcome) -> None:
    """Let this form count, in the transaction of its act. Raises RepeatedError if it did before."""
    row = {
        "digest": sent.digest,
        "outcome": _sealed(sent, "outcome", [outcome.page, outcome.message, outcome.who]),
        "secret": _sealed(sent, "secret", [outcome.secret]) if outcome.secret else None,
        "at": sent.now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(spent_forms).values(row))
    except IntegrityError:
        raise RepeatedError from None


def find(connection: Connection, sent: Press) -> Outcome | None:
    """Return what a form led to when it was sent first, None if this is the first time."""
    row = connection.execute(
        select(spent_forms).where(spent_forms.c.digest == sent.digest)
    ).one_or_none()
    if row is None:
        return None
    page, message, *who = _opened(sent, "outcome", row.outcome)
    fresh = row.secret is not None and row.at >= sent.now - SHOWN
    secret = _opened(sent, "secret", row.secret)[0] if fresh else ""
    return Outcome(page, message, secret, *who)


def _sealed(sent: Press, part: str, values: list[str]) -> bytes:
    return crypto.seal(sent.key, json.dumps(values).encode(), sent.digest.hex(), part)


def _opened(sent: Press, part: str, sealed: bytes) -> list[str]:
    values: list[str] = json.loads(crypto.unseal(sent.key, sealed, sent.digest.hex(), part))
    return values


def clear(connection: Connection, now: int) -> None:
    """Delete secrets after their minutes, and forms after their days."""
    connection.execute(delete(spent_forms).where(spent_forms.c.at < now - KEPT))
    old = update(spent_forms).where(
        spent_forms.c.at < now - SHOWN, spent_forms.c.secret.is_not(None)
    )
    connection.execute(old.values(secret=None))
