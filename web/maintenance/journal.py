"""Records what leads and operators did, by day, for an audit.

A row is a day, one of the acts below and the names that leads sign in with. There is no room for
anything of a learner: neither an id nor a code nor a word that they typed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, insert, select

from episodes.translations import marked
from episodes.translations import text as _
from web.database.refusals import GoneError
from web.schema import journal, leads

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

OPERATOR = ""  # the person who runs the command on the server


class Act(StrEnum):
    """What is written down, as it is printed."""

    CODE_MADE = marked("join code made")
    CODE_WITHDRAWN = marked("join code withdrawn")
    LEAD_INVITED = marked("lead invited")
    LEAD_JOINED = marked("lead accepted an invitation")
    LEAD_RESET = marked("reset link made")
    LEAD_LOCKED = marked("old password ended")
    LEAD_RENEWED = marked("new password and app set")
    LEAD_REMOVED = marked("lead removed")
    PASSWORD_CHANGED = marked("password changed")
    BACKUP = marked("backup made")
    RESTORE = marked("backup restored")
    PURGE = marked("purge run")
    UPGRADE = marked("database upgraded")
    SETTINGS = marked("settings changed")


class Entry(NamedTuple):
    """One act; `actor` is a lead's name or OPERATOR, `about` the name of the lead concerned."""

    day: date
    act: str
    actor: str
    about: str


Acts = dict[int, Entry]


def translated(act: str) -> str:
    """Return an act in the language of the page; one that is damaged stays as it is."""
    return _(act) if act in set(Act) else act


def write(
    connection: Connection, day: date, act: Act, actor: str = OPERATOR, about: str = ""
) -> None:
    """Write one act down, in the transaction in which it is done.

    Raises GoneError if a name is no lead's: nothing that somebody else typed gets in.
    """
    names = {actor, about} - {OPERATOR}
    known = set(connection.scalars(select(leads.c.name).where(leads.c.name.in_(names))))
    if names - known:
        raise GoneError("the journal has names of leads only")
    row = {"day": day, "act": str(act), "actor": actor, "about": about}
    connection.execute(insert(journal).values(row))


def read(connection: Connection, actor: str | None = None, most: int | None = None) -> list[Entry]:
    """Return the acts, the newest first: of one lead or of all, so many at most."""
    query = select(journal).order_by(journal.c.day.desc(), journal.c.number.desc()).limit(most)
    if actor is not None:
        query = query.where(journal.c.actor == actor)
    return [Entry(row.day, row.act, row.actor, row.about) for row in connection.execute(query)]


def numbered(connection: Connection) -> Acts:
    """Return every act by its number."""
    rows = connection.execute(select(journal))
    return {row.number: Entry(row.day, row.act, row.actor, row.about) for row in rows}


def carry_over(connection: Connection, acts: Acts) -> None:
    """Add the acts that are younger than the newest one: a restored backup hides none of them."""
    newest = connection.execute(select(func.max(journal.c.number))).scalar_one() or 0
    rows = [each._asdict() for number, each in sorted(acts.items()) if number > newest]
    if rows:
        connection.execute(insert(journal), rows)


def clear(connection: Connection, before: date) -> int:
    """Delete what is older; return how much that was."""
    return connection.execute(delete(journal).where(journal.c.day < before)).rowcount
