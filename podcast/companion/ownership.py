"""Keeps root from leaving files in a companion's folder that its own user cannot open."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError

if TYPE_CHECKING:
    from pathlib import Path


def check(folder: Path) -> None:
    """Raise EarmarkError if root is about to work in a folder of somebody else.

    SQLite makes files beside the database; made by root, they lock the companion out of its own.
    """
    if os.name == "nt" or os.geteuid() != 0 or not folder.is_dir():
        return
    import pwd

    owner = folder.stat().st_uid
    if owner:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = f"#{owner}"
        raise EarmarkError(
            f"{folder} belongs to {name}, and files made by root would lock {name} out; "
            f"write `runuser -u {name} --` before the command"
        )
