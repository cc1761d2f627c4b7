"""The production server: granian, which runs on Windows too, and the checks before it starts.

The only door to granian. Settings reach its workers by the environment.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from episodes.real_paths import real_path
from web import settings as reading
from web.application import create_app
from web.capacity import THREADS
from web.database import Database
from web.upkeep import marking, migrating

if TYPE_CHECKING:
    from flask import Flask

    from web.settings import Settings

FOLDER, CATALOGUE = "EARMARK_COMPANION", "EARMARK_CATALOGUE"
STOPS = 10  # seconds: a worker that is told to stop while it starts may not have heard it


def check(settings: Settings) -> None:
    """Raise EarmarkError where the database is missing, behind, ahead, or somebody else's."""
    database = Database(settings.database)
    try:
        migrating.check(database)
        with database.reading() as connection:
            marking.check(connection, settings.secrets.pepper)
    finally:
        database.close()


def serve(folder: Path, catalogue: str | None, host: str, port: int, workers: int) -> None:
    """Serve a companion until it is stopped. Raises EarmarkError where it cannot run."""
    from granian import Granian
    from granian.constants import Interfaces

    check(reading.read(folder, catalogue))
    os.environ[FOLDER] = str(real_path(folder))
    if catalogue:
        os.environ[CATALOGUE] = catalogue
    Granian(
        "web.serving:load",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOPS,
        log_enabled=False,
        factory=True,
    ).serve()


def load() -> Flask:
    """Return the application, in a worker of the server."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    found = reading.read(Path(os.environ[FOLDER]), os.environ.get(CATALOGUE))
    return create_app(found)
