"""A backup: one moment of the database in one file that only its owner reads."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from episodes.errors import EarmarkError
from tests.kit.companion import database_rows
from tests.kit.companion.database_rows import NEWEST, NOW, OTHER, PEPPER
from web.maintenance import backup, backup_format, pepper_mark

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.database_rows import Later, Making
    from web.database.engine import Database

# How many bytes a process grows by a backup; the first one, stopped early, has loaded all code.
MEASURED = """
import resource, sys
from datetime import datetime
from pathlib import Path
from web.database.engine import Database
from web.maintenance import backup

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

database, now = Database(sys.argv[1]), datetime(2026, 11, 1)
pepper = b"a pepper that only the tests use"
kept, backup.kept = backup.kept, lambda connection: []
try:
    backup.write(database, pepper, Path(sys.argv[2]), now)
except KeyError:
    backup.kept = kept
before = most()
assert backup.write(database, pepper, Path(sys.argv[3]), now).reflections == 3003
print(most() - before)
"""


def test_a_backup_says_what_is_in_it_and_only_its_owner_reads_it(
    database: Database, tmp_path: Path
) -> None:
    database_rows.fill(database)
    file = tmp_path / "backup.gz"
    counts = backup.write(database, PEPPER, file, NOW)
    assert counts == backup_format.Counts(learners=2, leads=1, reflections=3)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_backup_has_no_sessions_no_invitations_and_no_time_of_day(
    database: Database, tmp_path: Path
) -> None:
    database_rows.fill(database)
    for hour in (1, 23):
        backup.write(database, PEPPER, tmp_path / f"at {hour}", NOW.replace(hour=hour))
    data = (tmp_path / "at 1").read_bytes()
    assert data == (tmp_path / "at 23").read_bytes()
    lines = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    assert lines[0] == {"earmark": "backup", "format": 1, "revision": NEWEST, "day": "2026-11-01"}
    tables = {line["table"] for line in lines if "table" in line}
    assert tables == {
        "marks", "erased", "learners", "leads", "join_codes", "reflections", "listeners", "media",
        "events", "coverage", "places", "figures", "sync_accounts", "app_passwords",
        "sync_cursors", "sync_devices", "sync_actions", "reported", "journal",
    }  # fmt: skip


def test_a_backup_never_takes_the_place_of_a_file(database: Database, tmp_path: Path) -> None:
    database_rows.fill(database)
    file = tmp_path / "backup.gz"
    file.write_text("something dear", encoding="utf-8")
    with pytest.raises(EarmarkError, match="already exists; choose another name"):
        backup.write(database, PEPPER, file, NOW)
    assert file.read_text(encoding="utf-8") == "something dear"


def test_a_file_that_appears_meanwhile_is_left_alone(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_rows.fill(database)
    file = tmp_path / "backup.gz"
    monkeypatch.setattr(os, "fsync", lambda _: file.write_text("the other's", encoding="utf-8"))
    with pytest.raises(EarmarkError, match="already exists"):
        backup.write(database, PEPPER, file, NOW)
    assert file.read_text(encoding="utf-8") == "the other's"
    assert list(tmp_path.iterdir()) == [file]


def test_a_full_disk_leaves_nothing_behind(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_rows.fill(database)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup_format.Writer, "finish", full)
    with pytest.raises(EarmarkError, match="cannot be written: No space left on device"):
        backup.write(database, PEPPER, tmp_path / "backup.gz", NOW)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(database: Database, tmp_path: Path) -> None:
    database_rows.fill(database)
    with pytest.raises(EarmarkError, match="cannot be written: No such file or directory"):
        backup.write(database, PEPPER, tmp_path / "none" / "backup.gz", NOW)


def test_settings_that_do_not_belong_to_the_database_get_no_backup(
    database: Database, tmp_path: Path
) -> None:
    database_rows.fill(database)
    with pytest.raises(EarmarkError, match="does not belong to this database"):
        backup.write(database, OTHER, tmp_path / "backup.gz", NOW)
    assert not list(tmp_path.iterdir())


def test_an_empty_database_gets_no_backup(make_database: Making, kind: str, tmp_path: Path) -> None:
    with pytest.raises(EarmarkError, match="run `earmark web upgrade`"):
        backup.write(make_database(kind, empty=True), PEPPER, tmp_path / "backup.gz", NOW)


def test_a_database_that_is_behind_can_be_backed_up_before_its_upgrade(
    database: Database, later: Later, tmp_path: Path
) -> None:
    database_rows.fill(database)
    with later():
        backup.write(database, PEPPER, tmp_path / "backup.gz", NOW)
    assert backup_format.Archive(tmp_path / "backup.gz").revision == NEWEST


class Writing(threading.Thread):
    """Somebody who keeps writing: a new learner with one reflection, again and again."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.done, self.over = database, 0, threading.Event()
        self.one_more = threading.Condition()

    def run(self) -> None:
        while not self.over.is_set():
            name = f"new-{self.done}"
            with self.database.writing() as connection:
                database_rows.learner(connection, name)
                database_rows.reflection(connection, f"by-{name}", name)
            with self.one_more:
                self.done += 1
                self.one_more.notify_all()

    def wait(self) -> None:
        """Wait until one more was written."""
        with self.one_more:
            assert self.one_more.wait(30)


def test_a_backup_sees_one_moment_while_somebody_keeps_writing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as connection:
        pepper_mark.mark(connection, PEPPER)
    writing = Writing(database)
    add = backup_format.Writer.add

    def slowly(writer: backup_format.Writer, *about: Any) -> None:
        writing.wait()
        add(writer, *about)

    monkeypatch.setattr(backup_format.Writer, "add", slowly)
    writing.start()
    try:
        writing.wait()
        counts = backup.write(database, PEPPER, tmp_path / "backup.gz", NOW)
    finally:
        writing.over.set()
        writing.join()
    rows = list(backup_format.Archive(tmp_path / "backup.gz").rows())
    learners = {row.values["id"] for row in rows if row.table == "learners"}
    assert {row.values["learner"] for row in rows if row.table == "reflections"} == learners
    assert 0 < counts.learners == counts.reflections < writing.done - 4


@pytest.mark.slow
def test_a_backup_of_much_takes_little_memory(database: Database, tmp_path: Path) -> None:
    size, number = 20_000, 3_000  # bytes of a reflection, and how many: 60 MB
    database_rows.fill(database)
    with database.writing() as connection:
        for each in range(number):
            database_rows.reflection(connection, f"r{each}", "alice", size=size)
    address = database.engine.url.render_as_string(hide_password=False)
    files = [str(tmp_path / "none.gz"), str(tmp_path / "all.gz")]
    command = [sys.executable, "-c", MEASURED, address, *files]
    grown = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert grown < size * number / 2
