"""Creates a companion: its folder, its database and the link of its first lead."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from podcast.creating import companion_settings
from web.database.engine import Database
from web.desk import invitations
from web.maintenance import journal, migrate, pepper_mark
from web.policies import texts
from web.settings import FILE, is_plain_elsewhere

if TYPE_CHECKING:
    from pathlib import Path

    from podcast.creating.companion_settings import NewCompanion
    from web.settings import Settings

HTTPS = (
    "The address begins with http://. Outside this computer it must be https://, or anyone on the "
    "network can read people's phrases and notes. Change `address` before anyone joins."
)


def new_companion(folder: Path, answers: NewCompanion) -> list[str]:
    """Make a companion, and return what to print, with the first lead's link.

    Raises EarmarkError if the folder has one already, or if an answer is wrong.
    """
    settings = make_companion(folder, answers)
    database = Database(settings.database)
    link = invitations.invite(database, settings, settings.now(), None)
    database.close()
    where = "" if settings.catalogue else " --catalogue FOLDER_OR_ADDRESS_OF_THE_SHOW"
    plain = [HTTPS] if is_plain_elsewhere(settings.address) else []
    return [
        *plain,
        f"Made {folder / FILE}. Keep a copy of it in a safe place.",
        "  It holds the secret key (the “pepper”) for every account. If you lose it, every account",
        "  is lost.",
        f"Made {settings.texts}: privacy, keeping, complaints, accessibility.",
        "  Read them, and fill in what is marked EDIT before anyone joins.",
        f"Days and times follow {settings.timezone} (`timezone` in the settings).",
        "Send this link to the first training lead. It works once, for 7 days:",
        "",
        f"  {link}",
        "",
        f"Next: earmark web serve {folder}{where}",
    ]


def make_companion(folder: Path, answers: NewCompanion) -> Settings:
    """Make the settings, the texts and the database, and return the settings."""
    settings = companion_settings.create_settings(folder, answers)
    texts.copy(settings.texts)
    database = Database(settings.database)
    prepare_database(database, settings)
    database.close()
    return settings


def note_changed_settings(settings: Settings) -> None:
    """Write into the journal that the settings have changed since the last start, if they have.

    If the database does not answer in time, this is left to the next start.
    """
    database = Database(settings.database)
    with suppress(EarmarkError), database.writing() as connection:
        if migrate.is_current(connection) and pepper_mark.renew(connection, settings):
            journal.write(connection, settings.now().date(), journal.Act.SETTINGS)
    database.close()


def prepare_database(database: Database, settings: Settings) -> list[str]:
    """Upgrade a database, or create its tables; return the names of the steps.

    Raises EarmarkError if it belongs to other settings, or to a later Earmark.
    """
    steps = migrate.upgrade(database)
    with database.writing() as connection:
        pepper_mark.mark(connection, settings.secrets.pepper)
    return steps
