"""Stores connected apps, their passwords, and the requests of new apps to connect.

A password is found by its keyed digest. Its name is the learner's own, sealed with their data key,
which an app password cannot unseal.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from episodes.text import random_text
from episodes.translations import text as _
from web import crypto, typed_text
from web.schema import app_passwords, learners, listeners, sync_accounts, sync_cursors, sync_logins

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row

    from web.accounts.store import Learner

EPISODES, SUBSCRIPTIONS = "episodes", "subscriptions"
TRIES = 3  # to find a handle
PASSWORD, GROUP, HANDLE = 28, 4, 8  # characters: 130 bits in seven groups; HANDLE for the account
NAME = 60  # characters of the name that a learner gives an app
MINUTE, TWENTY_MINUTES = 60, 20 * 60  # seconds


class App(NamedTuple):
    """An app that shows its password; `feed` is how it writes our feed's address."""

    id: str
    listener: int
    learner: str
    handle: str
    logins: int
    feed: str
    used: date | None


class New(NamedTuple):
    """What is stored of a new app: the learner's name for it, and its password's digest."""

    name: str
    digest: bytes
    made: date


class Connected(NamedTuple):
    """An app as the learner sees it."""

    id: str
    name: str
    made: date
    used: date | None


def new_password() -> str:
    """Return a new random password."""
    return random_text.draw(PASSWORD, secrets.choice).lower()


def connect(connection: Connection, listener: int, now: int) -> str:
    """Return the handle under which apps know a listener; make one if there is none."""
    for _try in range(TRIES):
        handle = random_text.draw(HANDLE, secrets.choice).lower()
        row = {"listener": listener, "handle": handle, "began": now, "received": now}
        if known := handle_of(connection, listener):
            return known
        with suppress(IntegrityError), connection.begin_nested():  # taken, or twice at once
            connection.execute(insert(sync_accounts).values(**row, changed=now))
    return handle_of(connection, listener)


def handle_of(connection: Connection, listener: int) -> str:
    """Return a listener's handle, "" if no app was ever connected."""
    query = select(sync_accounts.c.handle).where(sync_accounts.c.listener == listener)
    return connection.execute(query).scalar_one_or_none() or ""


def add_app(connection: Connection, learner: Learner, listener: int, new: New) -> None:
    """Add a connected app; it has fetched nothing yet."""
    id_ = secrets.token_hex(16)
    began = select(sync_accounts.c.began).where(sync_accounts.c.listener == listener)
    first = connection.execute(began).scalar_one()
    sealed = crypto.seal(learner.key, new.name.encode(), learner.id, id_, "app")
    connection.execute(
        insert(app_passwords).values(
            id=id_,
            listener=listener,
            digest=new.digest,
            name=sealed,
            made=new.made,
            used=None,
            logins=0,
        )
    )
    cursor = {"app": id_, "seen": first, "least": first, "asked": -1}
    connection.execute(
        insert(sync_cursors), [{**cursor, "what": what} for what in (EPISODES, SUBSCRIPTIONS)]
    )


_FOUND = (
    select(app_passwords, listeners.c.learner, sync_accounts.c.handle)
    .join(listeners, listeners.c.number == app_passwords.c.listener)
    .join(sync_accounts, sync_accounts.c.listener == app_passwords.c.listener)
)
_BY_DIGEST = _FOUND.where(app_passwords.c.digest == bindparam("what"))
_BY_ID = _FOUND.where(app_passwords.c.id == bindparam("what"))


def find(connection: Connection, digest: bytes) -> App | None:
    """Return the app of a password."""
    return _app(connection.execute(_BY_DIGEST, {"what": digest}).one_or_none())


def find_by_id(connection: Connection, id_: str) -> App | None:
    """Return the app that a cookie names."""
    return _app(connection.execute(_BY_ID, {"what": id_}).one_or_none())


def _app(row: Row[Any] | None) -> App | None:
    return row and App(
        row.id, row.listener, row.learner, row.handle, row.logins, row.feed or "", row.used
    )


def touch(connection: Connection, app: App, today: date) -> None:
    """Store the day on which an app, and so its learner, was last active."""
    connection.execute(update(app_passwords).where(app_passwords.c.id == app.id).values(used=today))
    connection.execute(update(learners).where(learners.c.id == app.learner).values(seen=today))


def end_cookies(connection: Connection, app: App) -> None:
    """Invalidate every cookie of an app; its password still works."""
    connection.execute(
        update(app_passwords)
        .where(app_passwords.c.id == app.id)
        .values(logins=app_passwords.c.logins + 1)
    )


def every(connection: Connection, learner: Learner) -> list[Connected]:
    """Return a learner's apps, the newest first."""
    rows = connection.execute(
        select(app_passwords)
        .join(listeners, listeners.c.number == app_passwords.c.listener)
        .where(listeners.c.learner == learner.id)
        .order_by(app_passwords.c.made.desc(), app_passwords.c.id)
    )
    return [
        Connected(
            row.id,
            _name(learner, row),
            row.made,
            row.used,
        )
        for row in rows
    ]


def _name(learner: Learner, row: Row[Any]) -> str:
    try:
        return crypto.unseal(learner.key, row.name, learner.id, row.id, "app").decode()
    except (crypto.WrongKeyError, UnicodeDecodeError):
        return _("An app whose name is damaged")


def revoke(connection: Connection, learner: str, id_: str) -> bool:
    """Revoke an app's password; its reports stay. Return whether there was one."""
    mine = select(listeners.c.number).where(listeners.c.learner == learner)
    gone = delete(app_passwords).where(
        app_passwords.c.id == id_, app_passwords.c.listener.in_(mine)
    )
    return connection.execute(gone).rowcount == 1


def revoke_all(connection: Connection, learner: str) -> None:
    """Revoke every app's password; their reports stay."""
    mine = select(listeners.c.number).where(listeners.c.learner == learner)
    connection.execute(delete(app_passwords).where(app_passwords.c.listener.in_(mine)))


def begin_login(connection: Connection, poll: bytes, grant: bytes, app: str, now: int) -> None:
    """Store an app's request to connect, and delete expired requests."""
    over = now - TWENTY_MINUTES
    connection.execute(delete(sync_logins).where(sync_logins.c.began < over))
    connection.execute(
        insert(sync_logins).values(poll=poll, grant=grant, app=app, began=now, sealed=None)
    )


def login(connection: Connection, grant: bytes, now: int) -> Row[Any] | None:
    """Return the app of a pending request; its `poll` is for `hand_over`."""
    return connection.execute(
        select(sync_logins).where(
            sync_logins.c.grant == grant,
            sync_logins.c.began >= now - TWENTY_MINUTES,
            sync_logins.c.sealed.is_(None),
        )
    ).one_or_none()


def hand_over(connection: Connection, key: bytes, poll: bytes, handle: str, password: str) -> bool:
    """Store a password for the app to collect; return whether its request is still pending."""
    sealed = crypto.seal(key, json.dumps([handle, password]).encode(), poll.hex(), "login")
    waits = update(sync_logins).where(sync_logins.c.poll == poll, sync_logins.c.sealed.is_(None))
    return connection.execute(waits.values(sealed=sealed)).rowcount == 1


def is_granted(connection: Connection, poll: bytes) -> bool:
    """Return whether there is a password to collect."""
    granted = select(sync_logins.c.poll).where(
        sync_logins.c.poll == poll, sync_logins.c.sealed.is_not(None)
    )
    return connection.execute(granted).one_or_none() is not None


def collect(connection: Connection, key: bytes, poll: bytes, now: int) -> tuple[str, str] | None:
    """Return (handle, password) to the app that polls; None if nothing was granted.

    The app can ask again for one minute, in case the response was lost.
    """
    granted = (
        sync_logins.c.poll == poll,
        sync_logins.c.began >= now - TWENTY_MINUTES,
        sync_logins.c.sealed.is_not(None),
    )
    row = connection.execute(select(sync_logins).where(*granted)).one_or_none()
    if row is None:
        return None
    began, sealed = min(row.began, now - TWENTY_MINUTES + MINUTE), row.sealed
    connection.execute(update(sync_logins).where(*granted).values(began=began))
    try:
        handle, password = json.loads(crypto.unseal(key, sealed, poll.hex(), "login"))
    except (crypto.WrongKeyError, ValueError):  # damaged: the learner has to connect the app again
        return None
    return handle, password


def spelled(password: str) -> str:
    """Return a password in groups, as the page shows it."""
    return "-".join(password[at : at + GROUP] for at in range(0, len(password), GROUP))


def normal(password: str) -> str:
    """Return the characters of a password that count, however it was typed."""
    return "".join(char for char in typed_text.latin(password) if char.isascii() and char.isalnum())
