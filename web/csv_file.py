"""Writes tables for spreadsheets as CSV, in which no cell is run as a formula."""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What starts a formula, also in the full width of East Asian keyboards (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r＝＋－＠")


def write_csv(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield a table line by line: its columns, then its rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    yield "\ufeff"  # without this mark, Excel reads the file as Latin-1
    for row in chain([columns], ([_inert(str(cell)) for cell in row] for row in rows)):
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _inert(text: str) -> str:
    """Return text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
