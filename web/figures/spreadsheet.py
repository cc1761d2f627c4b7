"""Writes the figures as a spreadsheet, a CSV file; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from episodes.translations import marked
from episodes.translations import text as _
from web.csv_file import write_csv
from web.figures.rules import FEW, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.figures.rules import Month

COUNTED = marked("on this site, joined before; not in apps")
WHOLE_SHOW = marked("(the whole show)")
COLUMNS = (marked("month"), marked("episode"), marked("people"), marked("counted"))


def as_csv(months: Sequence[Month]) -> str:
    """Return the months as a spreadsheet; each row says in short what it counts."""
    rows = (
        (month.name, figure.title, figure.plain, _(COUNTED))
        for month in months
        for figure in month.figures or (Figure("", _(WHOLE_SHOW), FEW),)
    )
    return "".join(write_csv([_(column) for column in COLUMNS], rows))
