"""Checks that a database belongs to a settings file, by a stored digest of its pepper."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from episodes.errors import EarmarkError
from web import crypto, schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.settings import Settings

NAME = "pepper"
SETTINGS = "settings"


def mark(connection: Connection, pepper: bytes) -> None:
    """Mark a new database; one that is marked already is checked, as `check` does."""
    if _stored(connection) is None:
        mine = crypto.digest(pepper, NAME, "mark")
        connection.execute(insert(schema.marks).values(name=NAME, value=mine))
    check(connection, pepper)


def check(connection: Connection, pepper: bytes) -> None:
    """Raise EarmarkError where the settings file does not belong to this database."""
    stored = _stored(connection)
    if stored is None:
        raise EarmarkError(
            "this database does not say which settings file belongs to it; "
            "run `earmark web upgrade`"
        )
    if not fits(stored, pepper):
        raise EarmarkError(
            "this settings file does not belong to this database: its pepper is different; "
            "restore the settings file that belongs to it"
        )


def renew(connection: Connection, settings: Settings) -> bool:
    """Keep a digest of all settings but the secrets; return whether they have changed."""
    text = settings.model_dump_json(exclude={"secrets", "database", "folder"})
    mine = crypto.digest(settings.secrets.key, SETTINGS, text)
    mark = schema.marks.c.name == SETTINGS
    stored = connection.execute(select(schema.marks.c.value).where(mark)).scalar_one_or_none()
    if stored is None:
        connection.execute(insert(schema.marks).values(name=SETTINGS, value=mine))
    elif stored != mine:
        connection.execute(update(schema.marks).where(mark).values(value=mine))
    return stored is not None and stored != mine


def fits(stored: object, pepper: bytes) -> bool:
    """Return whether a mark was made with this pepper."""
    mine = crypto.digest(pepper, NAME, "mark")
    return isinstance(stored, bytes) and hmac.compare_digest(stored, mine)


def _stored(connection: Connection) -> bytes | None:
    query = select(schema.marks.c.value).where(schema.marks.c.name == NAME)
    return connection.execute(query).scalar_one_or_none()
