"""How tables come to be, and what is said of a database that does not fit."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect

from episodes.errors import EarmarkError
from tests.kit.companion.database_rows import NEWEST, NEXT, OTHER, PEPPER
from web import schema
from web.maintenance import backup, migrate, pepper_mark

if TYPE_CHECKING:
    from tests.kit.companion.database_rows import Later, Making
    from web.database.engine import Database

FAILS = f"""
from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "{NEXT}", "{NEWEST}"


def upgrade():
    op.create_table("goals", Column("id", String(32), primary_key=True))
    op.drop_table("there is no such table")
"""
UPGRADE = """
import sys
from web.database.engine import Database
from web.maintenance import migrate
print("ready", flush=True)
sys.stdin.readline()
print(*migrate.upgrade(Database(sys.argv[1])), flush=True)
"""


def test_the_steps_make_the_tables_of_the_schema(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        for name, table in schema.metadata.tables.items():
            assert inspect(connection).get_pk_constraint(name)["name"] == table.primary_key.name
            for key in inspect(connection).get_foreign_keys(name):
                theirs = key["referred_table"] != "media"  # a recording is nobody's
                assert key["options"] == ({"ondelete": "CASCADE"} if theirs else {})


def test_the_steps_follow_one_another_by_number() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    walked = list(ScriptDirectory.from_config(config).walk_revisions())
    numbers = [step.partition("_")[0] for step in migrate.steps()]
    assert [step.revision for step in reversed(walked)] == numbers
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_no_step_copies_a_table_that_others_lean_on() -> None:
    for path in (migrate.MIGRATIONS / "versions").glob("*.py"):
        assert "batch_alter_table" not in path.read_text(encoding="utf-8"), path.name


def test_every_column_is_of_a_kind_that_a_backup_knows() -> None:
    for table in schema.metadata.tables.values():
        for column in table.columns:
            assert column.type.python_type in backup.KINDS, f"{table.name}.{column.name}"


def test_an_upgrade_says_what_it_did_and_does_it_once(make_database: Making, kind: str) -> None:
    database = make_database(kind, empty=True)
    assert migrate.upgrade(database) == migrate.steps()
    assert migrate.upgrade(database) == []
    migrate.check(database)


def test_an_empty_database_says_so(make_database: Making, kind: str) -> None:
    with pytest.raises(EarmarkError, match="is empty; run `earmark web upgrade`"):
        migrate.check(make_database(kind, empty=True))


def test_a_database_that_is_behind_says_so_and_is_upgraded(
    database: Database, later: Later
) -> None:
    with later():
        with pytest.raises(
            EarmarkError, match="earlier version of Earmark; run `earmark web upgrade`"
        ):
            migrate.check(database)
        assert migrate.upgrade(database) == [f"{NEXT}_more"]
        migrate.check(database)


def test_a_database_that_is_ahead_says_so_and_is_left_alone(
    database: Database, later: Later
) -> None:
    with later():
        migrate.upgrade(database)
    for act in (migrate.check, migrate.upgrade):
        with pytest.raises(EarmarkError, match="later version of Earmark; install that version"):
            act(database)


def test_a_step_that_fails_leaves_nothing_behind(database: Database, later: Later) -> None:
    with later(FAILS), pytest.raises(Exception, match="there is no such table"):
        migrate.upgrade(database)
    migrate.check(database)
    with database.reading() as connection:
        assert not inspect(connection).has_table("goals")


def test_two_processes_that_upgrade_at_once_do_no_harm(make_database: Making, kind: str) -> None:
    database = make_database(kind, empty=True)
    address = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", UPGRADE, address]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    said = sorted(each.communicate()[0].strip() for each in both)
    assert [each.returncode for each in both] == [0, 0]
    assert said == ["", " ".join(migrate.steps())]
    migrate.check(database)


def test_a_mark_fits_the_settings_that_made_it_and_no_others(database: Database) -> None:
    with database.writing() as connection:
        pepper_mark.mark(connection, PEPPER)
        pepper_mark.mark(connection, PEPPER)
        pepper_mark.check(connection, PEPPER)
        for act in (pepper_mark.check, pepper_mark.mark):
            with pytest.raises(EarmarkError, match="does not belong to this database"):
                act(connection, OTHER)
        pepper_mark.check(connection, PEPPER)


def test_a_database_without_a_mark_fits_no_settings(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(delete(schema.marks))
        with pytest.raises(EarmarkError, match="run `earmark web upgrade`"):
            pepper_mark.check(connection, PEPPER)


def test_a_mark_does_not_tell_the_pepper(database: Database) -> None:
    with database.writing() as connection:
        pepper_mark.mark(connection, PEPPER)
        (value,) = connection.execute(schema.marks.select()).scalars("value")
    assert PEPPER not in value
    assert len(value) == 32
