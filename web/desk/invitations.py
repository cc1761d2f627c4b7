"""Invites leads by a link that works once, and learners by a join code."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from web import crypto
from web.accounts import join_codes
from web.desk import rules, store
from web.maintenance import journal
from web.maintenance.journal import Act

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from web.database.engine import Database
    from web.desk.store import Code, Lead
    from web.settings import Settings

VALID = 7 * 24 * 3600  # seconds that an invitation is good for


def invite(database: Database, settings: Settings, now: datetime, lead_name: str | None) -> str:
    """Return a link that works once, within seven days: for one more lead, or for new factors.

    With a name it replaces the password and the app of that lead and ends their sessions. Raises
    EarmarkError where there is no such lead.
    """
    with database.writing() as connection:
        lead = known(connection, lead_name) if lead_name is not None else None
        act = Act.LEAD_RESET if lead else Act.LEAD_INVITED
        journal.write(connection, now.date(), act, about=lead.name if lead else "")
        return link(connection, settings, now, lead)


def known(connection: Connection, name: str) -> Lead:
    """Return the lead of a name. Raises EarmarkError, with the names that there are."""
    if lead := store.find_lead(connection, name):
        return lead
    names = ", ".join(f'"{each.name}"' for each in store.every_lead(connection))
    raise EarmarkError(
        f'there is no lead called "{name}"; '
        + (f"there is {names}" if names else "invite one: earmark web lead invite")
    )


def link(connection: Connection, settings: Settings, now: datetime, lead: Lead | None) -> str:
    """Return one more link, for a lead who is there or for a new one."""
    token = secrets.token_urlsafe(32)
    expires = int(now.timestamp()) + VALID
    store.invite(connection, digest(settings, token), lead.id if lead else None, expires)
    return f"{settings.address}desk/invitation/{token}"


def digest(settings: Settings, token: str) -> bytes:
    """Return by what an invitation is found."""
    return crypto.digest(settings.secrets.key, "invitation", token)


def new_code(
    database: Database,
    settings: Settings,
    now: datetime,
    days: int = rules.DAYS,
    uses: int = rules.USES,
) -> str:
    """Make a join code that is open for so many days and so many people; return it as it is typed.

    Raises EarmarkError where these are too few or too many.
    """
    with database.writing() as connection:
        journal.write(connection, now.date(), Act.CODE_MADE)
        return add_code(connection, settings, now.date(), days, uses)


def add_code(connection: Connection, settings: Settings, today: date, days: int, uses: int) -> str:
    """Make a join code in a transaction, as `new_code` does; whose act it is, the caller notes."""
    if wrong := rules.wrong_days(days) or rules.wrong_uses(uses):
        raise EarmarkError(wrong)
    code, id_ = join_codes.make_code(secrets.choice), store.new_id()
    sealed = crypto.seal(_for_posters(settings), code.encode(), id_, "join code")
    kept = store.Code(id_, sealed, today, today + timedelta(days), None)
    found_by = crypto.digest(settings.secrets.key, "join code", join_codes.normal_code(code))
    store.add_code(connection, found_by, kept, uses + secrets.randbelow(rules.SPARE))
    return code


def read_code(settings: Settings, code: Code) -> str:
    """Return a join code as it is typed, so that its poster can be printed again; "" if damaged."""
    try:
        return _unsealed(settings, code).decode()
    except (crypto.WrongKeyError, UnicodeDecodeError):
        return ""


def _for_posters(settings: Settings) -> bytes:
    return crypto.part(settings.secrets.key, "join code on posters")


def _unsealed(settings: Settings, code: store.Code) -> bytes:
    """Decrypt a code; older ones share a label with the digest by which codes are found."""
    try:
        return crypto.unseal(_for_posters(settings), code.sealed, code.id, "join code")
    except crypto.WrongKeyError:
        before = crypto.part(settings.secrets.key, "join code")
        return crypto.unseal(before, code.sealed, code.id, "join code")
