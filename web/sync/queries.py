"""Reads the actions since a number, and the subscription, from the database.

A full sync (since=0) returns only the newest action of each episode and kind: an app can use no
more than that. Any other request gets at most `PAGE` actions, whole uploads, oldest first, and the
number of the last of them: the app asks since that number next time (docs/decisions/0056).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from web.schema import media, sync_accounts, sync_actions, sync_cursors
from web.sync import cursors, evidence, store
from web.sync.apps import EPISODES, SUBSCRIPTIONS
from web.sync.totals_store import NEWEST

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select

    from web.database.engine import Database
    from web.sync.apps import App

PAGE = 10_000  # actions in one answer; more only if one upload had more


class ActionQuery(NamedTuple):
    """What an app requests: since when, of which device (None: all), only the newest of each.

    `own_clock` is set for apps that send their own time instead of the number they were given.
    """

    since: int
    device: int | None = None
    aggregated: bool = False
    own_clock: bool = False


class StoredAction(NamedTuple):
    """One stored action."""

    guid: str
    device: int
    kind: str
    proves: str
    at: int
    started: int | None
    position: int | None
    total: int | None


class Account(NamedTuple):
    """The account of a listener as apps see it."""

    began: int
    received: int
    subscribed: int | None
    changed: int


class Seen(NamedTuple):
    """What an app knows after an answer: everything up to `number`; `least` arrived before.

    `is_all` is false if newer uploads did not fit into the answer.
    """

    number: int
    least: int
    is_all: bool = True


def actions(database: Database, app: App, question: ActionQuery) -> tuple[list[StoredAction], int]:
    """Return the actions by time, and the number to ask since next time."""
    with database.reading() as connection:
        account = _account(connection, app)
        cursor = _cursor(connection, app, EPISODES)
        first, least = _first(cursor, question)
        asked = question._replace(since=first)
        last = _last(connection, app, account, asked)
        rows = _rows(connection, app, account, asked, last)
    seen = Seen(last, least, is_all=last >= account.received)
    _saw(database, cursor, seen, question)
    return rows, last


def subscription(database: Database, app: App, question: ActionQuery) -> tuple[bool | None, int]:
    """Return whether our show was added or removed, None if neither, and the next number."""
    with database.reading() as connection:
        account = _account(connection, app)
        cursor = _cursor(connection, app, SUBSCRIPTIONS)
        first, least = _first(cursor, question)
    _saw(database, cursor, Seen(account.changed, least), question)
    is_new = first < account.changed or first <= account.began
    changed = None if account.subscribed is None or not is_new else bool(account.subscribed)
    return changed, account.changed


def is_subscribed(database: Database, app: App) -> bool:
    """Return whether an app said that its learner follows our show."""
    with database.reading() as connection:
        return bool(_account(connection, app).subscribed)


def subscribe(
    database: Database, app: App, is_followed: bool | None, now: int, feed: str = ""
) -> int | None:
    """Store whether our show is followed; None if an app does not mention it.

    Return the number to ask since, None if the account was deleted.
    """
    with database.writing() as connection:
        if store.lock(connection, app) is None:
            return None
        account = _account(connection, app)
        mine = account.changed
        if is_followed is not None and bool(account.subscribed) != is_followed:
            mine = cursors.following(account.changed, now)
            where = sync_accounts.c.listener == app.listener
            values = {"subscribed": int(is_followed), "changed": mine}
            connection.execute(update(sync_accounts).where(where).values(**values))
        store.spell(connection, app, feed)
        return store.answered(connection, app, SUBSCRIPTIONS, account.changed, mine)


# The fixed queries, built once: building one takes longer than running it.
_OF: BindParameter[Any] = bindparam("of")
_ACCOUNT = select(sync_accounts).where(sync_accounts.c.listener == _OF)
_IT = (sync_cursors.c.app == _OF, sync_cursors.c.what == bindparam("list"))
_CURSOR: Select[Any] = select(sync_cursors).where(*_IT)
_NOW_SEEN = case(
    (sync_cursors.c.seen < bindparam("received"), bindparam("received")), else_=sync_cursors.c.seen
)
_SAW = update(sync_cursors).where(*_IT).values(seen=_NOW_SEEN)
# An app that is behind again, after it lost its data, say, must not skip what did not fit.
_SAW_SOME = update(sync_cursors).where(*_IT).values(seen=bindparam("received"))
_TOLD = [
    media.c.guid if name == "guid" else getattr(sync_actions.c, name)
    for name in StoredAction._fields
]


def _account(connection: Connection, app: App) -> Account:
    row = connection.execute(_ACCOUNT, {"of": app.listener}).one_or_none()
    if row is None:  # disconnected a moment ago
        return Account(0, 0, None, 0)
    return Account(row.began, row.received, row.subscribed, row.changed)


def _cursor(connection: Connection, app: App, what: str) -> Row[Any] | None:
    """Return how much of a list an app has fetched."""
    return connection.execute(_CURSOR, {"of": app.id, "list": what}).one_or_none()


def _first(cursor: Row[Any] | None, question: ActionQuery) -> tuple[int, int]:
    """Return (the number to answer from, the number that has certainly arrived).

    An app that asks by its own clock may be ahead of ours. It gets everything since the last
    response that it received; a new `since` shows that the previous response arrived.
    """
    if not question.own_clock:
        return question.since, 0
    if cursor is None:
        return 0, 0
    least = cursor.least if cursor.asked == question.since else cursor.seen
    return min(question.since, least), least


def _saw(database: Database, cursor: Row[Any] | None, seen: Seen, question: ActionQuery) -> None:
    """Store what an app was sent, and that earlier responses arrived."""
    asked = question.since if question.own_clock else -1
    if cursor is None:
        return
    is_known = cursor.seen >= seen.number if seen.is_all else cursor.seen == seen.number
    if is_known and cursor.asked == asked:
        return
    values = {"least": seen.least, "asked": asked} if question.own_clock else {}
    which = {"of": cursor.app, "list": cursor.what, "received": seen.number}
    with database.writing() as connection:
        connection.execute(_SAW if seen.is_all else _SAW_SOME, {**which, **values})


def _last(connection: Connection, app: App, account: Account, question: ActionQuery) -> int:
    """Return the number of the newest upload if all fit into one answer, else that of the last.

    Kasts asks since one more than it was sent. Two less than the next upload is told, so that it
    misses nothing; if two uploads came at once, others get the earlier one twice.
    """
    if question.aggregated or not question.since:
        return account.received
    asked = {**_values(app, question), "skipped": 0}
    uploads = _uploads(device=question.device is not None)
    beyond = connection.scalars(uploads, {**asked, "skipped": PAGE}).one_or_none()
    if beyond is None:
        return account.received
    fresh = connection.scalars(uploads, {**asked, "since": question.since + 1}).one_or_none()
    if fresh is not None and beyond <= fresh:  # one upload is more than a page
        beyond = connection.scalars(uploads, {**asked, "since": fresh + 1}).one_or_none()
    return account.received if fresh is None or beyond is None else int(beyond) - 2


@cache
def _uploads(*, device: bool) -> Select[Any]:
    """Build a query for the number of the upload that has the action after so many."""
    numbers = select(sync_actions.c.received).where(*_where(device=device))
    return numbers.order_by(sync_actions.c.received).offset(bindparam("skipped")).limit(1)


def _rows(
    connection: Connection, app: App, account: Account, question: ActionQuery, last: int
) -> list[StoredAction]:
    if not account.began or question.since >= account.received > account.began:
        return []
    kinds = bool(not question.since and not question.aggregated)
    query = _query(
        newest=question.aggregated or not question.since,
        kinds=kinds,
        device=question.device is not None,
    )
    asked = {**_values(app, question), "last": last}
    return [StoredAction._make(row) for row in connection.execute(query, asked).all()]


def _values(app: App, question: ActionQuery) -> dict[str, int | None]:
    return {"of": app.listener, "since": question.since, "device": question.device}


def _where(*, device: bool) -> list[ColumnElement[bool]]:
    table = sync_actions.c
    where = [table.listener == _OF, table.proves != evidence.WIPED,
             table.received >= bindparam("since")]  # fmt: skip
    return [*where, table.device == bindparam("device")] if device else where


@cache
def _query(*, newest: bool, kinds: bool, device: bool) -> Select[Any]:
    """Build a query for actions: all, or only the newest of each episode (and kind)."""
    table = sync_actions.c
    where = [*_where(device=device), table.received <= bindparam("last")]
    joined = select(*_TOLD).join(media, media.c.number == table.media).where(*where)
    if not newest:
        return joined.order_by(table.at, table.received, table.digest)
    each = [media.c.guid, table.kind] if kinds else [media.c.guid]
    rank = func.row_number().over(partition_by=each, order_by=NEWEST).label("rank")
    ranked = joined.add_columns(table.received, rank).subquery()
    only = select(*(ranked.c[name] for name in StoredAction._fields)).where(ranked.c.rank == 1)
    return only.order_by(ranked.c.at, ranked.c.received)
