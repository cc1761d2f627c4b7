"""Writes the settings of a new companion, with secrets of its own."""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import TYPE_CHECKING, NamedTuple

from episodes.errors import EarmarkError
from web import settings
from web.settings import FILE, QUIET

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE, PROXIES = '# catalogue = "https://podcast.example.org/talks/"', "# proxies = 1"

TEMPLATE = """\
# The settings of your companion. Keep a copy of this file in a safe place. Every account needs the
# two secrets at its end. If you lose them, every account is lost, and nobody can help.

organisation = {organisation}
# Its web address, ending in /. Behind a reverse proxy it can have a path.
address = {address}
# Where people can ask about it: an email address or a page.
contact = {contact}
# The time zone of the days and times on its pages, such as "Europe/London" or "Pacific/Auckland".
timezone = {timezone}

# Where the podcast is: the folder that `earmark build` made, or the show's web address.
{catalogue}
# How many reverse proxies of your own stand in front of it. It trusts that many.
{proxies}
# Where "Exit this page" leads.
# leave = "{leave}"
# `earmark web purge` deletes accounts that nobody has used for this many years. Not set: none.
# unused_years = 6
# How many days you keep backups. The privacy notice says so.
# backups_kept_days = 35
# How many connections to PostgreSQL the processes of the server share.
# database_connections = 40
# How many years you keep the journal of what leads and operators do. The privacy notice says so.
# journal_kept_years = 2

[secrets]
pepper = {pepper}
key = {key}
"""


class NewCompanion(NamedTuple):
    """The answers of the person who makes a companion; None stands for a question left open."""

    organisation: str
    address: str
    contact: str
    timezone: str = "Europe/London"
    catalogue: str | None = None
    proxies: int | None = None

    def lines(self) -> dict[str, str]:
        """Return the lines of the settings file, by the names in its template."""
        known = ("organisation", "address", "contact", "timezone")
        catalogue, proxies = self.catalogue, self.proxies
        return {key: quoted(getattr(self, key)) for key in known} | {
            "catalogue": f"catalogue = {quoted(catalogue)}" if catalogue else CATALOGUE,
            "proxies": PROXIES if proxies is None else f"proxies = {proxies}",
        }


def create_settings(folder: Path, answers: NewCompanion) -> settings.Settings:
    """Write the settings of a new companion, readable by its owner only.

    Raises EarmarkError if the folder has settings already, or if an answer is wrong.
    """
    path = folder / FILE
    if path.exists():
        raise EarmarkError(f"{path} already exists; its secrets cannot be made a second time")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("pepper", "key")}
    keys = {key: quoted(value) for key, value in fresh.items()}
    text = TEMPLATE.format(leave=QUIET, **keys, **answers.lines())
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        part.replace(path)
        return settings.read(folder)
    except EarmarkError:
        path.unlink()
        raise


def quoted(text: str) -> str:
    """Write any text as one TOML value on one line."""
    # JSON escapes the same characters as TOML in the same way, except those beyond the basic
    # plane, which stay as they are.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
