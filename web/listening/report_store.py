"""Stores listening reports as they arrived, and adds them to the coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, func, literal_column, select, update

from web.database.batch_statement import BatchStatement, adding, given
from web.listening import coverage as covering
from web.listening import rules, store
from web.schema import coverage, events, listeners, media, places, sync_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from web.listening.coverage import Coverage
    from web.listening.rules import Message, Sitting

    Writes = defaultdict[BatchStatement, list[dict[str, Any]]]  # what a round ends with


# What a report needs to know, in one question, and what it writes: they come by the hundred.
_WHO = given(of=listeners.c.number.type)
_TURN = BatchStatement(
    update(listeners)
    .where(
        # Locked in one order, so that nobody waits for each other in a ring.
        listeners.c.number.in_(
            select(listeners.c.number)
            .where(listeners.c.number.in_(select(_WHO.c.of)))
            .order_by(listeners.c.number)
            .with_for_update()
        )
    )
    .values(turn=listeners.c.turn + literal_column("1")),
    _WHO,
)
_ASKED = given(
    nr=events.c.sequence.type, of=events.c.listener.type, media=events.c.media.type,
    sitting=events.c.sitting.type, sequence=events.c.sequence.type,
)  # fmt: skip
_SITTING = (events.c.listener == _ASKED.c.of, events.c.sitting == _ASKED.c.sitting)
_SAT = select(func.coalesce(func.sum(events.c.tenths), literal_column("0"))).where(*_SITTING)
_STATE = BatchStatement(
    select(
        _ASKED.c.nr, listeners.c.turn, media.c.guid, media.c.tenths, coverage.c.runs,
        coverage.c.played, places.c.finished,
        _SAT.scalar_subquery(),
        exists().where(*_SITTING, events.c.sequence == _ASKED.c.sequence),
        exists().where(sync_accounts.c.listener == _ASKED.c.of),
    )
    .select_from(_ASKED)
    .join(listeners, listeners.c.number == _ASKED.c.of)
    .join(media, media.c.number == _ASKED.c.media)
    .outerjoin(
        coverage,
        and_(coverage.c.media == media.c.number, coverage.c.listener == listeners.c.number),
    )
    .outerjoin(
        places, and_(places.c.guid == media.c.guid, places.c.listener == listeners.c.number)
    )
    # A record that is being deleted has a turn far below 0.
    .where(listeners.c.turn >= literal_column("0")),
    _ASKED,
)  # fmt: skip


_ARRIVED = adding(events, events.c.keys())
_HEARD = adding(coverage, coverage.c.keys(), change=("runs", "played"))
_PLACE = ("tenths", "turn", "day", "finished", "at")
_MOVED = adding(places, ("listener", "guid", *_PLACE), change=_PLACE)


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
        _TURN.write(connection, [{"of": each.sitting.listener} for each in batch])
        rows = _STATE.rows(connection, [_asked(number, reports[number]) for number in numbers])
        states = {row[0]: State(*row[1:]) for row in rows}
        writes: Writes = defaultdict(list)
        for number, report in zip(numbers, batch, strict=True):
            there[number] = number in states
            if number in states:
                _hear(connection, report, states[number], now, writes)
        for statement, values in writes.items():
            statement.write(connection, values)
    return [there[each] for each in range(len(reports))]


def _asked(number: int, report: ListeningReport) -> dict[str, Any]:
    sitting, message = report
    key = {"of": sitting.listener, "sitting": sitting.name, "sequence": message.sequence}
    return {"nr": number, **key, "media": sitting.media}


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
        writes[_MOVED].append({"listener": sitting.listener, "guid": state.guid, **values})


def _grow(
    connection: Connection, sitting: Sitting, state: State, runs: Coverage, writes: Writes
) -> None:
    """Add what was heard to the coverage; if that is damaged, derive it again."""
    before, played = covering.NOTHING, 0
    if state.runs is not None:
        try:
            before, played = covering.unpack(state.runs), state.played or 0
        except covering.DamagedError:
            before, played = store.gathered(connection, sitting.listener, sitting.media)
    grown = covering.pack(covering.union(before, runs))
    values = {"runs": grown, "played": played + covering.tenths(runs)}
    writes[_HEARD].append({"listener": sitting.listener, "media": sitting.media, **values})


def _place(state: State, message: Message) -> dict[str, Any]:
    """Return the position to store; after the end, listening starts from the beginning."""
    at = min(message.place or 0, state.tenths)
    finished = int(message.ended and rules.is_end(at, state.tenths))
    return {"tenths": 0 if finished else at, "finished": (state.finished or 0) + finished}
