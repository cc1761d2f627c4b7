"""Rounds, freezes and suppresses the figures that leads may see; pure.

Calendar months only, of one dimension (the episode), frozen when they are first seen after their
end; no totals beside the parts. From 8 to 17 people on there is a figure, in steps of ten. Where
the steps lie is a secret of each month and episode, so that no lead can fill an episode up with
own accounts and see whether one more person comes (docs/decisions/0048).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from episodes.translations import marked, number
from episodes.translations import text as _
from web import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FEWEST = 8
STEP = 10  # people: a lead who knows all the others learns of one more in one month out of ten
FIRST = 15  # the smallest figure: of 8 to 26 people
FEW = marked("too few to show")
FROM = FEWEST + STEP - 1  # people from whom on there is always a figure
HIGH, LOW = FIRST - FEWEST, FROM + STEP - 1 - FIRST  # by how much a figure may be too much, or less


class Figure(NamedTuple):
    """What is shown of one episode in one month; `shown` is stored, in English."""

    guid: str
    title: str
    shown: str

    @property
    def translated(self) -> str:
        """What is shown, in the language of the page."""
        return self._in_words(number(self.about))

    @property
    def plain(self) -> str:
        """The same for a spreadsheet: the number has no separators."""
        return self._in_words(str(self.about))

    def _in_words(self, people: str) -> str:
        if self.about:
            return _("about %(number)s", number=people)
        return _(FEW) if self.shown == FEW else self.shown

    @property
    def about(self) -> int:
        """The number that the picture shows, 0 if it is too small to show."""
        return int(self.shown.rpartition(" ")[2]) if self.shown.startswith("about ") else 0


class Month(NamedTuple):
    """A month as it was frozen; `figures` is None if no episode has one."""

    name: str
    figures: tuple[Figure, ...] | None

    @property
    def said(self) -> str:
        """The month in words."""
        return dates.month(self.name)

    @property
    def most(self) -> int:
        """The largest number of its picture."""
        return max((figure.about for figure in self.figures or ()), default=0)


def shown(count: int, offset: int) -> str:
    """Return a number of people as it may be seen; `offset` is a secret below `STEP`."""
    above = count - offset - FEWEST
    return FEW if above < 0 else f"about {FIRST + above // STEP * STEP}"


def freeze(
    month: str, titles: Mapping[str, str], counts: Mapping[str, int], offset: Callable[[str], int]
) -> Month:
    """Return a month as it will always be shown; every episode is in it, heard or not.

    `offset` of a guid is the secret of that episode in this month. If no episode has a figure, a
    sentence takes the place of the table: a threshold of its own would tell more.
    """
    figures = [
        Figure(guid, title, shown(counts.get(guid, 0), offset(guid)))
        for guid, title in titles.items()
    ]
    return Month(month, tuple(figures) if any(figure.about for figure in figures) else None)


def ended(first: date, today: date) -> Iterator[tuple[str, date, date]]:
    """Yield (name, first day, last day) of each month from that of `first` that is over."""
    start = first.replace(day=1)
    while True:
        following = (start + timedelta(days=32)).replace(day=1)
        if following > today:
            return
        yield f"{start:%Y-%m}", start, following - timedelta(days=1)
        start = following
