"""Manages leads: lists, adds and removes them, and ends their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from web.desk import invitations, store, two_factor
from web.maintenance import journal
from web.maintenance.journal import Act

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from web.database.engine import Database
    from web.desk.store import Lead
    from web.settings import Settings


def every(database: Database) -> list[tuple[str, date]]:
    """Return the name of each lead, and the day on which they came."""
    with database.reading() as connection:
        return store.names(connection)


def remove(database: Database, name: str, today: date, *, last: bool) -> str:
    """Remove a lead, their sessions and their open links; return their name.

    What they made stays. Raises EarmarkError if there is no such lead, or if it is the last one
    and `last` does not say so.
    """
    with database.writing() as connection:
        lead = invitations.known(connection, name)
        if not last and len(store.every_lead(connection)) == 1:
            raise EarmarkError(
                f'"{lead.name}" is the only training lead. Without one, nobody can make or '
                "withdraw a join code. Invite another one first (earmark web lead invite), or add "
                "--last"
            )
        journal.write(connection, today, Act.LEAD_REMOVED, about=lead.name)
        store.remove(connection, lead.id)
    return lead.name


def lock(database: Database, settings: Settings, now: datetime, name: str) -> str:
    """End a lead's password and sessions at once; return the link that sets new ones.

    Raises EarmarkError if there is no such lead.
    """
    with database.writing() as connection:
        lead = invitations.known(connection, name)
        store.replace(connection, lead._replace(password=two_factor.NOBODY))
        journal.write(connection, now.date(), Act.LEAD_LOCKED, about=lead.name)
        return invitations.link(connection, settings, now, lead)


def change_password(
    connection: Connection, today: date, lead: Lead, hashed: str, session: bytes
) -> None:
    """Give a lead a new password, and end their other sessions and their open links."""
    store.replace(connection, store.fresh(connection, lead)._replace(password=hashed), session)
    journal.write(connection, today, Act.PASSWORD_CHANGED, lead.name)
