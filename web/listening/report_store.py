"""Stores listening reports as they arrived, and adds them to the coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, exists, func, insert, literal_column, select, update

from web.database.compiled_statement import CompiledStatement
from web.listening import coverage as covering
from web.listening import rules, store
from web.schema import coverage, events, listeners, media, places, sync_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, Connection, Table

    from web.listening.coverage import Coverage
    from web.listening.rules import Message, Sitting

    Writes = defaultdict[CompiledStatement, list[dict[str, Any]]]  # what a round ends with


def _is_mine(table: Table) -> ColumnElement[bool]:
    return table.c.listener == bindparam("of")


# What a report needs to know, in one question, and what it writes: they come by the hundred.
_KEY: dict[str, BindParameter[Any]] = {
    "listener": bindparam("of"),
    "sitting": bindparam("in_"),
    "sequence": bindparam("at"),
}
_TURN = CompiledStatement(
    update(listeners)
    .where(listeners.c.number == bindparam("of"))
    .values(turn=listeners.c.turn + literal_column("1")),
    in_order=True,
)
_SAT = select(func.coalesce(func.sum(events.c.tenths), literal_column("0"))).where(
    events.c.listener == _KEY["listener"], events.c.sitting == _KEY["sitting"]
)
_STATE = CompiledStatement(
    select(
        listeners.c.turn, media.c.guid, media.c.tenths, coverage.c.runs, coverage.c.played,
        places.c.finished,
        _SAT.scalar_subquery(),
        exists().where(*(events.c[name] == value for name, value in _KEY.items())),
        exists().where(_is_mine(sync_accounts)),
    )
    .select_from(listeners)
    .join(media, media.c.number == bindparam("media"))
    .outerjoin(coverage, and_(coverage.c.media == media.c.number, _is_mine(coverage)))
    .outerjoin(places, and_(places.c.guid == media.c.guid, _is_mine(places)))
    # A record that is being deleted has a turn far below 0.
    .where(listeners.c.number == bindparam("of"), listeners.c.turn >= literal_column("0"))
)  # fmt: skip
_ARRIVED = CompiledStatement(insert(events))
_BEGIN = CompiledStatement(insert(coverage))
_GROW = CompiledStatement(
    update(coverage)
    .where(_is_mine(coverage), coverage.c.media == bindparam("what"))
    .values(runs=bindparam("runs"), played=bindparam("played"))
)
_PLACE = ("tenths", "turn", "day", "finished", "at")
_APPEAR = CompiledStatement(
    insert(places).values({name: bindparam(name) for name in ("listener", "guid", *_PLACE)})
)
_MOVE = CompiledStatement(
    update(places)
    .where(_is_mine(places), places.c.guid == bindparam("what"))
    .values({name: bindparam(name) for name in _PLACE})
)


class State(NamedTuple):
    """What is known as a report comes: `sat` tenths came from this opening of the page before."""

    turn: int
    guid: str
    tenths: int
    runs: bytes | None
    played: int | None
    finished: int | None
    sat: int
    known: bool
    has_apps: bool


class ListeningReport(NamedTuple):
    """A page's report of what it played, and the opening of the page."""

    sitting: Sitting
    message: Message


def add_report(connection: Connection, sitting: Sitting, message: Message, now: datetime) -> bool:
    """Store a page's report; return whether the listener still exists."""
    return add_reports(connection, [ListeningReport(sitting, message)], now)[0]


def add_reports(
    connection: Connection, reports: Sequence[ListeningReport], now: datetime
) -> list[bool]:
    """Store the reports of many pages in order; return for each whether its listener still exists.

    Updating `turn` locks the listener, so that reports that arrive at once are added one after
    another. A report that is sent again changes nothing. If a report claims more than can have
    been played since the page was opened, only its position is stored.
    """
    there: dict[int, bool] = {}
    for numbers in _rounds(reports):
        batch = [reports[each] for each in numbers]
        # Listeners are locked in one order, so that nobody waits for each other in a ring.
        who = sorted(each.sitting.listener for each in batch)
        _TURN.write(connection, [{"of": each} for each in who])
        states = _STATE.rows_of_each(connection, [_asked(each) for each in batch])
        writes: Writes = defaultdict(list)
        for number, report, state_rows in zip(numbers, batch, states, strict=True):
            there[number] = bool(state_rows)
            if state_rows:
                _hear(connection, report, State(*state_rows[0]), now, writes)
        for statement, rows in writes.items():
            statement.write(connection, rows)
    return [there[each] for each in range(len(reports))]


def _asked(report: ListeningReport) -> dict[str, Any]:
    sitting, message = report
    key = {"of": sitting.listener, "in_": sitting.name, "at": message.sequence}
    return {**key, "media": sitting.media}


def _rounds(reports: Sequence[ListeningReport]) -> list[list[int]]:
    """Divide reports into rounds in which each listener has only one: each sees the one before."""
    rounds: list[list[int]] = []
    counts: Counter[int] = Counter()
    for number, report in enumerate(reports):
        count = counts[report.sitting.listener]
        counts[report.sitting.listener] += 1
        if count == len(rounds):
            rounds.append([])
        rounds[count].append(number)
    return rounds


def _hear(
    connection: Connection, report: ListeningReport, state: State, now: datetime, writes: Writes
) -> None:
    """Add what a report writes; one that arrived before changes nothing."""
    sitting, message = report
    if state.known:
        return
    runs = covering.within(message.runs, state.tenths / covering.TENTHS)
    open_for, day = now.timestamp() - sitting.since, now.date().isoformat()
    if not rules.fits(covering.seconds(runs), state.sat / covering.TENTHS, open_for):
        runs = covering.NOTHING
    row = {"listener": sitting.listener, "sitting": sitting.name, "sequence": message.sequence}
    event = {"runs": covering.pack(runs), "tenths": covering.tenths(runs), "day": day}
    writes[_ARRIVED].append({**row, "media": sitting.media, **event})
    if runs:
        _grow(connection, sitting, state, runs, writes)
    if message.place is not None:
        # The second is kept only where an app's place may have to be compared with it.
        at = int(now.timestamp()) if state.has_apps else None
        values = _place(state, message) | {"turn": state.turn, "day": day, "at": at}
        if state.finished is None:
            writes[_APPEAR].append({"listener": sitting.listener, "guid": state.guid, **values})
        else:
            writes[_MOVE].append({"of": sitting.listener, "what": state.guid, **values})


def _grow(
    connection: Connection, sitting: Sitting, state: State, runs: Coverage, writes: Writes
) -> None:
    """Add what was heard to the coverage; if that is damaged, derive it again."""
    if state.runs is None:
        values = {"runs": covering.pack(runs), "played": covering.tenths(runs)}
        writes[_BEGIN].append({"listener": sitting.listener, "media": sitting.media, **values})
        return
    try:
        before, played = covering.unpack(state.runs), state.played or 0
    except covering.DamagedError:
        before, played = store.gathered(connection, sitting.listener, sitting.media)
    grown = covering.pack(covering.union(before, runs))
    values = {"runs": grown, "played": played + covering.tenths(runs)}
    writes[_GROW].append({"of": sitting.listener, "what": sitting.media, **values})


def _place(state: State, message: Message) -> dict[str, Any]:
    """Return the position to store; after the end, listening starts from the beginning."""
    at = min(message.place or 0, state.tenths)
    finished = int(message.ended and rules.is_end(at, state.tenths))
    return {"tenths": 0 if finished else at, "finished": (state.finished or 0) + finished}
