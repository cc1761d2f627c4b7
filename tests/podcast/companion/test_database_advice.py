"""A damaged database ends every command in one sentence that says what to do, never a traceback."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from podcast.cli import main
from podcast.companion import database_advice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

PAGE = 4096


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["web", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A companion that has a backup."""
    made = tmp_path / "companion"
    told = ["--organisation", "Riverside Trust", "--contact", "training@example.org"]
    assert run("init", str(made), *told).exit_code == 0
    with closing(sqlite3.connect(made / "companion.db")) as raw:
        raw.executemany(
            'INSERT INTO erased (id, "on") VALUES (?, ?)',
            [(f"{n:032}", "2026-01-01") for n in range(400)],
        )
        raw.commit()
    assert run("backup", str(tmp_path / "good.gz"), "--folder", str(made)).exit_code == 0
    with closing(sqlite3.connect(made / "companion.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it is in the one file
    return made


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)  # noqa: S311 - the same each time


def damage_pages(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: 2 * PAGE] + noise(len(data) - 2 * PAGE))


def damage_header(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(noise(100) + data[100:])


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def write_over(file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 5000)


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def lose_wal(file: Path) -> None:
    """Take away what was written last: half of it is in the file already."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("DELETE FROM erased")
        raw.execute("VACUUM")
        shutil.copy(file, file.with_name("copy"))
    file.with_name("copy").replace(file)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


DAMAGES = (damage_pages, damage_header, cut, write_over, make_folder, lose_wal)
COMMANDS = {
    "backup": ["backup", "{base}/new.gz", "--folder", "{folder}"],
    "restore": ["restore", "{base}/good.gz", "--folder", "{folder}", "--replace"],
    "upgrade": ["upgrade", "{folder}"],
    "purge": ["purge", "{folder}"],
    "rebuild": ["rebuild", "{folder}"],
    "lead": ["lead", "invite", "--folder", "{folder}"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_a_damaged_file_is_said_in_one_sentence_with_what_to_do(
    folder: Path, damage: Callable[[Path], None], command: str
) -> None:
    damage(folder / "companion.db")
    told = [each.format(base=folder.parent, folder=folder) for each in COMMANDS[command]]
    done = run(*told)
    assert "Traceback" not in done.output
    if done.exit_code:
        assert done.output.startswith("error: ")
        assert done.output.count("\n") == 1, done.output
        assert any(each in done.output for each in database_advice.REMEDIES.values()), done.output
        assert not (folder.parent / "new.gz").exists()
    else:
        assert damage is lose_wal, "the file is whole without it"
    assert not list(folder.parent.glob(".*.part"))


def test_what_to_do_about_a_damaged_file_works_as_it_is_written(folder: Path) -> None:
    write_over(folder / "companion.db")
    (folder / "companion.db").rename(folder / "away")
    assert run("upgrade", str(folder)).exit_code == 0
    done = run("restore", str(folder.parent / "good.gz"), "--folder", str(folder))
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(folder / "companion.db")) as raw:
        assert raw.execute("SELECT count(*) FROM erased").fetchone() == (400,)
