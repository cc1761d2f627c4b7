"""What `earmark web serve` does with a database that is late, small or missing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from episodes.errors import EarmarkError
from tests.kit.companion import cast
from tests.kit.companion.visitor import Line, Visitor
from tests.kit.servers import companion_server, postgres, preview_server
from web import settings as reading
from web.database import companion_database, connection_limits
from web.database.engine import Database
from web.maintenance import pepper_mark

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.companion.cast import House
    from tests.kit.servers.postgres import Server


@pytest.mark.slow
def test_a_server_that_is_late_is_waited_for_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.serve() as server:
        monkeypatch.setenv(reading.DATABASE, server.create())
        companion_server.make(tmp_path / "companion", preview_server.free_port())
        server.stop()
        show = cast.catalogue(tmp_path / "show")
        with companion_server.serve(tmp_path / "companion", show) as running:
            visitor = Visitor(Line(running.address))
            assert visitor.get("/healthz").status == 503
            assert visitor.get("/sign-in").status == 200
            server.start()
            until = time.monotonic() + 60
            while visitor.get("/healthz").status != 200:
                assert time.monotonic() < until
                time.sleep(0.1)
            visitor.join(running.new_code())
            log = running.log.read_text(encoding="utf-8")
            assert (
                "Until it answers, pages that need it say so (503). You need not restart anything."
                in log
            )


def test_a_file_that_is_not_there_is_told_and_not_made(house: House, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'none.db'}"
    found = house.settings.model_copy(update={"database": address})
    with pytest.raises(EarmarkError, match="is empty; run `earmark web upgrade`"):
        companion_database.check(found)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("workers", range(1, 33))
def test_all_processes_share_one_number_of_connections(workers: int) -> None:
    each = connection_limits.of_worker(workers, 64, is_file=False)
    assert each.connections * workers <= 64
    assert 1 <= each.writers <= each.connections


def test_the_usual_number_fits_into_the_usual_postgresql() -> None:
    for workers in range(1, 21):
        assert connection_limits.share(workers) * workers <= connection_limits.CONNECTIONS < 100 - 3


@pytest.mark.slow
def test_a_server_with_too_few_connections_is_told(
    house: House, server: Server, server_template: str
) -> None:
    address = server.create(server_template)
    database = Database(address)
    with database.writing() as connection:
        pepper_mark.mark(connection, house.settings.secrets.pepper)
    database.close()
    found = house.settings.model_copy(update={"database": address, "database_connections": 64})
    assert companion_database.check(found, 1) == ["It uses up to 16 connections to PostgreSQL."]
    assert companion_database.check(found, 8) == [
        "It uses up to 64 connections to PostgreSQL.",
        (
            "PostgreSQL allows only 57 in all: raise its max_connections, or write "
            "`database_connections = 28` into the settings."
        ),
    ]
    server.drop(address)
