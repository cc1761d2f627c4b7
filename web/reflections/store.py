"""Stores reflections as encrypted rows; every query is limited to one learner's id."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy import insert as add
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from web import crypto
from web.accounts import erasure_store
from web.database.refusals import GoneError
from web.reflections import quota, rules
from web.reflections.rules import Note
from web.schema import erased, learners, reflections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row

    from web.accounts.store import Learner


class Reflection(NamedTuple):
    """A stored note: `note` as it was saved, `draft` with changes not saved yet.

    `damaged` names the parts that cannot be decrypted: "note" or "draft".
    """

    id: str
    version: int
    note: Note | None
    draft: Note | None
    made: date
    changed: date
    damaged: tuple[str, ...] = ()

    @property
    def is_lost(self) -> bool:
        """Whether no part of it can be decrypted."""
        return not (self.note or self.draft)

    @property
    def newest(self) -> Note:
        """The draft if there is one, else the note."""
        return self.draft or self.note or Note("", "", "", ())


class NoteChange(NamedTuple):
    """A note that a page sends to be stored; `version` is the one that the page knew."""

    id: str
    version: int
    note: Note
    today: date


class Conflict(NamedTuple):
    """Another page has stored a newer version; nothing was changed."""


DELETED = "this account is deleted"
BATCH = 200  # rows in memory at a time
DAMAGED = (crypto.WrongKeyError, ValueError, KeyError, TypeError, RecursionError)
_ROW = {
    name: bindparam(f"new_{name}", type_=reflections.c[name].type)
    for name in ("id", "learner", "version", "body", "draft", "made", "changed")
}
# Adds nothing if the row is there, was deleted, or the learner was. Both databases understand
# PostgreSQL's clause; a savepoint would be two more round trips.
_NEW = (
    insert(reflections)
    .from_select(
        [*_ROW],
        select(*_ROW.values()).where(
            ~exists().where(erased.c.id.in_([_ROW["id"], _ROW["learner"]]))
        ),
    )
    .on_conflict_do_nothing()
    .inline()
    .execution_options(preserve_rowcount=True)
)


def new_id() -> str:
    """Return a random id that nobody can guess."""
    return secrets.token_hex(16)


def id_of_copy(learner: Learner, id_: str, page: str) -> str:
    """Return the id of the copy that one page makes of a note: the same for a second press."""
    return crypto.part(learner.key, f"copy {id_} {page}").hex()[:32] if page else new_id()


def every(connection: Connection, learner: Learner) -> Iterator[Reflection]:
    """Yield all of a learner's reflections, the newest first, a few in memory at a time."""
    notes, number = batch(connection, learner)
    while notes:
        yield from notes
        notes, number = batch(connection, learner, number)


def batch(
    connection: Connection, learner: Learner, before: int | None = None
) -> tuple[list[Reflection], int]:
    """Return the newest reflections before a number, and the number to go on before."""
    where = [] if before is None else [reflections.c.number < before]
    rows = _newest(connection, learner, BATCH, *where)
    return [_kept(learner, row) for row in rows], rows[-1].number if rows else 0


def newest(connection: Connection, learner: Learner, most: int) -> list[Reflection]:
    """Return a learner's newest reflections."""
    return [_kept(learner, row) for row in _newest(connection, learner, most)]


def drafts(connection: Connection, learner: Learner) -> list[Reflection]:
    """Return a learner's reflections that have a draft, the newest first."""
    rows = _newest(connection, learner, quota.DRAFTS, reflections.c.draft.is_not(None))
    return [_kept(learner, row) for row in rows]


def saved(connection: Connection, learner: Learner) -> int:
    """Return how many notes a learner has saved."""
    query = select(func.count(reflections.c.body)).where(quota.is_of(learner.id))
    return int(connection.execute(query).scalar_one())


def saved_notes(
    connection: Connection, learner: Learner, most: int, skipped: int
) -> list[Reflection]:
    """Return a learner's saved notes, the newest first, without those skipped."""
    is_saved = reflections.c.body.is_not(None)
    rows = _newest(connection, learner, most, is_saved, skipped=skipped)
    return [_kept(learner, row) for row in rows]


def _newest(
    connection: Connection,
    learner: Learner,
    most: int,
    *where: ColumnElement[bool],
    skipped: int = 0,
) -> Sequence[Row[Any]]:
    query = select(reflections).where(quota.is_of(learner.id), *where)
    ordered = query.order_by(reflections.c.number.desc())
    return connection.execute(ordered.limit(most).offset(skipped)).all()


def find(connection: Connection, learner: Learner, id_: str) -> Reflection | None:
    """Return one of a learner's reflections."""
    row = _row(connection, learner, id_)
    return _kept(learner, row) if row else None


def _row(
    connection: Connection, learner: Learner, id_: str, *, changing: bool = False
) -> Row[tuple[object, ...]] | None:
    """Return a row, locked if it is to be changed (SQLite has one writer at a time anyway)."""
    query = select(reflections).where(quota.is_of(learner.id), reflections.c.id == id_)
    return connection.execute(query.with_for_update() if changing else query).one_or_none()


def unfinished(connection: Connection, learner: Learner, guid: str) -> Reflection | None:
    """Return the newest draft about an episode that was never saved."""
    rows = _newest(connection, learner, quota.DRAFTS, reflections.c.body.is_(None))
    drafts = (_kept(learner, row) for row in rows)
    return next((each for each in drafts if each.newest.guid == guid), None)


def _kept(learner: Learner, row: Row[Any]) -> Reflection:
    """Decrypt a row. A damaged part hides neither the other part nor any other row."""
    opened: dict[str, Note | None] = {}
    damaged = []
    for part, sealed in (("body", row.body), ("draft", row.draft)):
        try:
            opened[part] = _open(learner, row.id, part, sealed)
        except DAMAGED:
            opened[part] = None
            damaged.append("note" if part == "body" else part)
    if row.body is None and row.draft is None:
        damaged.append("note")
    version = row.version if isinstance(row.version, int) else 0
    dates = row.made, row.changed
    return Reflection(str(row.id), version, opened["body"], opened["draft"], *dates, tuple(damaged))


def _open(learner: Learner, id_: str, part: str, sealed: bytes | None) -> Note | None:
    if sealed is None:
        return None
    return rules.load(crypto.unseal(learner.key, sealed, learner.id, id_, part))


def put_draft(connection: Connection, learner: Learner, change: NoteChange) -> int | Conflict:
    """Store a draft; return the new version. Raises FullError."""
    return _put(connection, learner, change, {"draft": _sealed(learner, change, "draft")})


def save_note(connection: Connection, learner: Learner, change: NoteChange) -> int | Conflict:
    """Save a note and delete its draft; return the new version. Raises FullError."""
    body = _sealed(learner, change, "body")
    return _put(connection, learner, change, {"body": body, "draft": None})


def _sealed(learner: Learner, change: NoteChange, part: str) -> bytes:
    return crypto.seal(learner.key, rules.dump(change.note), learner.id, change.id, part)


def _put(
    connection: Connection, learner: Learner, change: NoteChange, values: dict[str, bytes | None]
) -> int | Conflict:
    row = _row(connection, learner, change.id, changing=True)
    quota.check(connection, learner.id, row, values)
    if row is None:
        return _add(connection, learner, change, values)
    return _over(connection, learner, change, values, row)


def _over(
    connection: Connection,
    learner: Learner,
    change: NoteChange,
    values: dict[str, bytes | None],
    row: Row[Any],
) -> int | Conflict:
    """Change a row, unless another page has stored a newer version."""
    kept = _kept(learner, row)
    same_page = change.note.page and change.note.page == kept.newest.page
    if change.version != kept.version and not same_page:
        return kept.version if kept.newest == change.note else Conflict()
    connection.execute(
        update(reflections)
        .where(reflections.c.learner == learner.id, reflections.c.id == change.id)
        .values(**values, version=kept.version + 1, changed=change.today)
    )
    return kept.version + 1


def _add(
    connection: Connection, learner: Learner, change: NoteChange, values: dict[str, bytes | None]
) -> int | Conflict:
    """Add a row, unless it was deleted for good while another page still had it open."""
    added = {"id": change.id, "learner": learner.id, "version": 1, "body": None, "draft": None}
    added |= {**values, "made": change.today, "changed": change.today}
    try:
        if connection.execute(_NEW, {f"new_{name}": each for name, each in added.items()}).rowcount:
            return 1
    except IntegrityError:
        raise GoneError(DELETED) from None
    _check_there(connection, learner)
    row = _row(connection, learner, change.id, changing=True)
    # The other press of the same form was quicker; or it was deleted, or the id is somebody else's.
    return _over(connection, learner, change, values, row) if row else Conflict()


def _check_there(connection: Connection, learner: Learner) -> None:
    """Raise GoneError if a learner deleted everything while this was on its way."""
    query = select(learners.c.id).where(learners.c.id == learner.id)
    is_there = connection.execute(query).one_or_none() is not None
    if not is_there or erasure_store.is_erased(connection, learner.id):
        raise GoneError(DELETED)


def drop_draft(connection: Connection, learner: Learner, id_: str, today: date) -> None:
    """Delete a draft: a saved note stays as it was, and one that was never saved is erased."""
    row = _row(connection, learner, id_, changing=True)
    if row and row.body is None:
        erase(connection, learner, id_, today)
    elif row:
        connection.execute(
            update(reflections)
            .where(reflections.c.learner == learner.id, reflections.c.id == id_)
            .values(draft=None, version=row.version + 1)
        )


def erase(connection: Connection, learner: Learner, id_: str, today: date) -> bool:
    """Delete a reflection for good, also from backups restored later."""
    gone = connection.execute(
        delete(reflections).where(reflections.c.learner == learner.id, reflections.c.id == id_)
    )
    if gone.rowcount:
        connection.execute(add(erased).values(id=id_, on=today))
    return bool(gone.rowcount)
