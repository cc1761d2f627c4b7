"""What apps reported, in the database: uploads as they arrived, and what they say together.

An upload locks its account and takes the next number there, so that a number that was told is
never followed by a smaller one: who asks since then misses nothing, however late it was committed.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from web.listening import coverage
from web.listening import store as listening
from web.schema import (
    app_passwords,
    media,
    reported,
    sync_accounts,
    sync_actions,
    sync_cursors,
)
from web.sync import devices, rules, summing
from web.sync.apps import EPISODES
from web.sync.rules import Action, Played, Step
from web.sync.summing import Report, Sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import BindParameter, Connection, Row

    from web.sync.apps import App
    from web.sync.matching import Recording

MANY = 500  # values in one question
NEWEST = (
    sync_actions.c.at.desc(),
    sync_actions.c.received.desc(),
    func.coalesce(sync_actions.c.position, -1).desc(),  # in one second: where it got to
    sync_actions.c.digest,
)
DEEP = 8  # the newest actions of a recording that say where to go on


# What every upload asks, built once: to build them takes longer than to ask.
_OF: BindParameter[Any] = bindparam("of")
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_LOCK = (
    update(sync_accounts)
    .where(sync_accounts.c.listener == _OF)
    .values(received=sync_accounts.c.received)
    .returning(sync_accounts.c.received)
)
_COUNT = update(sync_accounts).where(sync_accounts.c.listener == _OF)
_KNOWN = select(sync_actions.c.digest).where(
    sync_actions.c.listener == _OF, sync_actions.c.digest.in_(_THESE)
)
_MEDIA = select(media).where(media.c.guid.in_(_THESE))
_PLAYS = (
    sync_actions.c.device == _OF,
    sync_actions.c.proves.in_([rules.INTERVAL, rules.POSITION]),
)
_EARLIER = select(func.max(sync_actions.c.at)).where(
    *_PLAYS, sync_actions.c.at <= bindparam("first")
)
_BEFORE = select(sync_actions.c.at, sync_actions.c.media, sync_actions.c.position).where(
    *_PLAYS,
    sync_actions.c.at >= func.coalesce(_EARLIER.scalar_subquery(), 0),
    sync_actions.c.at <= bindparam("last"),
)
_THOSE = (reported.c.listener == _OF, reported.c.media.in_(_THESE))
_REPORTED, _FORGET = select(reported).where(*_THOSE), delete(reported).where(*_THOSE)
_RANKED = (
    select(
        sync_actions,
        func.row_number().over(partition_by=sync_actions.c.media, order_by=NEWEST).label("rank"),
    )
    .where(
        sync_actions.c.listener == _OF,
        sync_actions.c.media.in_(_THESE),
        sync_actions.c.kind.in_(["play", "new"]),
    )
    .subquery()
)
_STEPS = select(_RANKED).where(_RANKED.c.rank <= DEEP).order_by(_RANKED.c.media, _RANKED.c.rank)
_CURSOR = (sync_cursors.c.app == _OF, sync_cursors.c.what == bindparam("list"))
_SEEN, _SEE = select(sync_cursors.c.seen).where(*_CURSOR), update(sync_cursors).where(*_CURSOR)


class Found(NamedTuple):
    """An action with the recording that it is about."""

    action: Action
    recording: Recording


class Upload(NamedTuple):
    """What came at once, when, and how the app writes our feed's address."""

    found: Sequence[Found]
    now: int
    feed: str = ""


class Kept(NamedTuple):
    """An action with the numbers under which it is kept."""

    action: Action
    proves: str
    device: int
    media: int
    tenths: int


def take(connection: Connection, app: App, key: bytes, upload: Upload) -> int | None:
    """Keep what an app reports; return since when it may ask, None where the account is gone.

    `key` is for the names of devices. What arrived before changes nothing.
    """
    before = lock(connection, app)
    if before is None:
        return None
    fresh = _fresh(connection, app, upload.found)
    mine = rules.following(before, upload.now) if fresh else before
    if fresh:
        every = list(_placed(connection, app, key, fresh))
        connection.execute(insert(sync_actions), [_row(app, each, mine) for each in every])
        _add_up(connection, app.listener, every)
        connection.execute(_COUNT, {"of": app.listener, "received": mine})
        spell(connection, app, upload.feed)
    return answered(connection, app, EPISODES, before, mine)


def lock(connection: Connection, app: App) -> int | None:
    """Wait for the account's other uploads; return the number of the last."""
    found = connection.execute(_LOCK, {"of": app.listener}).scalar_one_or_none()
    return None if found is None else int(found)


def _fresh(connection: Connection, app: App, found: Sequence[Found]) -> dict[bytes, Found]:
    fresh = {each.action.digest: each for each in found}
    digests = list(fresh)
    for at in range(0, len(digests), MANY):
        some = {"of": app.listener, "these": digests[at : at + MANY]}
        for digest in connection.scalars(_KNOWN, some):
            del fresh[digest]
    return fresh


def _placed(
    connection: Connection, app: App, key: bytes, fresh: dict[bytes, Found]
) -> Iterator[Kept]:
    """Say of each action what it proves, device by device."""
    numbers = _recordings(connection, {found.recording for found in fresh.values()})
    by_id = devices.numbers(connection, key, app, {each.action.device for each in fresh.values()})
    ordered = sorted(fresh.values(), key=lambda each: by_id[each.action.device])
    for device, group in groupby(ordered, key=lambda each: by_id[each.action.device]):
        batch = [(each.action, numbers[each.recording]) for each in group]
        media_of = {action.digest: recording for action, recording in batch}
        past = _before(connection, device, [action.at for action, _ in batch])
        rows = ((action, to.number, to.tenths) for action, to in batch)
        for action, proves in rules.judged(rows, past):
            to = media_of[action.digest]
            yield Kept(action, proves, device, to.number, to.tenths)


def _recordings(
    connection: Connection, wanted: set[Recording]
) -> dict[Recording, listening.Recording]:
    """Return the recordings with their numbers, added where they are new."""
    known = {}
    guids = sorted({each.guid for each in wanted})
    for at in range(0, len(guids), MANY):
        for row in connection.execute(_MEDIA, {"these": guids[at : at + MANY]}):
            known[row.guid, row.version] = listening.Recording(row.number, row.guid, row.tenths)
    return {
        each: known.get((each.guid, each.version)) or listening.recording(connection, *each)
        for each in wanted
    }


def _before(connection: Connection, device: int, times: Sequence[int]) -> list[Played]:
    """Return what a device played at these times, and the last thing before."""
    rows = connection.execute(_BEFORE, {"of": device, "first": min(times), "last": max(times)})
    return [Played(row.at, row.media, row.position or 0) for row in rows]


def _row(app: App, kept: Kept, mine: int) -> dict[str, Any]:
    action = kept.action
    return {
        "listener": app.listener, "digest": action.digest, "received": mine,
        "device": kept.device, "media": kept.media, "kind": action.kind, "proves": kept.proves,
        "at": action.at, "started": action.started, "position": action.position,
        "total": action.total,
    }  # fmt: skip


def _add_up(connection: Connection, listener: int, every: Sequence[Kept]) -> None:
    """Add actions to what is known of their recordings."""
    numbers = sorted({each.media for each in every})
    those = {"of": listener, "these": numbers}
    rows = {row.media: row for row in connection.execute(_REPORTED, those)}
    steps = _steps(connection, listener, numbers)
    rows_now = []
    for number in numbers:
        parts = [
            summing.one(_report(each.action, each.proves), each.tenths)
            for each in every
            if each.media == number
        ]
        length = next(each.tenths for each in every if each.media == number)
        place = place_of(steps.get(number, []), length)
        row = rows.get(number)
        if row is not None:
            parts.append(_readable(connection, row))
        rows_now.append(values(listener, number, summing.together(parts), place))
    connection.execute(_FORGET, those)
    connection.execute(insert(reported), rows_now)


def _report(action: Action | Row[Any], proves: str) -> Report:
    return Report(proves, action.started, action.position, action.total)


def _readable(connection: Connection, row: Row[Any]) -> Sum:
    """Return what was known; where it is damaged, it is derived anew from what arrived."""
    try:
        return Sum(coverage.unpack(row.runs), row.played, row.furthest, row.finished)
    except coverage.DamagedError:
        where = (sync_actions.c.listener == row.listener, sync_actions.c.media == row.media)
        before = connection.execute(
            select(sync_actions, media.c.tenths).join(media).where(*where)
        ).all()
        whole = summing.together(summing.one(_report(each, each.proves), each.tenths)
                                 for each in before)  # fmt: skip
        return Sum(whole.runs)


def place_of(steps: Sequence[Step], length: int) -> tuple[int, int]:
    """Return (tenths, since when) where to go on in a recording; nowhere is (0, 0)."""
    tenths, at = rules.resume(steps) or (0, 0)
    return min(tenths, length), at


def values(listener: int, number: int, found: Sum, place: tuple[int, int]) -> dict[str, Any]:
    """Return what is known of one recording as it is kept."""
    return {
        "listener": listener, "media": number, "runs": coverage.pack(found.runs),
        "played": found.played, "furthest": found.furthest, "finished": found.finished,
        "place": place[0], "at": place[1],
    }  # fmt: skip


def _steps(connection: Connection, listener: int, numbers: Sequence[int]) -> dict[int, list[Step]]:
    """Return the newest actions of each recording, newest first."""
    rows = connection.execute(_STEPS, {"of": listener, "these": numbers})
    found: dict[int, list[Step]] = {}
    for row in rows:
        found.setdefault(row.media, []).append(step(row))
    return found


def step(row: Row[Any]) -> Step:
    """Return an action as what it says of the place where to go on."""
    return Step(row.at, row.device, row.kind, row.proves, (row.position or 0) * coverage.TENTHS)


def spell(connection: Connection, app: App, feed: str) -> None:
    """Remember how an app writes our feed's address: another one would be another show to it."""
    if feed and feed != app.feed and len(feed) <= 500:
        connection.execute(
            update(app_passwords).where(app_passwords.c.id == app.id).values(feed=feed)
        )


def cursor_of(app: App, what: str) -> tuple[Any, Any]:
    """Return where the cursor of an app is."""
    return sync_cursors.c.app == app.id, sync_cursors.c.what == what


def answered(connection: Connection, app: App, what: str, before: int, mine: int) -> int:
    """Return since when an app may ask after an upload, and remember it.

    `before` is the number of the upload before, `mine` of this one.
    """
    cursor = {"of": app.id, "list": what}
    seen = connection.execute(_SEEN, cursor).scalar_one_or_none() or 0
    answer = rules.may_ask_since(before, mine, seen)
    if answer > seen:
        connection.execute(_SEE, {**cursor, "seen": answer})
    return answer
