"""What the tests of the desk share: a companion that was begun, and who may lead it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podcast.creating.companion_settings import NewCompanion, create_settings
from tests.kit.companion.lead_browser import Clock, Place
from web.application import create_app
from web.maintenance import pepper_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.companion.database_rows import Making
    from web.companion import Companion
    from web.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return create_settings(
        tmp_path / "companion",
        NewCompanion("Riverside Trust", "http://localhost/notes/", "desk@example.org"),
    )


@pytest.fixture
def place(make_database: Making, settings: Settings) -> Iterator[Place]:
    database = make_database("sqlite")
    with database.writing() as connection:
        pepper_mark.mark(connection, settings.secrets.pepper)
    file = database.file
    clock = Clock()
    found = settings.model_copy(update={"database": f"sqlite:///{file}"})
    app = create_app(found, clock, limited=False, seconds=lambda: clock.seconds)
    app.config["APPLICATION_ROOT"] = "/notes"  # where the test's client asks
    companion: Companion = app.extensions["earmark"]
    companion.glance.seconds = 60
    yield Place(companion, clock, app.test_client())
    companion.database.close()
