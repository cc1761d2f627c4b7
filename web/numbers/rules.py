"""Numbers about people: the one door through which they leave, and what they do not tell; pure.

Calendar months only, of one dimension (the episode), frozen when they are first seen after their
end, so that asking twice reveals nobody; no totals beside the parts; fewer than eight is said as
that, and more is rounded to five. Where fewer than eight people listened in a month at all, there
is a sentence instead of a table.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from web import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FEWEST = 8
STEP = 5
FEW = f"fewer than {FEWEST}"
LISTENED = "Listened to at least a minute on the companion's page"
UNTOLD = (
    "This does not tell who listened, whether anybody learned, or how many listened in podcast "
    "apps or elsewhere; a low number is not a sign of little interest."
)
COLUMNS = ("month", "episode", "people", "what it counts", "what this does not tell you")


class Line(NamedTuple):
    """What is shown of one episode in one month."""

    guid: str
    title: str
    shown: str

    @property
    def about(self) -> int:
        """The number that the picture shows, 0 where it is small."""
        return int(self.shown.rpartition(" ")[2]) if self.shown.startswith("about ") else 0


class Month(NamedTuple):
    """A month as it was frozen; `lines` is None where too few people listened at all."""

    name: str
    lines: tuple[Line, ...] | None

    @property
    def said(self) -> str:
        """The month in words."""
        return dates.month(self.name)

    @property
    def most(self) -> int:
        """The largest number of its picture."""
        return max((line.about for line in self.lines or ()), default=0)


def shown(count: int) -> str:
    """Return a number of people as it may be seen."""
    return FEW if count < FEWEST else f"about {STEP * ((count + STEP // 2) // STEP)}"


def freeze(month: str, titles: Mapping[str, str], counts: Mapping[str, int], active: int) -> Month:
    """Return a month as it will always be shown; every episode has a line, heard or not."""
    if active < FEWEST:
        return Month(month, None)
    lines = (Line(guid, title, shown(counts.get(guid, 0))) for guid, title in titles.items())
    return Month(month, tuple(lines))


def ended(first: date, today: date) -> Iterator[tuple[str, date, date]]:
    """Yield (name, first day, last day) of each month from that of `first` that is over."""
    start = first.replace(day=1)
    while True:
        following = (start + timedelta(days=32)).replace(day=1)
        if following > today:
            return
        yield f"{start:%Y-%m}", start, following - timedelta(days=1)
        start = following


def as_csv(months: Sequence[Month]) -> str:
    """Return the months as a spreadsheet, each row with the sentence that belongs to it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for month in months:
        for line in month.lines or (Line("", "(the whole show)", FEW),):
            title = (
                f"'{line.title}" if line.title.startswith(tuple("=+-@\t\r＝＋－＠")) else line.title
            )
            writer.writerow((month.name, title, line.shown, LISTENED, UNTOLD))
    return "\ufeff" + text.getvalue()
