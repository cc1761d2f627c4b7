"""Selects one page of notes: of all, of one episode, or of those that contain some words."""

from __future__ import annotations

import itertools
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from episodes import translations
from web.companion import current_companion
from web.limits import heavy_requests
from web.reflections import rules, store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from web.accounts.store import Learner
    from web.reflections.store import Reflection

PAGE = 25  # notes
MOST_DAMAGED = 500  # rows that a page names


class Asked(NamedTuple):
    """What a list is asked for: its page from 1, the words to find, the episode to keep to."""

    page: int
    words: str
    guid: str

    @property
    def is_all(self) -> bool:
        """Whether the list is of every note, so that only those shown are decrypted."""
        return not (self.words.strip() or self.guid)


class NoteList(NamedTuple):
    """The notes of one page, the damaged ones, and how many there are.

    `months` holds the notes, newest first, by month. `matching` is the number of notes on all
    pages, `total` that of all the learner's.
    """

    months: list[tuple[str, list[Reflection]]]
    damaged: list[Reflection]
    page: int
    pages: int
    matching: int
    total: int


def list_notes(learner: Learner, asked: Asked) -> NoteList:
    """Return the page of notes that is asked for, or the last one before it."""
    with (
        nullcontext() if asked.is_all else heavy_requests.queue.slot(),
        current_companion().database.reading() as connection,
    ):
        total = store.saved(connection, learner)
        if not asked.is_all:
            return _found(connection, learner, asked, total)
        page, pages = _page(asked.page, total)
        rows = store.saved_notes(connection, learner, PAGE, (page - 1) * PAGE)
    damaged = [each for each in rows if each.damaged]
    return NoteList(
        _by_month(each for each in rows if each.note), damaged, page, pages, total, total
    )


def _found(connection: Connection, learner: Learner, asked: Asked, total: int) -> NoteList:
    """Return a page of the notes that match; words and episodes are sealed, so all are read."""
    matching: list[Reflection] = []
    damaged: list[Reflection] = []
    for each in store.every(connection, learner):
        if each.damaged and len(damaged) < MOST_DAMAGED:
            damaged.append(each)
        if each.note and _matches(each.note, asked):
            matching.append(each)
    page, pages = _page(asked.page, len(matching))
    shown = matching[(page - 1) * PAGE : page * PAGE]
    return NoteList(_by_month(shown), damaged, page, pages, len(matching), total)


def _matches(note: rules.Note, asked: Asked) -> bool:
    is_of = not asked.guid or note.guid == asked.guid
    return is_of and (not asked.words.strip() or rules.matches(note, asked.words))


def _page(asked: int, count: int) -> tuple[int, int]:
    """Return the page to show and the number of pages."""
    pages = max(-(-count // PAGE), 1)
    return min(asked, pages), pages


def _by_month(notes: Iterable[Reflection]) -> list[tuple[str, list[Reflection]]]:
    months = itertools.groupby(notes, key=lambda each: each.made.replace(day=1))
    return [(translations.month(first), [*those]) for first, those in months]
