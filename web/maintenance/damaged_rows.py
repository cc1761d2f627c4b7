"""Keeps a damaged row from spoiling a backup: the others are saved, and each damaged one is named.

A day that cannot be read becomes the day of the backup, and a sealed text stays as it is. A row
that no database would take, or whose owner is missing, is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from web import crypto
from web.dates import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import Table

MOST = 50  # damaged rows that are named one by one
SEALED = {
    ("learners", "wrapped"), ("leads", "totp"), ("join_codes", "sealed"), ("reflections", "body"),
    ("reflections", "draft"), ("app_passwords", "name"), ("sync_devices", "sealed"),
}  # fmt: skip


class Column(NamedTuple):
    """A column: its kind as in archive.py, whether it may be empty, and whose key it is."""

    name: str
    kind: str
    nullable: bool
    owner: tuple[str, str] | None


class Keeper:
    """Goes through the rows of every table, owners first; `damaged` has a sentence for each."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._keys: dict[tuple[str, str], set[object]] = {}
        self._said: list[str] = []

    def whole(
        self, table: Table, columns: Sequence[Column], rows: Iterable[Sequence[object]]
    ) -> Iterator[list[object]]:
        """Yield the rows that can be saved, as they can be saved."""
        owned = {each.name: self._keys.setdefault((table.name, each.name), set())
                 for each in columns if each.name in table.primary_key.columns}  # fmt: skip
        for row in rows:
            values = list(row)
            about = f"{table.name} {_name(columns, values)}"
            if wrong := self._wrong(columns, values):
                self._said.append(f"{about}: its {wrong}; it is not in the backup")
                continue
            for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                if value == UNKNOWN:
                    values[at] = None if column.nullable else self._day
                    self._said.append(f"{about}: its day {column.name} is damaged")
                elif (table.name, column.name) in SEALED and not _may_be_sealed(value):
                    self._said.append(
                        f"{about}: its {column.name} is damaged and is saved as it is"
                    )
                if column.name in owned:
                    owned[column.name].add(value)
            yield values

    def _wrong(self, columns: Sequence[Column], values: list[object]) -> str:
        for column, value in zip(columns, values, strict=True):
            if not _fits(column, value):
                return f"{column.name} is damaged"
            if column.owner and value is not None and value not in self._keys[column.owner]:
                return f"{column.name} names nothing"
        return ""

    @property
    def damaged(self) -> tuple[str, ...]:
        """A sentence for each damaged row."""
        more = len(self._said) - MOST
        rest = [f"and {more} more damaged rows"] if more > 0 else []
        return (*self._said[:MOST], *rest)


def _name(columns: Sequence[Column], values: list[object]) -> str:
    """Return what a row is called: its id, which the page of a damaged note shows too."""
    named = dict(zip((column.name for column in columns), values, strict=True))
    key = named.get("id") or values[0]
    is_name = isinstance(key, int) or (isinstance(key, str) and key.isalnum())
    return str(key) if is_name else "a row"


def _fits(column: Column, value: object) -> bool:
    """Say whether every database takes a value, and a restore what was written of it."""
    if value is None:
        return column.nullable
    if column.kind == "number":
        return type(value) is int and abs(value) < 2**63
    if column.kind == "text":
        return isinstance(value, str) and "\0" not in value and "\ufffd" not in value
    return isinstance(value, bytes) if column.kind == "bytes" else True


def _may_be_sealed(value: object) -> bool:
    return value is None or (isinstance(value, bytes) and crypto.may_be_sealed(value))
