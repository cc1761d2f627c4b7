"""Stores devices under their protocol ids; names that apps give them are sealed.

A device's id and caption often hold somebody's name. The learner's key is not available when they
arrive, so the key of the settings file seals them: a copy of the database alone cannot open them.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from web import crypto
from web.schema import sync_devices
from web.sync.actions import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from web.sync.apps import App

MOST = 50  # devices of one learner; any more count as the app's own device


class Device(NamedTuple):
    """A device; `id` is "" if the app does not name one."""

    number: int
    id: str
    caption: str
    type: str
    synchronized: int


def every(connection: Connection, key: bytes, listener: int) -> list[Device]:
    """Return the devices of a listener, oldest first."""
    rows = connection.execute(
        select(sync_devices)
        .where(sync_devices.c.listener == listener)
        .order_by(sync_devices.c.number)
    )
    return [
        Device(row.number, *_facts(key, row.sealed, listener), row.synchronized) for row in rows
    ]


def _facts(key: bytes, sealed: bytes, listener: int) -> tuple[str, str, str]:
    """Return what an app calls a device; empty if that is damaged."""
    try:
        id_, caption, kind = json.loads(crypto.unseal(key, sealed, str(listener), "device"))
    except (crypto.WrongKeyError, ValueError):
        return "", "", "other"
    return id_, caption, kind


def numbers(connection: Connection, key: bytes, app: App, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of devices by their ids; add new ones.

    Actions without a device belong to the one that holds the app's password.
    """
    digests = {id_: _digest(key, app, id_) for id_ in ids}
    known = _known(connection, app.listener, digests)
    for id_ in digests.keys() - known.keys():
        if id_ and _count(connection, app.listener) >= MOST:
            known[id_] = numbers(connection, key, app, [""])[""]
            continue
        _add(connection, key, app, id_, id_, "other")
        known |= _known(connection, app.listener, {id_: digests[id_]})
    return known


def _digest(key: bytes, app: App, id_: str) -> bytes:
    return crypto.digest(key, "device", f"{app.listener} {id_}" if id_ else f"app {app.id}")[:16]


_NUMBERS = select(sync_devices.c.digest, sync_devices.c.number).where(
    sync_devices.c.listener == bindparam("of"),
    sync_devices.c.digest.in_(bindparam("these", expanding=True)),
)


def _known(connection: Connection, listener: int, digests: dict[str, bytes]) -> dict[str, int]:
    rows = connection.execute(_NUMBERS, {"of": listener, "these": [*digests.values()]})
    by_digest = {row.digest: row.number for row in rows}
    return {id_: by_digest[each] for id_, each in digests.items() if each in by_digest}


def _count(connection: Connection, listener: int) -> int:
    mine = select(sync_devices.c.number).where(sync_devices.c.listener == listener)
    return len(connection.execute(mine).all())


def _add(connection: Connection, key: bytes, app: App, *facts: str) -> None:
    row = {"listener": app.listener, "digest": _digest(key, app, facts[0]), "synchronized": 0}
    with suppress(IntegrityError), connection.begin_nested():  # twice at once
        connection.execute(
            insert(sync_devices).values(**row, sealed=_sealed(key, app.listener, facts))
        )


def _sealed(key: bytes, listener: int, facts: Sequence[str]) -> bytes:
    return crypto.seal(key, json.dumps(facts).encode(), str(listener), "device")


def describe(
    connection: Connection, key: bytes, app: App, id_: str, description: dict[str, object]
) -> None:
    """Store what an app says about a device: caption, type, or only that it exists."""
    number = numbers(connection, key, app, [id_])[id_]
    before = next(each for each in every(connection, key, app.listener) if each.number == number)
    if before.id != id_:
        return  # one too many
    caption, kind = description.get("caption"), description.get("type")
    shown = caption.strip()[:100] if isinstance(caption, str) else ""
    facts = (
        id_,
        shown or before.caption,
        kind if isinstance(kind, str) and kind in TYPES else before.type,
    )
    connection.execute(
        update(sync_devices)
        .where(sync_devices.c.number == number)
        .values(sealed=_sealed(key, app.listener, facts))
    )


def synchronize(
    connection: Connection, listener: int, groups: Iterable[Iterable[int]], alone: Iterable[int]
) -> None:
    """Synchronise some devices with each other, and stop that for others."""
    mine = update(sync_devices).where(sync_devices.c.listener == listener)
    for group in groups:
        those = list(group)
        if len(those) > 1:
            where = sync_devices.c.number.in_(those)
            connection.execute(mine.where(where).values(synchronized=min(those)))
    connection.execute(mine.where(sync_devices.c.number.in_(list(alone))).values(synchronized=0))
