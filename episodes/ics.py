"""Writes what is due as a calendar (RFC 5545). The only module that uses icalendar.

Other people may see a calendar on a screen, so titles of events reveal no subject and no name; the
description has them, and each event is private (CLASS:PRIVATE). The same dates give the same bytes,
so that importing the calendar again moves events and duplicates none.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from episodes.review import DueKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from episodes.model import Show
    from episodes.review import Due

TITLES = {
    DueKind.SUPPORT: "Check a source of support (Earmark)",
    DueKind.CONSENT: "Ask a contributor (Earmark)",
    DueKind.REVIEW: "Check an episode (Earmark)",
    DueKind.LINK: "Fix a link (Earmark)",
    DueKind.COMING: "Publish an episode (Earmark)",
}
EPOCH = date(2000, 1, 1)


def render(show: Show, dues: Iterable[Due], today: date) -> bytes:
    """Return a calendar with one all-day event for each dated item that is not waived.

    Overdue items are on `today`: nobody looks for tasks in past months.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Earmark//Review//EN")
    calendar.add("version", "2.0")
    for due in dues:
        if due.when and not due.waived:
            calendar.add_component(_event(show, due, max(due.when, today)))
    return bytes(calendar.to_ical())


def _event(show: Show, due: Due, when: date) -> Event:
    event = Event()
    event.add("uid", str(uid(show, due)))
    # A later day makes the event a newer one; on one day the bytes stay the same.
    event.add("dtstamp", datetime.combine(when, time(), UTC))
    event.add("sequence", max(0, (when - EPOCH).days))
    event.add("dtstart", when)
    event.add("summary", TITLES[due.kind])
    event.add("description", _description(show, due, when))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def uid(show: Show, due: Due) -> uuid.UUID:
    """Return the permanent identity of an event."""
    known = show.facts.guid
    space = uuid.UUID(known) if known else uuid.uuid5(uuid.NAMESPACE_URL, show.feed)
    return uuid.uuid5(space, due.identity)


def _since(due: date | None, when: date) -> tuple[str, ...]:
    return (f"Overdue since {due.day} {due:%B %Y}.",) if due and due < when else ()


def _description(show: Show, due: Due, when: date) -> str:
    """Describe what is due, without line numbers, which move with every edit."""
    paths = dict.fromkeys(source.path for source in due.places)
    return "\n".join((
        f"{show.facts.title}: {due.what} {due.why}.",
        *_since(due.when, when),
        *due.ways,
        *([due.hours] if due.hours else []),
        f"What to do: {due.to_do}.",
        f"Where it is: {', '.join(paths)}.",
    ))  # fmt: skip
