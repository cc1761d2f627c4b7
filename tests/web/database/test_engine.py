"""The door to the database: what is said when it does not open, and what a transaction promises."""

from __future__ import annotations

import sqlite3
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from episodes.errors import EarmarkError
from tests.kit.companion import database_rows
from web import schema
from web.database import sqlite
from web.database.engine import Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("address", ["nonsense", "mongo://x/y", "postgresql://host:port/name"])
def test_an_address_that_is_none_says_how_to_write_one(address: str) -> None:
    with pytest.raises(EarmarkError, match="write sqlite:///FILE or postgresql://HOST/NAME"):
        Database(address)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///{folder}/text.db",
        "sqlite:///{folder}/none/companion.db",
        pytest.param("postgresql://nobody@127.0.0.1:1/none", marks=pytest.mark.slow),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path, address: str) -> None:
    (tmp_path / "text.db").write_text("not a database " * 100, encoding="utf-8")
    database = Database(address.format(folder=tmp_path))
    sentence = r"^the database says: .+$"
    with pytest.raises(EarmarkError, match=sentence) as caught, database.reading():
        pass
    assert "\n" not in str(caught.value)
    database.close()


def test_without_its_driver_postgresql_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EarmarkError, match=r"pipx install --force '\.\[postgresql\]'"):
        Database("postgresql://localhost/companion")


def test_a_writer_who_waited_for_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT", 0.1)
    database = Database(f"sqlite:///{tmp_path}/companion.db")
    with database.writing(), pytest.raises(EarmarkError, match="is locked"), database.writing():
        pass
    with database.writing():
        pass
    database.close()


def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    with database.reading() as connection:
        database_rows.learner(connection, "alice")
    assert database_rows.ids(database, schema.learners) == set()


def test_a_write_that_fails_is_not_kept(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        database_rows.learner(connection, "alice")
        raise ZeroDivisionError
    assert database_rows.ids(database, schema.learners) == set()


def test_a_read_sees_one_moment(database: Database) -> None:
    with database.reading() as connection:
        before = connection.execute(schema.learners.select()).all()
        add = threading.Thread(target=database_rows.put, args=(database, schema.marks), kwargs=MARK)
        add.start()
        add.join()
        assert before == []
        assert connection.execute(schema.marks.select()).all() == []
    with database.reading() as connection:
        assert len(connection.execute(schema.marks.select()).all()) == 1


MARK = {"name": "new", "value": b"x"}


def test_a_connection_that_outlives_its_pool_is_closed(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/companion.db")
    with database.reading() as connection:
        raw: Any = connection.connection.dbapi_connection
        database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        raw.execute("SELECT 1")
