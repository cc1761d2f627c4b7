"""Limits what one account may hold, so that no account can fill the disk or slow everybody down.

Ten notes a day for ten years fit. When a limit is reached, the form comes back with every word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, exists, func, select

from episodes.errors import EarmarkError
from episodes.translations import ngettext
from episodes.translations import text as _
from web.schema import erased, reflections

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

Parts = dict[str, bytes | None]

NOTES = 50_000  # notes and drafts
DRAFTS = 200  # that were begun and not saved
BYTES = 100_000_000  # of sealed text


class FullError(EarmarkError):
    """An account has no space for this; nothing was changed."""


class Usage(NamedTuple):
    """How many notes, how many drafts and how many sealed bytes an account has."""

    notes: int
    drafts: int
    bytes: int


def is_of(learner: str) -> ColumnElement[bool]:
    """Return the condition for a learner's rows; none once they have deleted everything."""
    gone = exists().where(erased.c.id == learner)
    return and_(reflections.c.learner == learner, ~gone)


def usage(connection: Connection, learner: str) -> Usage:
    """Return how much of its quota an account uses."""
    size = [func.coalesce(func.length(each), 0) for each in (reflections.c.body, _DRAFT)]
    query = select(func.count(), func.count(_DRAFT), func.coalesce(func.sum(size[0] + size[1]), 0))
    row = connection.execute(query.where(is_of(learner))).one()
    return Usage(int(row[0]), int(row[1]), int(row[2]))


_DRAFT = reflections.c.draft


def check(connection: Connection, learner: str, row: Row[Any] | None, values: Parts) -> None:
    """Raise FullError if there is no space for these values in a row (None for a new one)."""
    used = usage(connection, learner)
    before: Parts = {name: getattr(row, name) if row else None for name in ("body", "draft")}
    more = _size(before | values) - _size(before)
    if row is None and used.notes >= NOTES:
        raise FullError(
            ngettext(
                "You have %(num)s note, the most an account can hold. Download your notes, delete "
                "some of them, then save this one.",
                "You have %(num)s notes, the most an account can hold. Download your notes, delete "
                "some of them, then save this one.",
                NOTES,
            )
        )
    if more > 0 and used.bytes + more > BYTES:
        raise FullError(
            _(
                "Your notes fill all the space your account has. Download your notes, delete some "
                "of them, then save this one."
            )
        )
    if values.get("draft") and not before["draft"] and used.drafts >= DRAFTS:
        raise FullError(
            ngettext(
                "You have %(num)s draft, the most an account can hold. Save this as a note, or "
                "finish another draft first.",
                "You have %(num)s drafts, the most an account can hold. Save this as a note, or "
                "finish another draft first.",
                DRAFTS,
            )
        )


def _size(values: Parts) -> int:
    return sum(len(each) for each in values.values() if isinstance(each, bytes))
