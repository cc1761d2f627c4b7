"""What apps ask for, from the database: the actions since a number, and the subscription.

Of whoever asks from the beginning only the newest of each episode and kind is told: that is what an
app can use of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, func, select, update

from web.schema import media, sync_accounts, sync_actions, sync_cursors
from web.sync import rules, store
from web.sync.apps import EPISODES, SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from web.database import Database
    from web.sync.apps import App


class Question(NamedTuple):
    """What an app asks: since when, of which device (None: all), only the newest of each.

    `own_clock` is set for apps that send their own time instead of the number they were told.
    """

    since: int
    device: int | None = None
    aggregated: bool = False
    own_clock: bool = False


class Told(NamedTuple):
    """One action as it is kept."""

    guid: str
    device: int
    kind: str
    proves: str
    at: int
    started: int | None
    position: int | None
    total: int | None


class Account(NamedTuple):
    """The account of a listener, as apps know it."""

    began: int
    received: int
    subscribed: int | None
    changed: int


def actions(database: Database, app: App, question: Question) -> tuple[list[Told], int]:
    """Return what was reported, by time, and the number since which to ask the next time."""
    with database.reading() as connection:
        account = _account(connection, app)
        first, least = _first(connection, app, EPISODES, question)
        rows = _rows(connection, app, account, question._replace(since=first))
    _saw(database, store.cursor_of(app, EPISODES), account.received, least, question)
    return rows, account.received


def subscription(database: Database, app: App, question: Question) -> tuple[bool | None, int]:
    """Return whether our show was added or removed, None where neither, and the next number."""
    with database.reading() as connection:
        account = _account(connection, app)
        first, least = _first(connection, app, SUBSCRIPTIONS, question)
    _saw(database, store.cursor_of(app, SUBSCRIPTIONS), account.changed, least, question)
    is_new = first < account.changed or first <= account.began
    changed = None if account.subscribed is None or not is_new else bool(account.subscribed)
    return changed, account.changed


def is_subscribed(database: Database, app: App) -> bool:
    """Say whether an app said that its learner follows our show."""
    with database.reading() as connection:
        return bool(_account(connection, app).subscribed)


def subscribe(
    database: Database, app: App, wanted: bool | None, now: int, feed: str = ""
) -> int | None:
    """Keep that our show is followed or not; None where an app says nothing of it.

    Return since when it may ask, None where the account is gone.
    """
    with database.writing() as connection:
        if store.lock(connection, app) is None:
            return None
        account = _account(connection, app)
        mine = account.changed
        if wanted is not None and bool(account.subscribed) != wanted:
            mine = rules.following(account.changed, now)
            where = sync_accounts.c.listener == app.listener
            values = {"subscribed": int(wanted), "changed": mine}
            connection.execute(update(sync_accounts).where(where).values(**values))
        store.spell(connection, app, feed)
        return store.answered(connection, app, SUBSCRIPTIONS, account.changed, mine)


def _account(connection: Connection, app: App) -> Account:
    query = select(sync_accounts).where(sync_accounts.c.listener == app.listener)
    row = connection.execute(query).one_or_none()
    if row is None:  # disconnected a moment ago
        return Account(0, 0, None, 0)
    return Account(row.began, row.received, row.subscribed, row.changed)


def _first(connection: Connection, app: App, what: str, question: Question) -> tuple[int, int]:
    """Return (from which number to tell, which one is known to have arrived).

    An app that asks by its own clock may be ahead of ours. It is told everything since the last
    answer that it has; it has that one, if it asks since another time than before.
    """
    if not question.own_clock:
        return question.since, 0
    where = store.cursor_of(app, what)
    row = connection.execute(select(sync_cursors).where(*where)).one_or_none()
    if row is None:
        return 0, 0
    least = row.least if row.asked == question.since else row.seen
    return min(question.since, least), least


def _saw(
    database: Database, where: tuple[Any, Any], received: int, least: int, question: Question
) -> None:
    """Remember what an app was told, and that it has what it was told before."""
    asked = question.since if question.own_clock else -1
    with database.reading() as connection:
        row = connection.execute(select(sync_cursors).where(*where)).one_or_none()
    if row is None or (row.seen >= received and row.asked == asked):
        return
    seen = sync_cursors.c.seen
    values: dict[str, Any] = {"seen": case((seen < received, received), else_=seen)}
    if question.own_clock:
        values |= {"least": least, "asked": asked}
    with database.writing() as connection:
        connection.execute(update(sync_cursors).where(*where).values(**values))


def _rows(connection: Connection, app: App, account: Account, question: Question) -> list[Told]:
    if question.since >= account.received > account.began:
        return []
    table = sync_actions.c
    where: list[ColumnElement[bool]] = [
        table.listener == app.listener, table.proves != rules.WIPED,
        table.received >= question.since,
    ]  # fmt: skip
    if question.device is not None:
        where.append(table.device == question.device)
    if question.aggregated or not question.since:
        kinds = [] if question.aggregated else [table.kind]
        return _told(_newest(connection, where, kinds))
    rows = connection.execute(
        select(sync_actions, media.c.guid)
        .join(media, media.c.number == table.media)
        .where(*where)
        .order_by(table.at, table.received, table.digest)
    )
    return _told(rows.all())


def _newest(
    connection: Connection, where: list[ColumnElement[bool]], kinds: list[Any]
) -> Sequence[Row[Any]]:
    """Return the newest action of each episode, and of each kind where those are told apart."""
    table = sync_actions.c
    rank = func.row_number().over(
        partition_by=[media.c.guid, *kinds],
        order_by=store.NEWEST,
    )
    ranked = (
        select(sync_actions, media.c.guid, rank.label("rank"))
        .join(media, media.c.number == table.media)
        .where(*where)
        .subquery()
    )
    found = select(ranked).where(ranked.c.rank == 1)
    return connection.execute(found.order_by(ranked.c.at, ranked.c.received)).all()


def _told(rows: Sequence[Row[Any]]) -> list[Told]:
    return [Told(*(getattr(row, name) for name in Told._fields)) for row in rows]
