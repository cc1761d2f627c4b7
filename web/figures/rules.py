"""Makes the figures of a month: the one door through which numbers of people leave; pure.

Calendar months only, of one dimension (the episode), frozen when they are first seen after their
end; no totals beside the parts. From 8 to 17 people on there is a figure, in steps of ten. Where
the steps lie is a secret of each month and episode, so that no lead can fill an episode up with
own accounts and see whether one more person comes (docs/decisions/0048).
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from episodes.translations import marked, number
from episodes.translations import text as _
from web import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FEWEST = 8
STEP = 10  # people: a lead who knows of all others is told of one more in one month of so many
FIRST = 15  # the smallest figure: of 8 to 26 people
FEW = marked("too few to show")
FROM = FEWEST + STEP - 1  # people from whom on there is always a figure
HIGH, LOW = FIRST - FEWEST, FROM + STEP - 1 - FIRST  # by how much a figure may be too much, or less
COUNTED = "on this site, joined before; not in apps"
COLUMNS = ("month", "episode", "people", "counted")


class Line(NamedTuple):
    """What is shown of one episode in one month."""

    guid: str
    title: str
    shown: str

    @property
    def translated(self) -> str:
        """What is shown, in the language of the page."""
        if self.about:
            return _("about %(number)s", number=number(self.about))
        return _(FEW) if self.shown == FEW else self.shown

    @property
    def about(self) -> int:
        """The number that the picture shows, 0 where it is small."""
        return int(self.shown.rpartition(" ")[2]) if self.shown.startswith("about ") else 0


class Month(NamedTuple):
    """A month as it was frozen; `lines` is None where no episode has a figure."""

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


def shown(count: int, offset: int) -> str:
    """Return a number of people as it may be seen; `offset` is a secret below `STEP`."""
    above = count - offset - FEWEST
    return FEW if above < 0 else f"about {FIRST + above // STEP * STEP}"


def freeze(
    month: str, titles: Mapping[str, str], counts: Mapping[str, int], offset: Callable[[str], int]
) -> Month:
    """Return a month as it will always be shown; every episode has a line, heard or not.

    `offset` of a guid is the secret of that episode in this month. If no line has a figure, a
    sentence takes the place of the table: a threshold of its own would tell more.
    """
    lines = [
        Line(guid, title, shown(counts.get(guid, 0), offset(guid)))
        for guid, title in titles.items()
    ]
    return Month(month, tuple(lines) if any(line.about for line in lines) else None)


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
    """Return the months as a spreadsheet; each row says in short what it counts."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for month in months:
        for line in month.lines or (Line("", "(the whole show)", FEW),):
            title = (
                f"'{line.title}" if line.title.startswith(tuple("=+-@\t\r＝＋－＠")) else line.title
            )
            writer.writerow((month.name, title, line.shown, COUNTED))
    return "\ufeff" + text.getvalue()
