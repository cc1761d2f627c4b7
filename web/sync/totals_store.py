"""Stores the totals of each recording from the actions of apps; they only ever grow.

Merges new actions into the totals; earlier actions are read only if the totals are not enough.
A rebuild from all actions gives the same totals (rebuild.py).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select

from web.database.batch_statement import adding
from web.listening import coverage
from web.schema import media, reported, sync_actions
from web.sync import evidence, totals
from web.sync.actions import Action
from web.sync.evidence import Step
from web.sync.totals import ReportedAction, Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import BindParameter, Connection, Row

MANY = 500  # recordings in one query
NEWEST = (
    sync_actions.c.at.desc(),
    sync_actions.c.received.desc(),
    func.coalesce(sync_actions.c.position, -1).desc(),  # within one second: the furthest position
    sync_actions.c.digest,
)
DEEP = 200  # the newest steps of a recording that decide where to resume

_OF: BindParameter[Any] = bindparam("of")
_STEP = ("media", "at", "device", "kind", "proves", "position")
_RANKED = (
    select(
        *(sync_actions.c[name] for name in _STEP),
        func.row_number().over(partition_by=sync_actions.c.media, order_by=NEWEST).label("rank"),
    )
    .where(
        sync_actions.c.listener == _OF,
        sync_actions.c.media.in_(bindparam("these", expanding=True)),
        (sync_actions.c.kind == "new")
        | sync_actions.c.proves.in_([evidence.INTERVAL, evidence.POSITION, evidence.FINISHED]),
    )
    .subquery()
)
_STEPS = select(_RANKED).where(_RANKED.c.rank <= DEEP).order_by(_RANKED.c.media, _RANKED.c.rank)
_KEEP = adding(
    reported,
    reported.c.keys(),
    change=("runs", "played", "furthest", "finished", "place", "at"),
)


class Before(NamedTuple):
    """A recording and its stored totals; `known` is None if no app has reported anything.

    `place` is (tenths, since when) where to resume; lengths in tenths.
    """

    media: int
    tenths: int
    known: Totals | None = None
    place: tuple[int, int] = (0, 0)
    is_damaged: bool = False


class JudgedAction(NamedTuple):
    """A stored action: what it proves, of which device and recording."""

    action: Action
    proves: str
    device: int
    before: Before


def before(row: Row[Any]) -> Before:
    """Read a recording and its totals."""
    if row.runs is None:
        return Before(row.number, row.tenths)
    try:
        known = Totals(coverage.unpack(row.runs), row.played, row.furthest, row.finished)
    except coverage.DamagedError:
        return Before(row.number, row.tenths, Totals(), (row.place, row.at), is_damaged=True)
    return Before(row.number, row.tenths, known, (row.place, row.at))


def add_actions(connection: Connection, listener: int, every: Iterable[JudgedAction]) -> None:
    """Add actions that are already stored to the totals of their recordings."""
    batches: dict[int, list[JudgedAction]] = {}
    for each in every:
        batches.setdefault(each.before.media, []).append(each)
    places = _places(connection, listener, batches)
    rows = []
    for number, batch in batches.items():
        known, length = batch[0].before, batch[0].before.tenths
        if known.is_damaged:
            whole = _gathered(connection, listener, number)
        else:
            new = (
                totals.totals_of_action(_report(each.action, each.proves), length) for each in batch
            )
            whole = totals.merge_totals([known.known or Totals(), *new])
        columns = _values(whole, _within(places[number], length))
        rows.append({"listener": listener, "media": number, **columns})
    _KEEP.write(connection, rows)


def _report(action: Action | Row[Any], proves: str) -> ReportedAction:
    return ReportedAction(proves, action.started, action.position, action.total)


def _gathered(connection: Connection, listener: int, number: int) -> Totals:
    """Return the totals of all stored actions, if the stored totals are damaged."""
    mine = (sync_actions.c.listener == listener, sync_actions.c.media == number)
    rows = connection.execute(select(sync_actions, media.c.tenths).join(media).where(*mine))
    return totals.merge_totals(
        totals.totals_of_action(_report(row, row.proves), row.tenths) for row in rows
    )


def _places(
    connection: Connection, listener: int, batches: dict[int, list[JudgedAction]]
) -> dict[int, tuple[int, int]]:
    """Return where to resume in each recording; read earlier steps only if they matter."""
    positions: dict[int, tuple[int, int]] = {}
    for number, batch in batches.items():
        known, steps = batch[0].before, _newest(batch)
        position = (
            evidence.resumed(steps, known.place)
            if known.known
            else evidence.resume(steps) or (0, 0)
        )
        if position is not None:
            positions[number] = position
    asked = sorted(batches.keys() - positions.keys())
    for at in range(0, len(asked), MANY):
        those = asked[at : at + MANY]
        rows = connection.execute(_STEPS, {"of": listener, "these": those}).all()
        positions |= dict.fromkeys(those, (0, 0))
        for number, group in groupby(rows, key=lambda row: row.media):
            positions[number] = evidence.resume([step(row) for row in group]) or (0, 0)
    return positions


def _newest(batch: Iterable[JudgedAction]) -> list[Step]:
    """Return the steps of a batch, in the order of `NEWEST`."""
    relevant = [each for each in batch if evidence.says_where(each.action.kind, each.proves)]
    relevant.sort(key=lambda each: (-each.action.at, -_position(each.action), each.action.digest))
    return [
        Step(each.action.at, each.device, each.action.kind, each.proves,
             (each.action.position or 0) * coverage.TENTHS)
        for each in relevant
    ]  # fmt: skip


def _position(action: Action) -> int:
    return -1 if action.position is None else action.position


def step(row: Row[Any]) -> Step:
    """Return an action as a step: the position to resume at."""
    return Step(row.at, row.device, row.kind, row.proves, (row.position or 0) * coverage.TENTHS)


def place_of(steps: Sequence[Step], length: int) -> tuple[int, int]:
    """Return (tenths, since when) where to resume in a recording; (0, 0) if nowhere."""
    relevant = [each for each in steps if evidence.says_where(each.kind, each.proves)][:DEEP]
    return _within(evidence.resume(relevant) or (0, 0), length)


def _within(position: tuple[int, int], length: int) -> tuple[int, int]:
    """Limit a position to the recording; a length of 0 is unknown."""
    return (min(position[0], length), position[1]) if length else position


def values(listener: int, number: int, totals: Totals, position: tuple[int, int]) -> dict[str, Any]:
    """Return the totals of one recording as columns."""
    return {"listener": listener, "media": number, **_values(totals, position)}


def _values(totals: Totals, position: tuple[int, int]) -> dict[str, Any]:
    return {
        "runs": coverage.pack(totals.runs), "played": totals.played, "furthest": totals.furthest,
        "finished": totals.finished, "place": position[0], "at": position[1],
    }  # fmt: skip
