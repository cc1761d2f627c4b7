"""Stores the actions that apps upload, as they arrived, and updates the totals.

An upload locks its account and takes the next number there. So no smaller number ever follows one
that was sent out, and an app that asks since then misses nothing, however late an upload commits.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select, update

from web.database.batch_statement import adding
from web.database.compiled_statement import CompiledStatement
from web.listening import store as listening
from web.schema import (
    app_passwords,
    media,
    reported,
    sync_accounts,
    sync_actions,
    sync_cursors,
)
from web.sync import action_times, cursors, devices, evidence, quota, totals_store
from web.sync.actions import Action
from web.sync.apps import EPISODES
from web.sync.evidence import Played
from web.sync.totals_store import Before, JudgedAction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import BindParameter, Connection, Select

    from web.sync.apps import App
    from web.sync.episode_index import Recording

MANY = 500  # values in one query

# The queries of every upload, built once: building one takes longer than running it.
_OF: BindParameter[Any] = bindparam("of")
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_LOCK = CompiledStatement(
    select(sync_accounts.c.received).where(sync_accounts.c.listener == _OF).with_for_update()
)
_KEEP = adding(sync_actions, sync_actions.c.keys())
_COUNT = CompiledStatement(
    update(sync_accounts)
    .where(sync_accounts.c.listener == _OF)
    .values(received=bindparam("received"))
)
_KNOWN = select(sync_actions.c.digest).where(
    sync_actions.c.listener == _OF, sync_actions.c.digest.in_(_THESE)
)
_MEDIA: Select[Any] = (
    select(
        media, reported.c.runs, reported.c.played, reported.c.furthest, reported.c.finished,
        reported.c.place, reported.c.at,
    )
    .outerjoin(reported, and_(reported.c.media == media.c.number, reported.c.listener == _OF))
    .where(media.c.guid.in_(_THESE))
)  # fmt: skip
_PLAYS = (
    sync_actions.c.device == _OF,
    sync_actions.c.proves.in_([evidence.INTERVAL, evidence.POSITION]),
    sync_actions.c.clock == action_times.OWN,
)
_EARLIER = select(func.max(sync_actions.c.at)).where(
    *_PLAYS, sync_actions.c.at <= bindparam("first")
)
_BEFORE = select(sync_actions.c.at, sync_actions.c.media, sync_actions.c.position).where(
    *_PLAYS,
    sync_actions.c.at >= func.coalesce(_EARLIER.scalar_subquery(), 0),
    sync_actions.c.at <= bindparam("last"),
)
_CURSOR = (sync_cursors.c.app == _OF, sync_cursors.c.what == bindparam("list"))
_SEEN = CompiledStatement(select(sync_cursors.c.seen).where(*_CURSOR))
_SEE = CompiledStatement(update(sync_cursors).where(*_CURSOR).values(seen=bindparam("seen")))


class MatchedAction(NamedTuple):
    """An action with its recording."""

    action: Action
    recording: Recording


class Upload(NamedTuple):
    """The actions of one upload, its time, and the app's spelling of our feed's URL."""

    found: Sequence[MatchedAction]
    now: int
    feed: str = ""


def store_upload(connection: Connection, app: App, key: bytes, upload: Upload) -> int | None:
    """Store an upload; return the number to ask since, None if the account was deleted.

    `key` seals the names of devices. Repeated actions change nothing. Raises quota.FullError.
    """
    before = lock(connection, app)
    if before is None:
        return None
    fresh = _fresh(connection, app, upload.found)
    mine = cursors.following(before, upload.now) if fresh else before
    if fresh:
        quota.check_actions(connection, app.listener)
        every = list(_matched(connection, app, key, fresh))
        _KEEP.write(connection, [_row(app, each, mine) for each in every])
        totals_store.add_actions(connection, app.listener, every)
        _COUNT.write(connection, {"of": app.listener, "received": mine})
        spell(connection, app, upload.feed)
    return answered(connection, app, EPISODES, before, mine)


def lock(connection: Connection, app: App) -> int | None:
    """Lock the account, waiting for other uploads; return the number of the last."""
    rows = _LOCK.rows(connection, {"of": app.listener})
    return int(rows[0][0]) if rows else None


def _fresh(
    connection: Connection, app: App, matched: Sequence[MatchedAction]
) -> dict[bytes, MatchedAction]:
    fresh = {each.action.digest: each for each in matched}
    digests = list(fresh)
    for at in range(0, len(digests), MANY):
        some = {"of": app.listener, "these": digests[at : at + MANY]}
        for digest in connection.scalars(_KNOWN, some):
            del fresh[digest]
    return fresh


def _matched(
    connection: Connection, app: App, key: bytes, fresh: dict[bytes, MatchedAction]
) -> Iterator[JudgedAction]:
    """Return what each action proves, device by device."""
    known = _recordings(connection, app, {match.recording for match in fresh.values()})
    by_id = devices.numbers(connection, key, app, {each.action.device for each in fresh.values()})
    ordered = sorted(fresh.values(), key=lambda each: by_id[each.action.device])
    for device, group in groupby(ordered, key=lambda each: by_id[each.action.device]):
        batch = [(each.action, known[each.recording]) for each in group]
        of = {action.digest: before for action, before in batch}
        past = _before(
            connection, device, [each.at for each, _ in batch if each.clock == action_times.OWN]
        )
        rows = ((action, before.media, before.tenths) for action, before in batch)
        for action, proves in evidence.judged(rows, past):
            yield JudgedAction(action, proves, device, of[action.digest])


def _recordings(
    connection: Connection, app: App, recordings: set[Recording]
) -> dict[Recording, Before]:
    """Return the rows of recordings; add new ones."""
    known = {}
    guids = sorted({each.guid for each in recordings})
    for at in range(0, len(guids), MANY):
        some = {"of": app.listener, "these": guids[at : at + MANY]}
        for row in connection.execute(_MEDIA, some).all():
            known[row.guid, row.version] = totals_store.before(row)
    return {
        each: known.get((each.guid, each.version))
        or Before(listening.recording(connection, *each).number, each.tenths)
        for each in recordings
    }


def _before(connection: Connection, device: int, when: Sequence[int]) -> list[Played]:
    """Return a device's stored actions at these times, and the last one before them."""
    if not when:
        return []
    first = min(when) - evidence.STAMP
    rows = connection.execute(_BEFORE, {"of": device, "first": first, "last": max(when)})
    return [Played(row.at, row.media, row.position or 0) for row in rows]


def _row(app: App, kept: JudgedAction, mine: int) -> dict[str, Any]:
    action = kept.action
    return {
        "listener": app.listener, "digest": action.digest, "received": mine,
        "device": kept.device, "media": kept.before.media, "kind": action.kind,
        "proves": kept.proves, "at": action.at, "started": action.started,
        "position": action.position, "total": action.total, "clock": action.clock,
    }  # fmt: skip


def spell(connection: Connection, app: App, feed: str) -> None:
    """Store how an app writes our feed's URL: to the app, another spelling is another show."""
    if feed and feed != app.feed and len(feed) <= 500:
        connection.execute(
            update(app_passwords).where(app_passwords.c.id == app.id).values(feed=feed)
        )


def answered(connection: Connection, app: App, what: str, before: int, mine: int) -> int:
    """Return the number to ask since after an upload, and store it.

    `before` is the number of the previous upload, `mine` of this one.
    """
    cursor = {"of": app.id, "list": what}
    seen = max((row[0] for row in _SEEN.rows(connection, cursor)), default=0)
    answer = cursors.may_ask_since(before, mine, seen)
    if answer > seen:
        _SEE.write(connection, {**cursor, "seen": answer})
    return answer
