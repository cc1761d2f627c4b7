"""Columns that read a damaged value as none, so that it hides neither its row nor the others."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Date, Integer, SelectBase, String, TypeDecorator

from web.dates import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ClauseElement, Dialect


class Day(TypeDecorator[date]):
    """A day. A damaged one reads as `UNKNOWN`: it hides neither its row nor the others."""

    impl = Date
    cache_ok = True

    @property
    def python_type(self) -> type[date]:
        """What it is in Python."""
        return date

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return what reads the database's value."""
        read = super().result_processor(dialect, coltype)

        def safely(value: Any) -> Any:
            try:
                return read(value) if read else value
            except (ValueError, TypeError):
                return UNKNOWN

        return safely


class Number(TypeDecorator[int]):
    """A number. A damaged one reads as 0."""

    impl = Integer
    cache_ok = True

    @property
    def python_type(self) -> type[int]:
        """What it is in Python."""
        return int

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Return what the database says."""
        del dialect
        return number(value)


def number(value: Any) -> int | None:
    """Return a number as it is kept; one that is damaged, or added up with such a one, is 0."""
    return value if value is None or isinstance(value, int) else 0


class Large(Number):
    """A number of more than 31 bits."""

    impl = BigInteger
    cache_ok = True


class Text(TypeDecorator[str]):
    """A text. What SQLite's file holds in its place after damage reads as a text, too."""

    impl = String
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        """What it is in Python."""
        return str

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Return what the database says."""
        del dialect
        if value is None or isinstance(value, str):
            return value
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def numbers(statement: ClauseElement) -> frozenset[int]:
    """Return which columns of a question's answer are numbers, counted from 0."""
    if not isinstance(statement, SelectBase):
        return frozenset()
    every = enumerate(statement.selected_columns)
    return frozenset(at for at, each in every if isinstance(each.type, Number | Integer))


def readable(row: tuple[Any, ...], at: frozenset[int]) -> tuple[Any, ...]:
    """Return a row of plain values with 0 for every damaged number; `at` says where they are."""
    if all(row[each] is None or isinstance(row[each], int) for each in at):
        return row
    return tuple(number(value) if each in at else value for each, value in enumerate(row))
