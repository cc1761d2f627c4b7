"""Collects everything that a learner has: notes and actions of apps batch by batch.

Each batch is read in a short transaction of its own. So no connection is held while a slow line
takes what was read, and what is deleted before its turn is no longer read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.export import action_store
from web.export.action_store import Position
from web.export.formats import Everything
from web.listening import progress
from web.reflections import store
from web.sync import apps, exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.accounts.store import Learner
    from web.companion import Companion
    from web.database.engine import Database
    from web.export.action_store import ExportedAction, Names
    from web.reflections.store import Reflection


def collect_everything(companion: Companion, learner: Learner) -> Everything:
    """Return everything of a learner; what there may be much of is read when it is iterated."""
    database, titles = companion.database, companion.shows.titles()
    key = exchange.device_key(companion)
    with database.reading() as connection:
        names = action_store.names_of(connection, key, learner.id)
        known = progress.progress_of(connection, names.listener, companion.shows.versions())
        connected = apps.every(connection, learner)
    return Everything(
        EveryNote(database, learner),
        [(titles.get(guid, guid), guid, each) for guid, each in known.items()],
        connected,
        EveryAction(database, names, titles),
        companion.settings.zone,
    )


class EveryNote:
    """All reflections of a learner, read again each time they are iterated."""

    def __init__(self, database: Database, learner: Learner) -> None:
        self._database, self._learner = database, learner

    def __iter__(self) -> Iterator[Reflection]:
        before = None
        while True:
            with self._database.reading() as connection:
                notes, before = store.batch(connection, self._learner, before)
            if not notes:
                return
            yield from notes


class EveryAction:
    """(title, action) of all that a learner's apps reported, read again each time.

    The title of an episode that has left the show is its guid.
    """

    def __init__(self, database: Database, names: Names, titles: dict[str, str]) -> None:
        self._database, self._names, self._titles = database, names, titles

    def __iter__(self) -> Iterator[tuple[str, ExportedAction]]:
        position = Position()
        while True:
            with self._database.reading() as connection:
                actions, position = action_store.batch(connection, self._names, position)
            if not actions:
                return
            for each in actions:
                yield self._titles.get(each.guid, each.guid), each
