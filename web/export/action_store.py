"""Reads all that a learner's apps reported, a few actions in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, literal_column, select, tuple_

from web.database.compiled_statement import CompiledStatement
from web.listening import store as listening
from web.schema import media, sync_accounts, sync_actions
from web.sync import devices

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCH = 2_000  # rows in memory at a time

# In the order of the index by recording and time, so that no batch sorts what others have.
_KEY = (sync_actions.c.media, sync_actions.c.at, sync_actions.c.digest)
_AFTER = [bindparam(f"after_{each.name}", type_=each.type) for each in _KEY]
_FACTS = ("device", "kind", "proves", "started", "position", "total")
_BATCH = CompiledStatement(
    select(*_KEY, *(sync_actions.c[name] for name in _FACTS))
    .where(
        sync_actions.c.listener == bindparam("of"),
        tuple_(*_KEY) > tuple_(*_AFTER),
        sync_actions.c.received <= bindparam("last"),
    )
    .order_by(*_KEY)
    .limit(bindparam("most"))
    .offset(literal_column("0"))  # else SQLite's dialect adds one, as a value without a name
)


class ExportedAction(NamedTuple):
    """One action in a learner's export; `at` in seconds since 1970."""

    at: int
    guid: str
    device: str
    kind: str
    proves: str
    started: int | None
    position: int | None
    total: int | None


class Position(NamedTuple):
    """How far an export is: the key of the last action that was read."""

    media: int = 0
    at: int = 0
    digest: bytes = b""


class Names(NamedTuple):
    """Whose actions are exported, up to which upload, and the names of what they are about."""

    learner: str
    listener: int
    last: int
    guids: dict[int, str]
    devices: dict[int, str]


def names_of(connection: Connection, key: bytes, learner: str) -> Names:
    """Return what all batches of a learner's actions need; `key` opens the names of devices."""
    listener = listening.listener_of(connection, learner)
    last = select(sync_accounts.c.received).where(sync_accounts.c.listener == listener)
    return Names(
        learner,
        listener,
        int(connection.scalars(last).one_or_none() or 0),
        {row.number: row.guid for row in connection.execute(select(media.c.number, media.c.guid))},
        {each.number: each.id for each in devices.every(connection, key, listener)},
    )


def batch(
    connection: Connection, names: Names, after: Position
) -> tuple[list[ExportedAction], Position]:
    """Return the actions after a position, by recording and time, and the position to go on from.

    None are left once the learner has deleted their account or the listening record.
    """
    if listening.listener_of(connection, names.learner) != names.listener:
        return [], after
    values: dict[str, Any] = {f"after_{name}": each for name, each in after._asdict().items()}
    values |= {"of": names.listener, "last": names.last, "most": BATCH}
    rows = _BATCH.rows(connection, values)
    actions = [_exported(names, *row) for row in rows]
    return actions, Position(*rows[-1][:3]) if rows else after


def _exported(
    names: Names, number: int, at: int, _: bytes, device: int, *facts: Any
) -> ExportedAction:
    return ExportedAction(at, names.guids.get(number, ""), names.devices.get(device, ""), *facts)
