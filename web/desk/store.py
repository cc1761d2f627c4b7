"""Stores leads, their invitations and join codes. Nothing here reads about learners."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from episodes.errors import EarmarkError
from episodes.translations import text as _
from web.desk import rules
from web.schema import invitations, join_codes, leads, sessions

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row


class TakenError(EarmarkError):
    """Another lead signs in with this name."""


class Lead(NamedTuple):
    """A lead; `totp` is sealed, `step` the last half minute whose code was taken."""

    id: str
    name: str
    password: str
    totp: bytes
    step: int


class Invitation(NamedTuple):
    """An invitation that is still good; `lead` is whose factors it replaces, if anybody's."""

    lead: Lead | None


class Code(NamedTuple):
    """A join code; how many uses are left is not told."""

    id: str
    sealed: bytes
    made: date
    expires: date
    withdrawn: date | None


def new_id() -> str:
    """Return an id that nobody guesses."""
    return secrets.token_hex(16)


def every_lead(connection: Connection) -> list[Lead]:
    """Return all leads, by their names."""
    return [_lead(row) for row in connection.execute(select(leads).order_by(leads.c.name))]


def names(connection: Connection) -> list[tuple[str, date]]:
    """Return the name of each lead, and the day on which they came."""
    query = select(leads.c.name, leads.c.made).order_by(leads.c.name)
    return [(row.name, row.made) for row in connection.execute(query)]


def find_lead(connection: Connection, name: str) -> Lead | None:
    """Return the lead of a name, however it was typed; there are few.

    If two leads have nearly the same name, the exact name decides.
    """
    for alike in (rules.tidy, rules.same):
        likeness = alike(name)
        if leads_alike := [each for each in every_lead(connection) if alike(each.name) == likeness]:
            return leads_alike[0]
    return None


def fresh(connection: Connection, lead: Lead) -> Lead:
    """Return a lead as they are now."""
    return _lead(connection.execute(select(leads).where(leads.c.id == lead.id)).one())


def _lead(row: Row[tuple[object, ...]]) -> Lead:
    return Lead(row.id, row.name, row.password, row.totp, row.step)


def invite(connection: Connection, digest: bytes, lead: str | None, expires: int) -> None:
    """Store an invitation; `lead` is whose factors it replaces, `expires` seconds since 1970."""
    connection.execute(insert(invitations).values(digest=digest, lead=lead, expires=expires))


def find_invitation(connection: Connection, digest: bytes, now: int) -> Invitation | None:
    """Return an invitation that was not used and is not over."""
    row = connection.execute(
        select(invitations.c.digest, *leads.c)
        .join(leads, leads.c.id == invitations.c.lead, isouter=True)
        .where(invitations.c.digest == digest, invitations.c.expires > now)
    ).one_or_none()
    return Invitation(_lead(row) if row.id else None) if row else None


def accept(connection: Connection, digest: bytes, lead: Lead, now: int, today: date) -> bool:
    """Use an invitation up, for a new lead or for new factors; say whether it was good.

    With new factors everything that the old ones opened is over. Raises TakenError.
    """
    used = connection.execute(
        delete(invitations)
        .where(invitations.c.digest == digest, invitations.c.expires > now)
        .returning(invitations.c.lead)
    ).one_or_none()
    if used is None:
        return False
    if used.lead is None:
        _add(connection, lead, today)
    else:
        replace(connection, lead._replace(id=used.lead))
    return True


def _add(connection: Connection, lead: Lead, today: date) -> None:
    taken = TakenError(_("Another training lead has this name. Choose a different one."))
    if find_lead(connection, lead.name):
        raise taken
    try:
        connection.execute(insert(leads).values(**lead._asdict(), made=today))
    except IntegrityError:
        raise taken from None  # two at the same moment


def replace(connection: Connection, lead: Lead, but: bytes = b"") -> None:
    """Give a lead these factors; sessions but one, and open links to set others, end."""
    factors = {"password": lead.password, "totp": lead.totp, "step": lead.step}
    connection.execute(update(leads).where(leads.c.id == lead.id).values(**factors))
    others = delete(sessions).where(sessions.c.lead == lead.id, sessions.c.digest != but)
    connection.execute(others)
    connection.execute(delete(invitations).where(invitations.c.lead == lead.id))


def remove(connection: Connection, id_: str) -> None:
    """Remove a lead; their sessions and open links go with the row."""
    connection.execute(delete(leads).where(leads.c.id == id_))


def has_factors(connection: Connection, lead: Lead) -> bool:
    """Return whether a lead still has these factors. They stay until the transaction ends."""
    row = select(leads.c.id).where(
        leads.c.id == lead.id, leads.c.password == lead.password, leads.c.totp == lead.totp
    )
    # The lock makes a reset wait for the session that is about to begin, and end it.
    return connection.execute(row.with_for_update()).one_or_none() is not None


def take_step(connection: Connection, lead: Lead, step: int) -> bool:
    """Take the code of a half minute; return whether it and the factors were still those of `lead`.

    Nothing is changed where another request was quicker.
    """
    taken = connection.execute(
        update(leads)
        .where(
            leads.c.id == lead.id,
            leads.c.password == lead.password,
            leads.c.totp == lead.totp,
            leads.c.step < step,
        )
        .values(step=step)
    )
    return taken.rowcount == 1


def add_code(connection: Connection, digest: bytes, code: Code, uses: int) -> None:
    """Add a join code."""
    connection.execute(insert(join_codes).values(**code._asdict(), digest=digest, uses_left=uses))


def every_code(connection: Connection) -> list[Code]:
    """Return all join codes, the newest first."""
    rows = connection.execute(
        select(join_codes).order_by(
            join_codes.c.made.desc(), join_codes.c.expires.desc(), join_codes.c.id
        )
    )
    return [_code(row) for row in rows]


def find_code(connection: Connection, id_: str) -> Code | None:
    """Return a join code."""
    row = connection.execute(select(join_codes).where(join_codes.c.id == id_)).one_or_none()
    return _code(row) if row else None


def _code(row: Row[tuple[object, ...]]) -> Code:
    return Code(row.id, row.sealed, row.made, row.expires, row.withdrawn)


def withdraw(connection: Connection, id_: str, today: date) -> bool:
    """Withdraw a join code, once and for all; say whether it was not withdrawn before."""
    changed = connection.execute(
        update(join_codes)
        .where(join_codes.c.id == id_, join_codes.c.withdrawn.is_(None))
        .values(withdrawn=today)
    )
    return changed.rowcount == 1
