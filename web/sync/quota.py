"""Limits how much apps may store in one account.

There is room for 50 actions a day for ten years, and for more apps than anybody has devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from episodes.errors import EarmarkError
from episodes.translations import text as _
from web.database.compiled_statement import CompiledStatement
from web.schema import app_passwords, sync_actions

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Connection

APPS = 50  # that are connected at once
ACTIONS = 200_000  # that apps reported; the upload that passes the limit is still stored

_OF: BindParameter[Any] = bindparam("of")
_HELD = CompiledStatement(
    select(func.count(sync_actions.c.received)).where(sync_actions.c.listener == _OF)
)


class FullError(EarmarkError):
    """The account has no room for this; nothing was changed."""


def is_full(connection: Connection, listener: int) -> bool:
    """Return whether a listener's apps have reported as much as one account can hold."""
    return bool(listener) and int(_HELD.rows(connection, {"of": listener})[0][0]) >= ACTIONS


def check_actions(connection: Connection, listener: int) -> None:
    """Raise FullError if the account has no room for more actions."""
    if is_full(connection, listener):
        raise FullError(_("this account is full; see “Connect an app” on the site"))


def check_apps(connection: Connection, listener: int) -> None:
    """Raise FullError if a listener has as many apps as one account can have."""
    mine = select(func.count()).where(app_passwords.c.listener == listener)
    if connection.execute(mine).scalar_one() >= APPS:
        raise FullError(
            _(
                "You have %(most)s apps, the most that one account can have. Disconnect one that "
                "you no longer use, then connect this one.",
                most=APPS,
            )
        )
