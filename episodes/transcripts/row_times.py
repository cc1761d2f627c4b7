"""Gives the rows of a plain transcript their names and times."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


FASTEST = 25  # characters a second that anybody speaks, for the end of the last words


class SpokenWords(NamedTuple):
    """Words of one speaker; both times are 0 if none is written."""

    start: float
    end: float
    text: str
    speaker: str
    line: int


class ScriptRow(NamedTuple):
    """Words up to a blank line, a name or a time; `start` and `ends` are None if not written."""

    start: float | None
    ends: float | None
    text: str
    speaker: str
    line: int
    alone: bool = False  # its name may be its words


def settle_names(rows: Iterable[ScriptRow]) -> Iterator[ScriptRow]:
    """Yield rows with words. A name without words is words, unless it has some elsewhere."""
    rows = list(rows)
    spoke = {row.speaker for row in rows if row.text}
    start, ends, before = None, None, ""
    for row in rows:
        if not row.text and row.alone and row.speaker not in spoke:
            row = row._replace(text=row.speaker, speaker=before)  # noqa: PLW2901 - the same row
        if not row.text:
            start, ends = (row.start, row.ends) if row.start is not None else (start, ends)
            continue
        yield row._replace(start=start, ends=ends) if row.start is None else row
        start, ends, before = None, None, row.speaker


def share_times(rows: Sequence[ScriptRow]) -> list[SpokenWords]:
    """Return the words of each row with times.

    Rows without a time share the time up to the next one by length.
    """
    runs = list(_runs(rows))
    spoken: list[SpokenWords] = []
    for at, run in enumerate(runs):
        start = run[0].start or 0.0
        size = sum(len(row.text) for row in run)
        following = runs[at + 1][0].start if at + 1 < len(runs) else None
        end = run[0].ends if run[0].ends is not None else following
        end = end if end is not None else start + max(1.0, size / FASTEST)
        done = 0
        for row in run:
            began = start + (end - start) * done / size
            done += len(row.text)
            over = start + (end - start) * done / size
            spoken.append(
                SpokenWords(round(began, 3), round(over, 3), row.text, row.speaker, row.line)
            )
    return spoken


def _runs(rows: Iterable[ScriptRow]) -> Iterator[list[ScriptRow]]:
    """Yield each row with a time, and the rows without one after it."""
    number = 0

    def run(row: ScriptRow) -> int:
        nonlocal number
        number += row.start is not None
        return number

    for _, group in groupby(rows, run):
        yield list(group)
