"""The beginning of a companion: its folder, its database, its first lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podcast.companion import zones
from web import settings as writing
from web.database import Database
from web.desk import inviting
from web.statements import texts
from web.upkeep import marking, migrating

if TYPE_CHECKING:
    from pathlib import Path

    from web.settings import Settings


def new(
    folder: Path, organisation: str, address: str, contact: str, timezone: str | None = None
) -> list[str]:
    """Make a companion; say what was made, and the first lead's link. Raises EarmarkError."""
    settings = make(folder, organisation, address, contact, timezone)
    link = inviting.invite(Database(settings.database), settings, settings.now(), None)
    return [
        f"Made {folder / writing.FILE}. Keep a copy of it in a safe place:",
        "  its pepper is part of every account, and nobody can make it again.",
        f"Made {settings.texts}: privacy, keeping, complaints, accessibility.",
        "  Read them, and edit what says EDIT before anybody joins.",
        f"Days and times are those of {settings.timezone} (`timezone` in it).",
        "The first lead opens this once, within 7 days:",
        "",
        f"  {link}",
        "",
        f"Next: earmark web serve {folder} --catalogue FOLDER_OR_ADDRESS_OF_THE_SHOW",
    ]


def make(
    folder: Path, organisation: str, address: str, contact: str, timezone: str | None = None
) -> Settings:
    """Make settings, texts and database."""
    settings = writing.write(folder, organisation, address, contact, timezone or zones.local())
    texts.copy(settings.texts)
    database = Database(settings.database)
    prepare(database, settings)
    database.close()
    return settings


def prepare(database: Database, settings: Settings) -> list[str]:
    """Bring a database up to date, an empty one too; return the names of the steps taken.

    Raises EarmarkError where it belongs to other settings, or to a later Earmark.
    """
    done = migrating.upgrade(database)
    with database.writing() as connection:
        marking.mark(connection, settings.secrets.pepper)
    return done
