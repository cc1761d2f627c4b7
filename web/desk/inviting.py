"""How people are let in: a lead by a link that works once, learners by a join code."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from episodes.findings import EarmarkError
from web import keys
from web.accounts import rules as accounts
from web.desk import rules, store

if TYPE_CHECKING:
    from datetime import datetime

    from web.database import Database
    from web.desk.store import Code
    from web.settings import Settings


def invite(database: Database, settings: Settings, now: datetime, lead_name: str | None) -> str:
    """Return a link that works once, within seven days: for one more lead, or for new factors.

    With a name it replaces the password and the app of that lead and ends their sessions. Raises
    EarmarkError where there is no such lead.
    """
    token = secrets.token_urlsafe(32)
    expires = int(now.timestamp()) + rules.INVITED
    with database.writing() as connection:
        lead = store.find_lead(connection, lead_name) if lead_name is not None else None
        if lead_name is not None and lead is None:
            names = ", ".join(f'"{each.name}"' for each in store.every_lead(connection))
            raise EarmarkError(
                f'there is no lead called "{lead_name}"; '
                + (f"there is {names}" if names else "invite one: earmark web lead invite")
            )
        store.invite(connection, digest(settings, token), lead.id if lead else None, expires)
    return f"{settings.address}desk/invitation/{token}"


def digest(settings: Settings, token: str) -> bytes:
    """Return by what an invitation is found."""
    return keys.digest(settings.secrets.key, "invitation", token)


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
    if wrong := rules.wrong_days(days) or rules.wrong_uses(uses):
        raise EarmarkError(wrong)
    code, id_, today = accounts.make_code(secrets.choice), store.new_id(), now.date()
    sealed = keys.seal(_for_posters(settings), code.encode(), id_, "join code")
    kept = store.Code(id_, sealed, today, today + timedelta(days), None)
    found_by = keys.digest(settings.secrets.key, "join code", accounts.normal_code(code))
    with database.writing() as connection:
        store.add_code(connection, found_by, kept, uses)
    return code


def read_code(settings: Settings, code: Code) -> str:
    """Return a join code as it is typed, so that its poster can be printed again."""
    return keys.unseal(_for_posters(settings), code.sealed, code.id, "join code").decode()


def _for_posters(settings: Settings) -> bytes:
    return keys.part(settings.secrets.key, "join code")
