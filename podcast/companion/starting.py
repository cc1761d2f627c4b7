"""The beginning of a companion: its folder, its database, its first lead; and that of the demo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from web import settings as writing
from web.database import Database
from web.desk import inviting
from web.statements import texts
from web.upkeep import marking, migrating

if TYPE_CHECKING:
    from pathlib import Path

    from web.settings import Settings

DEMO = "companion"


def new(folder: Path, organisation: str, address: str, contact: str) -> list[str]:
    """Make a companion; say what was made, and the first lead's link. Raises EarmarkError."""
    settings = make(folder, organisation, address, contact)
    link = inviting.invite(Database(settings.database), settings, datetime.now(UTC), None)
    return [
        f"Made {folder / writing.FILE}. Keep a copy of it in a safe place: its pepper is part of "
        "every account, and nobody can make it again.",
        f"Made {settings.texts}: privacy, keeping, complaints, accessibility. Read them, and edit "
        "what says EDIT before anybody joins.",
        "The first lead opens this once, within 7 days:",
        "",
        f"  {link}",
        "",
        f"Next: earmark web serve {folder} --catalogue FOLDER_OR_ADDRESS_OF_THE_SHOW",
    ]


def make(folder: Path, organisation: str, address: str, contact: str) -> Settings:
    """Make settings, texts and database."""
    settings = writing.write(folder, organisation, address, contact)
    texts.copy(settings.texts)
    database = Database(settings.database)
    migrating.upgrade(database)
    with database.writing() as connection:
        marking.mark(connection, settings.secrets.pepper)
    database.close()
    return settings


class Demo(NamedTuple):
    """The companion of the example: its settings, and a code with which anybody joins."""

    settings: Settings
    code: str


def demo(show: Path, address: str) -> Demo:
    """Make the companion of a demo, or go on with the one that is there."""
    folder = show / DEMO
    if not (folder / writing.FILE).exists():
        make(folder, "Earmark example", address, "training@example.org")
    found = writing.read(folder, address.removesuffix(f"{DEMO}/"))
    settings = found.model_copy(update={"address": address})
    database = Database(settings.database)
    migrating.upgrade(database)
    code = inviting.new_code(database, settings, datetime.now(UTC))
    database.close()
    return Demo(settings, code)
