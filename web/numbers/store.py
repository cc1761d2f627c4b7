"""Figures of months: counted once, when they are first seen after their end, and kept as shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from web.listening import store as listening
from web.numbers import rules
from web.numbers.rules import Line, Month
from web.schema import figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

WHOLE = ""  # the row that says that a month is frozen, in the place of an episode's guid


def months(connection: Connection, titles: Mapping[str, str], today: date) -> list[Month]:
    """Return every month that is over, the newest first; those not seen before are frozen now."""
    first = listening.first_day(connection)
    found = {month.name: month for month in _frozen(connection)}
    for name, start, end in rules.ended(first, today) if first else ():
        if name not in found:
            counts = listening.heard_in(connection, start, end)
            active = listening.active_in(connection, start, end)
            found[name] = rules.freeze(name, titles, counts, active)
            try:
                with connection.begin_nested():
                    _freeze(connection, found[name])
            except IntegrityError:  # somebody else looked first: what they saw stands
                found[name] = next(each for each in _frozen(connection) if each.name == name)
    return [found[name] for name in sorted(found, reverse=True)]


def _freeze(connection: Connection, month: Month) -> None:
    whole = Line(WHOLE, "", rules.FEW if month.lines is None else "")
    rows = [
        {"month": month.name, "place": place, **line._asdict()}
        for place, line in enumerate((whole, *(month.lines or ())))
    ]
    connection.execute(insert(figures), rows)


def _frozen(connection: Connection) -> list[Month]:
    rows = connection.execute(select(figures).order_by(figures.c.month, figures.c.place))
    found: dict[str, tuple[Line, ...] | None] = {}
    for row in rows:
        if row.guid == WHOLE:
            found[row.month] = None if row.shown else ()
        else:
            found[row.month] = (*(found[row.month] or ()), Line(row.guid, row.title, row.shown))
    return [Month(name, lines) for name, lines in found.items()]
