"""Measures F11: uploads and listening reports on PostgreSQL, against the same on SQLite."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import companion
import sync_apps
from shows import ROOT
from table import Row

from web.settings import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from workspace import Workspace

    from tests.kit.servers.postgres import Server

MUST, AIM = 2.0, 1.2  # times as long as on SQLite


def measure(space: Workspace) -> list[Row]:
    """Measure P9 and P11 on both databases, one after the other."""
    alone, crowded = sync_apps.uploads(space, "sync-sqlite")
    reports = companion.report_rates(space, "beacon-sqlite", ("report",))["report"]
    with _postgresql() as server:
        with _database(server.create()):
            alone_pg, crowded_pg = sync_apps.uploads(space, "sync-postgresql")
        with _database(server.create()):
            rates = companion.report_rates(space, "beacon-postgresql", ("report",))
    rows = [
        ("30 actions of an app", f"{alone_pg:.1f} ms", f"{alone:.1f} ms", alone_pg / alone),
        ("the same, 8 at once, p95", f"{crowded_pg:.0f} ms", f"{crowded:.0f} ms",
         crowded_pg / crowded),
        ("a listening report", f"{rates['report']:.0f}/s", f"{reports:.0f}/s",
         reports / rates["report"]),
    ]  # fmt: skip
    return [
        Row("F11", work, "PostgreSQL", ours, "SQLite", other, ratio, MUST, AIM)
        for work, ours, other, ratio in rows
    ]


@contextmanager
def _database(address: str) -> Iterator[None]:
    """Let companions that are made or started in the block use this database."""
    os.environ[DATABASE] = address
    try:
        yield
    finally:
        del os.environ[DATABASE]


def _postgresql() -> AbstractContextManager[Server]:
    sys.path.append(str(ROOT))  # the tests' server, which is not installed
    from tests.kit.servers import postgres

    return postgres.serve()
