"""What the companion's tests share: a database that is SQLite once and PostgreSQL once."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from tests.kit.companion import cast
from tests.kit.companion.cast import Clock
from tests.kit.companion.database_rows import NEWEST, NEXT
from tests.kit.servers import companion_server, postgres, preview_server
from web import crypto
from web import settings as reading
from web.database.engine import Database
from web.desk import two_factor
from web.maintenance import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.cast import House
    from tests.kit.companion.database_rows import Later, Making

ONE_MORE = f"""
from alembic import op
from sqlalchemy import Column, String

revision, down_revision = "{NEXT}", "{NEWEST}"


def upgrade():
    op.add_column("learners", Column("colour", String(10), server_default="green"))
"""


@pytest.fixture(autouse=True)
def cheap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let phrases and passwords cost little where nothing but the answer is looked at.

    What they really cost is tried by the slow tests, and where the costs themselves are.
    """
    if "slow" in request.keywords or request.path.stem in {"test_crypto", "test_two_factor"}:
        return
    monkeypatch.setattr(crypto, "COST", 2)
    hasher = PasswordHasher(1, 8, 1, two_factor.HASH, two_factor.SALT)
    monkeypatch.setattr(two_factor, "_hasher", hasher)
    monkeypatch.setattr(two_factor, "NOBODY", hasher.hash("nobody"))


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """PostgreSQL."""
    with postgres.serve() as running:
        yield running


@pytest.fixture(scope="session")
def server_template(server: postgres.Server) -> str:
    """The name of a database on the server that has its tables and nothing in them."""
    address = server.create()
    _upgrade(address)
    return server.name(address)


@pytest.fixture(scope="session")
def file_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file of SQLite."""
    file = tmp_path_factory.mktemp("template") / "companion.db"
    _upgrade(f"sqlite:///{file}")
    return file


def _upgrade(address: str) -> None:
    database = Database(address)
    migrate.upgrade(database)
    database.close()


@pytest.fixture
def make_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Making]:
    """Return a function that makes a database of a kind: with its tables, or really empty."""
    made: list[Database] = []
    on_server: list[str] = []

    def make(kind: str, *, empty: bool = False) -> Database:
        if kind == "sqlite":
            file = tmp_path_factory.mktemp("database") / "companion.db"
            if not empty:
                shutil.copy(request.getfixturevalue("file_template"), file)
            address = f"sqlite:///{file}"
        else:
            server = request.getfixturevalue("server")
            template = "template0" if empty else request.getfixturevalue("server_template")
            address = server.create(template)
            on_server.append(address)
        made.append(Database(address))
        return made[-1]

    yield make
    for database in made:
        database.close()
    for address in on_server:
        request.getfixturevalue("server").drop(address)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database: each test that asks for it runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def database(make_database: Making, kind: str) -> Database:
    """A database with its tables and nothing in them."""
    return make_database(kind)


@pytest.fixture
def clock() -> Clock:
    """A noon that goes on when a test says so."""
    return Clock()


@pytest.fixture
def house(tmp_path: Path, database: Database, clock: Clock) -> Iterator[House]:
    """A companion with its own time and nobody in it."""
    built = cast.house(cast.settings(tmp_path, database), clock=clock)
    yield built
    built.close()


@pytest.fixture
def place(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of a companion that `accompanied.serve` can run, with a database of a kind."""
    if kind == "postgresql":
        monkeypatch.setenv(reading.DATABASE, request.getfixturevalue("server").create())
    companion_server.make(tmp_path / "companion", preview_server.free_port())
    return tmp_path / "companion"


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Return a context in which this Earmark is a later one, with one step more."""
    folder = tmp_path / "100% later" / "migrations"  # a name over which Alembic could stumble
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    @contextmanager
    def become(step: str = ONE_MORE) -> Iterator[None]:
        (folder / "versions" / f"{NEXT}_more.py").write_text(step, encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "MIGRATIONS", folder)
            yield

    return become
