"""Counts the figures of a month once, after its end, and stores them for good."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from web import crypto, dates
from web.figures import rules
from web.figures.rules import Figure, Month
from web.listening import store as listening
from web.schema import figures, leads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy import Connection, Row

    Titles = Callable[[date], Mapping[str, str]]

WHOLE = ""  # the row that says that a month is frozen, in the place of an episode's guid


def freeze(connection: Connection, key: bytes, titles: Titles, today: date) -> list[str]:
    """Freeze every month that is over and was not yet; return the names of all, newest first.

    `titles` are those of the episodes that could be heard on a day or later; `key` is that of the
    settings, so that a restored backup is frozen in the same way. The first month is that of the
    first lead: one that begins when somebody listens would tell that somebody did. A day before
    there could be one is damaged, and would freeze a month for each of a thousand years.
    """
    since = select(func.min(leads.c.made)).where(leads.c.made >= dates.FIRST)
    first = connection.execute(since).scalar_one_or_none()
    names = set(connection.scalars(select(figures.c.month).where(figures.c.guid == WHOLE)))
    over = rules.ended(first, today) if first and first >= dates.FIRST else ()
    for name, start, end in over:
        if name not in names:
            counts = listening.heard_in(connection, start, end)
            month = rules.freeze(name, titles(start), counts, partial(_offset, key, name))
            with suppress(IntegrityError), connection.begin_nested():  # somebody else was first
                _freeze(connection, month)
            names.add(name)
    return sorted(names, reverse=True)


def _offset(key: bytes, month: str, guid: str) -> int:
    digest = crypto.digest(key, "figures", f"{month} {guid}")
    return int.from_bytes(digest, "big") % rules.STEP


def months(connection: Connection, name: str = "") -> list[Month]:
    """Return the frozen months, the newest first; with a name that one, if it is there."""
    query = select(figures).order_by(figures.c.month.desc(), figures.c.place)
    rows = connection.execute(query.where(figures.c.month == name) if name else query)
    return [_month(month, [*group]) for month, group in groupby(rows, key=lambda row: row.month)]


def _month(name: str, rows: list[Row[Any]]) -> Month:
    whole, *episodes = rows
    shown = (Figure(row.guid, row.title, row.shown) for row in episodes)
    return Month(name, None if whole.shown else tuple(shown))


def _freeze(connection: Connection, month: Month) -> None:
    whole = Figure(WHOLE, "", rules.FEW if month.figures is None else "")
    rows = [
        {"month": month.name, "place": position, **figure._asdict()}
        for position, figure in enumerate((whole, *(month.figures or ())))
    ]
    connection.execute(insert(figures), rows)
