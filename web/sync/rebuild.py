"""Rebuilds the totals from the stored uploads."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from web.schema import media, reported, sync_accounts, sync_actions
from web.sync import totals, totals_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Row

BATCH = 10_000  # rows in memory at a time


def rebuild(connection: Connection) -> tuple[int, int]:
    """Rebuild the totals of what apps reported; return (how many recordings, how many differed).

    Every account is locked until this has finished: uploads of apps wait for it.
    """
    accounts = select(sync_accounts.c.listener).order_by(sync_accounts.c.listener)
    connection.execute(accounts.with_for_update())
    rows = connection.execute(
        select(sync_actions, media.c.tenths)
        .join(media, media.c.number == sync_actions.c.media)
        .order_by(sync_actions.c.listener, sync_actions.c.media, *totals_store.NEWEST)
        .execution_options(yield_per=BATCH)
    )
    kept = {
        (row.listener, row.media): row._asdict() for row in connection.execute(select(reported))
    }
    total, changed = 0, []
    for (listener, number), group in groupby(rows, key=lambda row: (row.listener, row.media)):
        right = _right(listener, number, group)
        total += 1
        if kept.pop((listener, number), None) != right:
            changed.append(right)
    for listener, number in [*kept, *((each["listener"], each["media"]) for each in changed)]:
        where = (reported.c.listener == listener, reported.c.media == number)
        connection.execute(delete(reported).where(*where))
    if changed:
        connection.execute(insert(reported), changed)
    return total, len(changed) + len(kept)


def _right(listener: int, number: int, rows: Iterable[Row[Any]]) -> dict[str, Any]:
    every = list(rows)
    whole = totals.merge_totals(
        totals.totals_of_action(
            totals.ReportedAction(row.proves, row.started, row.position, row.total), row.tenths
        )
        for row in every
    )
    position = totals_store.place_of([totals_store.step(row) for row in every], every[0].tenths)
    return totals_store.values(listener, number, whole, position)
