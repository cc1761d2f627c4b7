"""The beginning of a companion: its folder, its database, its first lead."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from episodes.findings import EarmarkError
from web import settings as writing
from web.database.engine import Database
from web.desk import invitations
from web.maintenance import journal, migrate, pepper_mark
from web.policies import texts

if TYPE_CHECKING:
    from pathlib import Path

    from web.settings import Beginning, Settings

HTTPS = (
    "The address begins with http://: off this computer people need https://, or anyone on the way "
    "can read their words and notes. Change `address` before anyone joins."
)


def new(folder: Path, beginning: Beginning) -> list[str]:
    """Make a companion; say what was made, and the first lead's link. Raises EarmarkError."""
    settings = make(folder, beginning)
    database = Database(settings.database)
    link = invitations.invite(database, settings, settings.now(), None)
    database.close()
    where = "" if settings.catalogue else " --catalogue FOLDER_OR_ADDRESS_OF_THE_SHOW"
    plain = [HTTPS] if writing.is_plain_elsewhere(settings.address) else []
    return [
        *plain,
        f"Made {folder / writing.FILE}. Keep a copy of it in a safe place:",
        "  its pepper is part of every account, and nobody can make it again.",
        f"Made {settings.texts}: privacy, keeping, complaints, accessibility.",
        "  Read them, and edit what says EDIT before anybody joins.",
        f"Days and times are those of {settings.timezone} (`timezone` in it).",
        "The first lead opens this once, within 7 days:",
        "",
        f"  {link}",
        "",
        f"Next: earmark web serve {folder}{where}",
    ]


def make(folder: Path, beginning: Beginning) -> Settings:
    """Make settings, texts and database."""
    settings = writing.begin(folder, beginning)
    texts.copy(settings.texts)
    database = Database(settings.database)
    prepare(database, settings)
    database.close()
    return settings


def note_settings(settings: Settings) -> None:
    """Write into the journal that the settings are others than when it was served last.

    A database that is late does not stop the start: then it is noted the next time.
    """
    database = Database(settings.database)
    with suppress(EarmarkError), database.writing() as connection:
        if migrate.is_current(connection) and pepper_mark.renew(connection, settings):
            journal.write(connection, settings.now().date(), journal.Act.SETTINGS)
    database.close()


def prepare(database: Database, settings: Settings) -> list[str]:
    """Bring a database up to date, an empty one too; return the names of the steps taken.

    Raises EarmarkError where it belongs to other settings, or to a later Earmark.
    """
    done = migrate.upgrade(database)
    with database.writing() as connection:
        pepper_mark.mark(connection, settings.secrets.pepper)
    return done
