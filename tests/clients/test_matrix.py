"""Tests that real clients and parsers behave as docs/clients.md says; `make clients` writes it.

What matters most is asked of all of them here, whatever that page says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import full_show, shows
from tests.kit.clients import matrix
from tests.kit.clients.parsers import PARSERS
from tests.kit.clients.real_clients import CLIENTS, Client, Seen
from tests.kit.servers import preview_server

pytestmark = pytest.mark.long(6)

slow = pytest.mark.slow
ALL = (*CLIENTS, *PARSERS)
DOWNLOADING = [client for client in CLIENTS if "reader" not in client.name]


def name(client: Client) -> str:
    return f"{client.name} ({client.source})"


@pytest.fixture(scope="module")
def tried(
    tmp_path_factory: pytest.TempPathFactory, tone: Path, cover: Path
) -> dict[str, matrix.Tried]:
    folder = tmp_path_factory.mktemp("clients")
    full_show.write(folder / "show", tone, cover)
    return {name(each.client): each for each in matrix.run(folder, folder / "show")}


@pytest.fixture
def cells(client: Client, tried: dict[str, matrix.Tried]) -> matrix.Cells:
    found = tried[name(client)]
    return shows.missing(found.missing) if found.missing else found.cells


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """The rows of the page, without the version, by the first two words of each."""
    lines = matrix.PAGE.read_text(encoding="utf-8").splitlines()
    found = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return {f"{row[0]} ({row[1].split()[0]})": row[2:] for row in found}


@pytest.mark.parametrize("client", [pytest.param(each, marks=slow, id=name(each)) for each in ALL])
def test_a_client_does_what_the_page_says(
    client: Client, cells: matrix.Cells, rows: dict[str, list[str]]
) -> None:
    line = matrix.line(client, cells, "0")
    assert line.strip("| ").split(" | ")[2:] == rows[name(client)]


@pytest.mark.parametrize(
    "client", [pytest.param(each, marks=slow, id=name(each)) for each in DOWNLOADING]
)
def test_a_client_gets_every_episode_as_it_is_published_and_once(
    client: Client, cells: matrix.Cells
) -> None:
    assert cells["download"] in {"yes", "plays"}
    assert cells.get("again", "yes") == "yes"


@pytest.mark.parametrize("client", [pytest.param(each, marks=slow, id=name(each)) for each in ALL])
def test_what_a_client_shows_is_right(client: Client, cells: matrix.Cells) -> None:
    """Some clients fail on a new episode or odd characters; the page then says why."""
    shown = {key: said for key, said in cells.items() if key in matrix.SHOWS and key != "letters"}
    assert "no" not in shown.values()
    assert not [key for key, said in cells.items() if said == "no" and key not in client.why]


def test_a_client_that_is_not_installed_is_said_to_be_missing(tmp_path: Path) -> None:
    absent = Client("None", "none", "Debian", lambda home, _: Seen(home.run("no-such-client")))
    found = matrix.subscribe(absent, tmp_path, preview_server.Served("", tmp_path, ()))
    assert found.missing.startswith("no-such-client is not installed")
    assert found.cells == {}


def test_ten_clients_are_tried_and_the_page_has_a_row_for_each(rows: dict[str, list[str]]) -> None:
    assert len(DOWNLOADING) >= 10
    heads = {"Client (Version)", "Parser (Version)", "--- (---)"}
    assert rows.keys() - heads == {name(client) for client in ALL}
    done = [rows[name(client)][0] for client in DOWNLOADING]
    assert set(done) <= {"yes", "plays"}
