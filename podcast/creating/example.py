"""Finds and copies the example show."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

from episodes import site_layout
from episodes.errors import EarmarkError
from podcast.cache.store import FOLDER


def find_example() -> Path:
    """Return the folder of the example show: packaged, or beside the code in a checkout."""
    packaged = Path(str(resources.files("podcast"))) / "example"
    checkout = Path(__file__).parents[2] / "examples" / "starting-the-conversation"
    return packaged if (packaged / "show.md").is_file() else checkout


def copy_example(folder: Path) -> None:
    """Copy the example show to a folder, unless it has a show.

    Raises EarmarkError if it has other files.
    """
    if (folder / "show.md").exists():
        return
    if folder.exists() and any(folder.iterdir()):
        raise EarmarkError(f"{folder} has other files in it; name an empty folder")
    ignored = shutil.ignore_patterns(
        FOLDER, site_layout.PUBLIC, "earmark.lock", "__pycache__", "*.py"
    )
    shutil.copytree(find_example(), folder, ignore=ignored, dirs_exist_ok=True)
