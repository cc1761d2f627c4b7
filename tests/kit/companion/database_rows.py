"""What tests put into the companion's database by hand, and how they look at all that is in it."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Table, insert, select

from web import schema
from web.database.engine import Database
from web.maintenance import migrate, pepper_mark

if TYPE_CHECKING:
    from sqlalchemy import Connection

PEPPER = b"a pepper that only the tests use"
OTHER = b"what another organisation settled"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
SECONDS = int(NOW.timestamp())
NEWEST = migrate.steps()[-1].partition("_")[0]  # the number of the last step of the schema
NEXT = f"{int(NEWEST) + 1:04}"


class Making(Protocol):
    """How a test asks for one more database."""

    def __call__(self, kind: str, *, empty: bool = False) -> Database: ...


class Later(Protocol):
    """How a test becomes a later Earmark for a while; `step` is the text of its migration."""

    def __call__(self, step: str = ...) -> AbstractContextManager[None]: ...


def put(database: Database, table: Table, **values: Any) -> None:
    with database.writing() as connection:
        connection.execute(insert(table).values(**values))


def learner(connection: Connection, id_: str, *, seen: date = TODAY) -> None:
    """Add an account; what would be secret is made of its id."""
    values = {"lookup": secret(f"{id_} lookup"), "wrapped": sealed(id_), "joined": TODAY}
    connection.execute(insert(schema.learners).values(id=id_, seen=seen, **values))


def reflection(
    connection: Connection, id_: str, owner: str, *, size: int = 284, changed: date = TODAY
) -> None:
    """Add a reflection of so many bytes, which begin with all that could be mistaken."""
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    days = {"made": TODAY, "changed": changed}
    connection.execute(
        insert(schema.reflections).values(
            id=id_, learner=owner, version=1, body=body, draft=None, **days
        )
    )


def secret(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def sealed(text: str) -> bytes:
    """Return bytes of a length that sealing gives."""
    return secret(text).ljust(28 + 256, b"\xff")


def fill(database: Database, pepper: bytes = PEPPER) -> None:
    """Put something into every table: Alice with two reflections, Bob with one, a lead called Zoë.

    The lead and Alice are signed in, somebody is invited, one account was erased before.
    """
    with database.writing() as connection:
        pepper_mark.mark(connection, pepper)
        for name, texts in (("alice", ("a1", "a2")), ("bob", ("b1",))):
            learner(connection, name)
            for each in texts:
                reflection(connection, each, name)
        add = connection.execute
        lead = {"name": "Zoë", "password": "argon", "totp": b"\0\xff" * 142, "step": 2**40}
        add(insert(schema.leads).values(id="lead", made=TODAY, **lead))
        for who in ({"learner": "alice"}, {"lead": "lead"}):
            digest = secret(str(who))
            add(insert(schema.sessions).values(digest=digest, began=SECONDS, seen=SECONDS, **who))
        add(insert(schema.invitations).values(digest=b"i", lead="lead", expires=SECONDS + 60))
        code = {
            "digest": b"d",
            "sealed": sealed("code"),
            "uses_left": 8,
            "made": TODAY,
            "expires": TODAY,
        }
        add(insert(schema.join_codes).values(id="code", **code))
        add(insert(schema.erased).values(id="carol", on=date(2026, 2, 28)))


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, sorted."""
    with database.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in schema.metadata.tables.items()
        }


def ids(database: Database, table: Table) -> set[str]:
    with database.reading() as connection:
        return set(connection.scalars(select(table.c.id)))
