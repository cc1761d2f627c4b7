"""Holds and prints the results: one table, each row against its goal."""

from __future__ import annotations

from typing import NamedTuple

HEAD = (
    "id",
    "work",
    "size",
    "ours",
    "reference",
    "",
    "ratio",
    "must",
    "aim",
    "reached",
    "growth",
    "last",
)


class Row(NamedTuple):
    """One comparison. `must` and `aim` are limits of `ratio`; `growth` is the exponent."""

    id: str
    work: str
    size: str
    ours: str
    against: str
    reference: str
    ratio: float
    must: float | None
    aim: float | None = None
    growth: float | None = None
    unit: str = " x"


def seconds(value: float) -> str:
    """Return a time in its shortest readable form."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def compare(  # noqa: PLR0913 - the columns of the table
    name: str,
    work: str,
    size: str,
    against: str,
    times: tuple[float, float],
    must: float | None,
    aim: float | None = None,
    growth: float | None = None,
) -> Row:
    """Return the row of two times in seconds: ours and the reference's."""
    ours, reference = times
    said = seconds(ours), against, seconds(reference)
    return Row(name, work, size, *said, ours / reference, must, aim, growth)


def _reached(row: Row) -> str:
    if row.aim is not None and row.ratio <= row.aim:
        return "aim"
    if row.must is None:
        return ""
    return "must" if row.ratio <= row.must else "NO"


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:.0f}{unit}" if value >= 20 else f"{value:.2f}{unit}"


def _cells(row: Row, last: dict[str, float]) -> tuple[str, ...]:
    growth = "" if row.growth is None else f"{row.growth:.2f}"
    goals = (_number(each, row.unit) for each in (row.ratio, row.must, row.aim))
    before = _number(last.get(key(row)), row.unit)
    return (*row[:6], *goals, _reached(row), growth, before)


def key(row: Row) -> str:
    """Return the words that find this row in the last run."""
    return " | ".join((row.id, row.work, row.size, row.against))


def render(rows: list[Row], last: dict[str, float]) -> str:
    """Return the table as aligned Markdown, beside the ratios of the last run that was kept."""
    lines = [HEAD, *(_cells(row, last) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEAD))]
    written = [" | ".join(map(str.ljust, line, widths)) for line in lines]
    written.insert(1, " | ".join("-" * max(width, 1) for width in widths))
    return "\n".join(f"| {line} |" for line in written)
