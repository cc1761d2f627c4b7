"""A restore: everything comes back as it was, from either database into either, or nothing does."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, inspect, select, text

from episodes.errors import EarmarkError
from tests.kit.companion import database_rows
from tests.kit.companion.database_rows import NEWEST, NEXT, NOW, OTHER, PEPPER
from web import schema
from web.database.engine import Database
from web.maintenance import backup, backup_format, migrate, pepper_mark, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Later, Making

FAILS = f"""
from alembic import op

revision, down_revision = "{NEXT}", "{NEWEST}"


def upgrade():
    op.drop_table("there is no such table")
"""


@pytest.fixture
def file(make_database: Making, tmp_path: Path) -> Path:
    """A backup of all that `keeping.fill` makes, alone in its folder."""
    (tmp_path / "backups").mkdir()
    path = tmp_path / "backups" / "backup.gz"
    database = make_database("sqlite")
    database_rows.fill(database)
    backup.write(database, PEPPER, path, NOW)
    return path


@pytest.mark.parametrize("origin", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
@pytest.mark.parametrize("empty", [True, False])
def test_everything_comes_back_from_either_database_into_either(
    make_database: Making, origin: str, kind: str, empty: bool, tmp_path: Path
) -> None:
    before, after = make_database(origin), make_database(kind, empty=empty)
    database_rows.fill(before)
    written = backup.write(before, PEPPER, tmp_path / "one.gz", NOW)
    assert restore.read(after, PEPPER, tmp_path / "one.gz", replace=False) == written
    expected = database_rows.contents(before) | {"sessions": [], "invitations": []}
    assert database_rows.contents(after) == expected
    migrate.check(after)
    backup.write(after, PEPPER, tmp_path / "two.gz", NOW)
    assert (tmp_path / "two.gz").read_bytes() == (tmp_path / "one.gz").read_bytes()


def test_new_reflections_are_numbered_after_those_that_came_back(
    database: Database, file: Path
) -> None:
    restore.read(database, PEPPER, file, replace=False)
    with database.writing() as connection:
        database_rows.reflection(connection, "new", "bob")
        numbers = select(schema.reflections.c.id).order_by(schema.reflections.c.number)
        assert list(connection.scalars(numbers)) == ["a1", "a2", "b1", "new"]


def test_the_first_reflection_after_an_empty_backup_is_number_one(
    make_database: Making, database: Database, tmp_path: Path
) -> None:
    empty = make_database("sqlite")
    with empty.writing() as connection:
        pepper_mark.mark(connection, PEPPER)
    backup.write(empty, PEPPER, tmp_path / "backup.gz", NOW)
    restore.read(database, PEPPER, tmp_path / "backup.gz", replace=False)
    with database.writing() as connection:
        database_rows.learner(connection, "bob")
        database_rows.reflection(connection, "first", "bob")
        assert connection.scalars(select(schema.reflections.c.number)).one() == 1


def test_a_database_with_accounts_is_replaced_only_when_asked(
    database: Database, file: Path
) -> None:
    database_rows.fill(database)
    with database.writing() as connection:
        database_rows.learner(connection, "dan")
    before = database_rows.contents(database)
    with pytest.raises(EarmarkError, match=r"has accounts \(3\); .* --replace"):
        restore.read(database, PEPPER, file, replace=False)
    assert database_rows.contents(database) == before
    assert restore.read(database, PEPPER, file, replace=True).learners == 2
    assert database_rows.ids(database, schema.learners) == {"alice", "bob"}
    assert database_rows.contents(database)["sessions"] == []


def test_the_accounts_of_another_organisation_are_never_replaced(
    database: Database, file: Path
) -> None:
    database_rows.fill(database, OTHER)
    before = database_rows.contents(database)
    with pytest.raises(EarmarkError, match="does not belong to this database"):
        restore.read(database, PEPPER, file, replace=True)
    assert database_rows.contents(database) == before


def test_what_init_made_by_mistake_is_no_hindrance(database: Database, file: Path) -> None:
    with database.writing() as connection:
        pepper_mark.mark(connection, OTHER)
    restore.read(database, PEPPER, file, replace=False)
    with database.reading() as connection:
        pepper_mark.check(connection, PEPPER)


def test_a_backup_of_an_earlier_earmark_is_upgraded(
    database: Database, file: Path, later: Later
) -> None:
    with later():
        restore.read(database, PEPPER, file, replace=False)
        migrate.check(database)
        with database.reading() as connection:
            colours = connection.scalars(text("SELECT colour FROM learners"))
            assert list(colours) == ["green", "green"]


def test_a_backup_of_a_later_earmark_is_refused(
    make_database: Making, database: Database, later: Later, tmp_path: Path
) -> None:
    newer = make_database("sqlite")
    with later():
        migrate.upgrade(newer)
        database_rows.fill(newer)
        backup.write(newer, PEPPER, tmp_path / "backup.gz", NOW)
    with pytest.raises(
        EarmarkError, match="made by a later version of Earmark; install that version"
    ):
        restore.read(database, PEPPER, tmp_path / "backup.gz", replace=True)


def test_a_database_of_a_later_earmark_is_left_alone(
    database: Database, file: Path, later: Later
) -> None:
    with later():
        migrate.upgrade(database)
    with pytest.raises(EarmarkError, match="later version of Earmark"):
        restore.read(database, PEPPER, file, replace=True)
    with later():
        migrate.check(database)


def test_a_backup_made_with_other_settings_is_refused(database: Database, file: Path) -> None:
    with pytest.raises(EarmarkError, match="made with another settings file"):
        restore.read(database, OTHER, file, replace=True)


def crafted(file: Path, out: Path, table: str, *rows: list[object]) -> Path:
    """Write a backup again, whole in itself, with other rows in one table, or without it."""
    opened = backup_format.Archive(file)
    found = list(opened.rows())
    with out.open("wb") as stream, backup_format.packing(stream) as lines:
        writer = backup_format.Writer(lines, opened.revision, opened.day)
        for name, columns in opened.columns.items():
            table_columns = schema.metadata.tables[name].columns
            kinds = {each.name: backup.KINDS[each.type.python_type] for each in table_columns}
            assert set(kinds) == columns
            own = [list(row.values.values()) for row in found if row.table == name]
            if name != table or rows:
                writer.add(name, kinds, rows if name == table else own)
        writer.finish()
    return out


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("reflections", [[1, "x", "nobody", 1, b"", None, NOW.date(), NOW.date()]]),
        ("reflections", [[1, "x", "bob", None, b"", None, NOW.date(), NOW.date()]]),
        ("erased", [["carol", NOW.date()], ["carol", NOW.date()]]),
        ("erased", [["carol", None]]),
        ("leads", []),
    ],
    ids=["nobody's", "a gap", "twice", "no day", "no table"],
)
def test_rows_that_do_not_fit_leave_everything_as_it_was(
    database: Database, file: Path, tmp_path: Path, table: str, rows: list[list[object]]
) -> None:
    database_rows.fill(database)
    before = database_rows.contents(database)
    with pytest.raises(EarmarkError) as caught:
        restore.read(database, PEPPER, crafted(file, tmp_path / "x", table, *rows), replace=True)
    assert "\n" not in str(caught.value)
    assert database_rows.contents(database) == before
    migrate.check(database)


def test_a_restore_that_fails_in_an_empty_database_leaves_it_empty(
    make_database: Making, kind: str, file: Path, later: Later
) -> None:
    database = make_database(kind, empty=True)
    with later(FAILS), pytest.raises(EarmarkError, match="nothing was restored; the database says"):
        restore.read(database, PEPPER, file, replace=False)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []


def test_an_account_erased_while_it_is_restored_stays_erased(
    database: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_rows.fill(database)
    began = threading.Event()

    def erase() -> None:
        began.set()
        with database.writing() as connection:
            connection.execute(delete(schema.learners).where(schema.learners.c.id == "alice"))
            connection.execute(insert(schema.erased).values(id="alice", on=database_rows.TODAY))

    drop, erasing = schema.metadata.drop_all, threading.Thread(target=erase)

    def in_between(*about: Any) -> None:
        erasing.start()
        began.wait()
        time.sleep(0.3)  # by now it waits for the restore
        drop(*about)

    monkeypatch.setattr(schema.metadata, "drop_all", in_between)
    restore.read(database, PEPPER, file, replace=True)
    erasing.join()
    assert database_rows.ids(database, schema.learners) == {"bob"}
    assert database_rows.ids(database, schema.reflections) == {"b1"}
    assert database_rows.ids(database, schema.erased) == {"alice", "carol"}
