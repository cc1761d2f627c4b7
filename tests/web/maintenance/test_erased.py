"""Tests that a restore never undoes a deletion."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from tests.kit.companion import database_rows
from tests.kit.companion.database_rows import NOW, OTHER, PEPPER, put
from web import schema
from web.database.engine import Database
from web.maintenance import backup, restore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Making

DAY = date(2026, 10, 30)


@pytest.fixture
def origin(make_database: Making) -> Database:
    """The database of which the backups are made."""
    database = make_database("sqlite")
    database_rows.fill(database)
    return database


@pytest.fixture
def file(origin: Database, tmp_path: Path) -> Path:
    """A backup from before anything was erased."""
    path = tmp_path / "monday.gz"
    backup.write(origin, PEPPER, path, NOW)
    return path


def erase(database: Database) -> None:
    """Erase Alice's account and Bob's reflection, as the companion does."""
    with database.writing() as connection:
        connection.execute(delete(schema.learners).where(schema.learners.c.id == "alice"))
        connection.execute(delete(schema.reflections).where(schema.reflections.c.id == "b1"))
    remember(database)


def remember(database: Database) -> None:
    for id_ in ("alice", "b1"):
        put(database, schema.erased, id=id_, on=DAY)


def assert_erased(database: Database) -> None:
    assert database_rows.ids(database, schema.learners) == {"bob"}
    assert database_rows.ids(database, schema.reflections) == set()
    expected = {("alice", DAY), ("b1", DAY), ("carol", date(2026, 2, 28))}
    assert set(database_rows.contents(database)["erased"]) == expected


def test_the_database_itself_knows_what_was_erased(database: Database, file: Path) -> None:
    database_rows.fill(database)
    erase(database)
    counts = restore.read(database, PEPPER, file, replace=True)
    assert str(counts) == ("learners: 1, leads: 1, notes: 0; deleted since, and not restored: 2")
    assert_erased(database)


def test_a_database_without_accounts_knows_it_too(database: Database, file: Path) -> None:
    remember(database)
    restore.read(database, PEPPER, file, replace=False)
    assert_erased(database)


def test_the_backup_knows_what_was_erased(
    make_database: Making, kind: str, origin: Database, tmp_path: Path
) -> None:
    remember(origin)  # and nothing is deleted: an erasure that an earlier restore undid
    backup.write(origin, PEPPER, tmp_path / "backup.gz", NOW)
    database = make_database(kind, empty=True)
    assert restore.read(database, PEPPER, tmp_path / "backup.gz", replace=False).kept_out == 2
    assert_erased(database)


def test_another_backup_in_the_folder_knows_what_was_erased(
    make_database: Making, kind: str, origin: Database, file: Path
) -> None:
    erase(origin)
    backup.write(origin, PEPPER, file.with_name("tuesday.gz"), NOW)
    database = make_database(kind, empty=True)
    counts = restore.read(database, PEPPER, file, replace=False)
    assert (counts.kept_out, counts.notes) == (2, ())
    assert_erased(database)


def test_what_was_kept_out_once_is_kept_out_of_the_next_restore(
    make_database: Making, origin: Database, file: Path, tmp_path: Path
) -> None:
    erase(origin)
    backup.write(origin, PEPPER, file.with_name("tuesday.gz"), NOW)
    database = make_database("sqlite", empty=True)
    restore.read(database, PEPPER, file, replace=False)
    file.with_name("tuesday.gz").unlink()
    restore.read(database, PEPPER, file, replace=True)
    assert_erased(database)


def test_what_cannot_be_looked_at_is_said_and_what_is_no_backup_is_not(
    make_database: Making, origin: Database, file: Path
) -> None:
    erase(origin)
    for name in ("cut", "hidden", "tuesday"):
        backup.write(origin, PEPPER, file.with_name(f"{name}.gz"), NOW)
    file.with_name("hidden.gz").rename(file.with_name(".hidden.gz"))
    cut = file.with_name("cut.gz")
    cut.write_bytes(cut.read_bytes()[:-20])
    others = make_database("sqlite")
    database_rows.fill(others, OTHER)
    put(others, schema.erased, id="bob", on=DAY)
    backup.write(others, OTHER, file.with_name("others.gz"), NOW)
    file.with_name("notes.txt").write_text("not a backup", encoding="utf-8")
    file.with_name("again.gz").symlink_to(file)
    file.with_name("folder.gz").mkdir()

    database = make_database("sqlite", empty=True)
    notes = restore.read(database, PEPPER, file, replace=False).notes
    damaged, foreign = notes
    assert "cut.gz is damaged or incomplete" in damaged
    assert "others.gz was made with another settings file" in foreign
    assert damaged.endswith("what was deleted before it was made could not be checked")
    assert_erased(database)
