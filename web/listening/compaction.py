"""Merges old listening reports: the coverage stays, the time of each report is deleted."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, select, update

from web.listening import coverage
from web.schema import events

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row


def compact(connection: Connection, before: date) -> int:
    """Merge what a listener heard of a recording before a day; return how many reports went.

    Coverage rebuilt from what is left is the same. Months that were counted are frozen.
    """
    whose = (events.c.listener, events.c.media)
    rows = connection.execute(
        select(events)
        .where(events.c.day < before)
        .order_by(*whose, events.c.day)
        .execution_options(yield_per=10_000)
    )
    merged: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for _, group in groupby(rows, key=lambda row: (row.listener, row.media)):
        *others, last = group
        if not others:
            continue
        try:
            runs = coverage.union(*(coverage.unpack(row.runs) for row in (*others, last)))
        except coverage.DamagedError:
            continue  # they stay as they are: merged, they could not be told from it
        tenths = sum(row.tenths for row in (*others, last))
        merged.append({**_key(last), "packed": coverage.pack(runs), "sum": tenths})
        gone += map(_key, others)
    if merged:
        connection.execute(delete(events).where(_is_key()), gone)
        whole = update(events).where(_is_key())
        whole = whole.values(runs=bindparam("packed"), tenths=bindparam("sum"))
        connection.execute(whole, merged)
    return len(gone)


_KEY = {"of": events.c.listener, "in_": events.c.sitting, "at": events.c.sequence}


def _key(row: Row[Any]) -> dict[str, Any]:
    return {"of": row.listener, "in_": row.sitting, "at": row.sequence}


def _is_key() -> ColumnElement[bool]:
    return and_(*(column == bindparam(name) for name, column in _KEY.items()))
