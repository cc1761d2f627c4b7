"""Grants an app a password of its own, shown once or handed to the app that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from web import crypto
from web.listening import store as listening
from web.sync import apps, quota

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.companion import Companion


class Credentials(NamedTuple):
    """The handle and password with which an app authenticates."""

    handle: str
    password: str


def poll_digest(companion: Companion, token: str) -> bytes:
    """Return the digest of the secret that a waiting app polls with."""
    return crypto.digest(companion.settings.secrets.key, "app poll", token)


def grant_digest(companion: Companion, token: str) -> bytes:
    """Return the digest of the secret in the URL that it opened in the browser."""
    return crypto.digest(companion.settings.secrets.key, "app grant", token)


def _key(companion: Companion) -> bytes:
    return crypto.part(companion.settings.secrets.key, "app login")


def let_in(
    connection: Connection, companion: Companion, learner: Learner, name: str
) -> Credentials:
    """Make a password for one app of a learner, and turn on their listening record.

    Raises quota.FullError.
    """
    now = companion.now()
    listener = listening.start_record(connection, learner.id)
    quota.check_apps(connection, listener)
    handle = apps.connect(connection, listener, int(now.timestamp()))
    password = apps.new_password()
    digest = crypto.digest(companion.settings.secrets.key, "app password", password)
    apps.add_app(connection, learner, listener, apps.New(name, digest, now.date()))
    return Credentials(handle, apps.spelled(password))


def waiting(companion: Companion, token: str) -> str | None:
    """Return what a waiting app calls itself, None if none is waiting."""
    now = int(companion.now().timestamp())
    with companion.database.reading() as connection:
        login = apps.login(connection, grant_digest(companion, token), now)
    return login.app if login else None


def grant(
    connection: Connection, companion: Companion, learner: Learner, token: str, name: str
) -> bool:
    """Connect a waiting app; return whether it still waits. If not, the caller rolls back."""
    login = apps.login(connection, grant_digest(companion, token), int(companion.now().timestamp()))
    if login is None:
        return False
    credentials = let_in(connection, companion, learner, name)
    return apps.hand_over(connection, _key(companion), login.poll, *credentials)


def collect(companion: Companion, token: str) -> Credentials | None:
    """Return an app's credentials, for one minute; None if nothing was granted."""
    digest, now = poll_digest(companion, token), int(companion.now().timestamp())
    with companion.database.reading() as connection:
        if not apps.is_granted(connection, digest):
            return None
    with companion.database.writing() as connection:
        credentials = apps.collect(connection, _key(companion), digest, now)
    return Credentials(*credentials) if credentials else None
