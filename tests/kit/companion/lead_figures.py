"""People who hear episodes, put into the database by hand, and the figures that a lead sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from web.figures import store as numbers
from web.listening import coverage, report_store, store
from web.listening.rules import Message, Sitting
from web.schema import leads, learners

if TYPE_CHECKING:
    from web.database.engine import Database
    from web.figures.rules import Month

KEY = b"k" * 32
TITLES = {"g-1": "Listening", "g-2": "=Asking"}


LONG_AGO = date(2025, 12, 31)


def begin(database: Database, made: date = date(2025, 12, 5)) -> None:
    """Make the lead who is there first."""
    row = {"id": "l", "name": "Lead", "password": "", "totp": b"", "step": 0, "made": made}
    with database.writing() as connection:
        connection.execute(insert(leads).values(**row))


def listen(
    database: Database, who: int, guid: str, day: date, tenths: int = 700, joined: date = LONG_AGO
) -> None:
    """Let one learner hear something; they join when they are not there."""
    name = f"learner-{who}"
    with database.writing() as connection:
        row = {"lookup": name.encode(), "wrapped": b"-", "joined": joined, "seen": day}
        if not store.listener_of(connection, name):
            connection.execute(delete(learners).where(learners.c.id == name))
            connection.execute(insert(learners).values(id=name, **row))
        of = store.recording(connection, guid, "v-1", 10_000)
        sitting = Sitting(store.start_record(connection, name), of.number, guid.encode(), 0)
        said = Message("", day.toordinal(), coverage.union([(0, tenths)]), None, False)
        report_store.add_report(connection, sitting, said, datetime.combine(day, time(12), UTC))


def look(database: Database, today: date, key: bytes = KEY) -> list[Month]:
    with database.writing() as connection:
        names = numbers.freeze(connection, key, lambda _: TITLES, today)
        found = numbers.months(connection)
    assert [month.name for month in found] == names
    return found
