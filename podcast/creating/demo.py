"""Creates the demo's companion: an example organisation and a join code."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from episodes.frontmatter import edit
from podcast import atomic_files
from podcast.companion import time_zone
from podcast.creating import companion
from podcast.creating.companion_settings import NewCompanion
from podcast.preview import Mounted
from podcast.show_folder.read_source import read_facts
from web import settings as reading
from web.application import create_app
from web.companion import NAME
from web.database.engine import Database
from web.desk import invitations

if TYPE_CHECKING:
    from pathlib import Path

    from web.published_show import Shows

PATH = "companion"
ATTEMPTS = 3_000  # to read the catalogue that the preview serves: ten minutes at least


def mount_companion(show: Path, port: int) -> Mounted:
    """Make the companion of a demo, or open the one that is there.

    It lives below the show's own address, so that every page of the preview links to it.
    """
    preview = f"http://127.0.0.1:{port}/"
    folder = show / PATH
    if not (folder / reading.FILE).exists():
        answers = (
            "Earmark example",
            f"{preview}{PATH}/",
            "training@example.org",
            time_zone.local(),
        )
        companion.make_companion(folder, NewCompanion(*answers))
    settings = reading.read(folder, catalogue=preview)
    # One host name for both is a risk only where other people write notes.
    demo = {"address": f"{preview}{PATH}/", "podcast_shares_host": True}
    settings = settings.model_copy(update=demo)
    database = Database(settings.database)
    companion.prepare_database(database, settings)
    now = settings.now()
    code = invitations.new_code(database, settings, now)
    link = invitations.invite(database, settings, now, None)
    database.close()
    _link_companion(show)
    lines = (
        f"Write a note  {settings.address}join/{code}   (the join code: {code})",
        f"The desk      {link}   (for the training lead; works once)",
    )
    app = create_app(settings)
    reader = threading.Thread(
        target=_read_catalogue, args=(app.extensions[NAME].shows,), daemon=True
    )
    reader.start()
    return Mounted(f"/{PATH}", app, lines)


def _read_catalogue(shows: Shows) -> None:
    """Read the catalogue once the preview serves it."""
    for _ in range(ATTEMPTS):
        shows.renew(quietly=True)
        if not shows.is_away:
            return
        time.sleep(0.2)


def _link_companion(show: Path) -> None:
    """Write the companion's web address into `show.md`, unless it has one."""
    facts, path = read_facts(show), show / "show.md"
    if facts.address and not facts.companion:
        text = path.read_text(encoding="utf-8")
        url = f"{facts.address}{PATH}/"
        text = edit.insert_key(text, "show.md", "companion", url, "address")
        atomic_files.write(path, text.encode())
