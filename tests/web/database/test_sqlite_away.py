"""Tests what the companion answers while its SQLite file is locked, away or damaged."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.kit.companion import cast
from tests.kit.companion.outage import Harm, Scene
from tests.kit.servers import companion_server
from web import settings as reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def on_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A companion on SQLite."""
    folder = tmp_path_factory.mktemp("away")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv(reading.DATABASE, raising=False)
        with companion_server.serve(folder / "companion", cast.catalogue(folder / "show")) as it:
            yield Scene(it)


def lock(file: Path) -> Harm:
    @contextmanager
    def harm() -> Iterator[None]:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("PRAGMA busy_timeout = 10000")
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
        other.close()

    return harm()


def take_away(file: Path) -> Harm:
    @contextmanager
    def harm() -> Iterator[None]:
        names = [file.with_name(file.name + end) for end in ("-wal", "-shm", "")]
        away = [each.rename(each.with_name(f"away-{each.name}")) for each in names]
        yield
        for each, name in zip(away, names, strict=True):
            each.rename(name)

    return harm()


def damage(file: Path) -> Harm:
    """Put a file of noise in its place, and the right one back."""

    @contextmanager
    def harm() -> Iterator[None]:
        with take_away(file):
            file.write_bytes(b"noise" * 10_000)
            yield
            file.unlink()

    return harm()


def test_a_disk_that_is_full(
    on_file: Scene,
) -> None:
    """The process may write no file beyond its present size, as on a full disk."""
    pid = companion_server.children(on_file.running.process.pid)[0]
    log = on_file.running.folder / "companion.db-wal"

    @contextmanager
    def harm() -> Iterator[None]:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
        yield
        assert on_file.first.get("/notes").status == 200, "reading goes on"
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    on_file.play(harm())


@pytest.mark.parametrize("harm", [lock, take_away, damage])
def test_a_file_that_is_harmed(on_file: Scene, harm: Callable[[Path], Harm]) -> None:
    on_file.play(harm(on_file.running.folder / "companion.db"), refuses=harm is not lock)
