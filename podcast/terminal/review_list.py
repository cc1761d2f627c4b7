"""Prints a review, and writes it as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from episodes.review import DueKind, Urgency, group_by_task
from episodes.text.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from episodes.review import Due

FEW = 5  # places named for one task
TITLES = {Urgency.OVERDUE: "Overdue", Urgency.SOON: "Soon"}


def lines(dues: list[Due]) -> Iterator[tuple[Urgency | None, str]]:
    """Yield each line to print with its urgency; None for headings and comments."""
    open_ = [due for due in dues if not due.waived]
    for urgency, title in TITLES.items():
        rows = [due for due in open_ if due.urgency is urgency]
        yield from _section(title, urgency, rows)
    unsure = [due for due in open_ if due.urgency is Urgency.LATER and due.kind is DueKind.LINK]
    yield from _section("Not known", None, unsure)
    yield from _section("Left as it is", None, [due for due in dues if due.waived])
    yield None, _summary(open_)


def _section(
    title: str, urgency: Urgency | None, rows: list[Due]
) -> Iterator[tuple[Urgency | None, str]]:
    """Yield a heading, and below it each task with what it is about."""
    if rows:
        yield urgency, f"{title}:"
        for to_do, group in group_by_task(rows).items():
            yield None, f"  {to_do[0].upper()}{to_do[1:]}."
            yield from ((None, _line(due)) for due in group)
        yield None, ""


def _line(due: Due) -> str:
    """Return a line about what is due, and one for each other place where it is written."""
    first, *more = dict.fromkeys(place.where for place in due.places)
    way = f" ({due.ways[0]})" if due.ways and due.kind is DueKind.SUPPORT else ""
    because = f" (because: {due.waived})" if due.waived else ""
    text = [f"    {first}: {due.what}{way} {due.why}{because}"]
    text += [f"      also {where}" for where in more[:FEW]]
    if len(more) > FEW:
        text.append(f"      and {quantity(len(more) - FEW, 'more place')}; --json names each")
    return "\n".join(text)


def _summary(open_: list[Due]) -> str:
    counts = [(sum(due.urgency is each for due in open_), each) for each in TITLES]
    text = " and ".join(f"{number:,} {each}" for number, each in counts if number)
    later = sorted(
        due.when for due in open_ if due.urgency is Urgency.LATER and due.when is not None
    )
    rest = f" After that {len(later):,} more, the first on {later[0]}." if later else ""
    return f"{text[:1].upper()}{text[1:] or 'Nothing is overdue'}.{rest}"


def document(title: str, today: date, dues: list[Due], asked: int | None) -> str:
    """Return the review as JSON; `asked` is the number of tested links, None if none could be."""
    rows = [
        {
            "kind": due.kind,
            "urgency": due.urgency,
            "when": due.when.isoformat() if due.when else None,
            "what": due.what,
            "why": due.why,
            "to_do": due.to_do,
            "ways": due.ways,
            "hours": due.hours,
            "episodes": due.episodes,
            "places": [place._asdict() for place in due.places],
            "rule": due.rule,
            "waived": due.waived,
        }
        for due in dues
    ]
    result = {"show": title, "on": today.isoformat(), "links": asked, "due": rows}
    return json.dumps(result, indent=1, ensure_ascii=False)
