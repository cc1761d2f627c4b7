"""PgBouncer in transaction mode between the companion and PostgreSQL: nothing of ours minds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.kit.clients import sync_clients
from tests.kit.clients.sync_clients import play
from tests.kit.companion import cast
from tests.kit.companion.visitor import Line, Visitor
from tests.kit.servers import companion_server, pgbouncer, postgres
from web import settings as reading
from web.database.engine import Database
from web.maintenance import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.servers.companion_server import Accompanied
    from tests.kit.servers.postgres import Server

pytestmark = pytest.mark.slow
PEOPLE, ROUNDS = 12, 15


@pytest.fixture(params=["", "?prepare_threshold=0"])
def pooled(
    request: pytest.FixtureRequest,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Accompanied]:
    """A companion of two processes that knows nothing but the pooler, and was begun through it."""
    name = server.name(server.create())
    with pgbouncer.pool(server) as port:
        address = f"postgresql://{postgres.USER}@127.0.0.1:{port}/{name}{request.param}"
        monkeypatch.setenv(reading.DATABASE, address)
        show = cast.catalogue(tmp_path / "show")
        with companion_server.serve(tmp_path / "companion", show, "--workers", "2") as running:
            yield running


def test_people_join_write_connect_apps_and_upload(pooled: Accompanied) -> None:
    code = pooled.new_code()

    def live(number: int) -> int:
        visitor = Visitor(Line(pooled.address))
        visitor.join(code)
        page = visitor.post("/connect/gpodder")
        assert page.status in {200, 303}, f"{page.status} {page.text}"
        for each in range(ROUNDS):
            visitor.save("guid-1", f"note {number} {each}")
            assert visitor.get("/notes").status == 200
        return number

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert sorted(pool.map(live, range(PEOPLE))) == list(range(PEOPLE))
    log = pooled.log.read_text(encoding="utf-8")
    assert "ERROR" not in log, log


def test_apps_upload_through_it(pooled: Accompanied) -> None:
    from web.application import create_app
    from web.companion import NAME

    place = create_app(pooled.settings).extensions[NAME]

    def upload(number: int) -> list[int]:
        learner = sync_clients.new_learner(place)
        who = sync_clients.let_in(place, learner.id, learner.key)
        line = sync_clients.Line(Line(pooled.address))
        path = f"/api/2/episodes/{who.handle}.json"
        rows = [[play(20 + each, 10, device="phone")] for each in range(ROUNDS)]
        bodies = [json.dumps(row).encode() for row in rows]
        return [line.send("POST", path, sync_clients.basic(who), each).status for each in bodies]

    try:
        with ThreadPoolExecutor(PEOPLE) as pool:
            statuses = {each for found in pool.map(upload, range(PEOPLE)) for each in found}
    finally:
        place.database.close()
    assert statuses == {200}


def test_upgrades_take_turns_through_it(server: Server) -> None:
    name = server.name(server.create())
    with pgbouncer.pool(server) as port:
        address = f"postgresql://{postgres.USER}@127.0.0.1:{port}/{name}"

        def upgrade(_: int) -> list[str]:
            database = Database(address)
            try:
                return migrate.upgrade(database)
            finally:
                database.close()

        with ThreadPoolExecutor(4) as pool:
            done = [each for each in pool.map(upgrade, range(4)) if each]
    assert done == [migrate.steps()], "one did all, the others nothing"
