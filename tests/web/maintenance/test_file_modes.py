"""Who else may read the files of a companion: nobody, whatever the umask was."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit import shows
from tests.kit.companion import cast
from tests.kit.servers import companion_server
from web.database.engine import Database
from web.maintenance import file_modes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def opened(folder: Path) -> dict[str, str]:
    """Return the files below a folder that others may read or write."""
    return {
        each.name: oct(each.stat().st_mode)
        for each in folder.rglob("*")
        if each.is_file() and each.stat().st_mode & file_modes.OTHERS and each.suffix != ".md"
    }


def test_a_new_database_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(f"sqlite:///{tmp_path / 'companion.db'}")
        with database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE one (x)")
            assert (tmp_path / "companion.db-wal").exists()
            assert opened(tmp_path) == {}
        database.close()
    finally:
        os.umask(before)
    assert opened(tmp_path) == {}


def test_what_was_open_is_closed_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "companion"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    found = create_settings(
        folder, NewCompanion("Riverside Trust", cast.ADDRESS, "training@example.org")
    )
    for name in ("companion.db", "companion.db-wal", "settings.toml"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    said = file_modes.close_files(found)
    assert len(said) == 4
    assert sum("now only its owner can" in line for line in said) == 3
    assert "other users of this computer can open this folder; run `chmod 700" in said[-1]
    assert opened(folder) == {}
    folder.chmod(0o700)
    assert file_modes.close_files(found) == []


@pytest.mark.slow
def test_the_real_commands_leave_nothing_that_others_can_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = tmp_path / "companion"
        with companion_server.serve(folder, cast.catalogue(tmp_path / "show")) as running:
            assert running.new_code()
            file = tmp_path / "backup.gz"
            run = [shows.program("earmark"), "web", "backup", str(file), "--folder", str(folder)]
            subprocess.run(run, check=True, capture_output=True)
            assert opened(folder) == {}
            assert not file.stat().st_mode & file_modes.OTHERS
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        os.umask(before)
