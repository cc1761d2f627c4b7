"""Finds the time zone of this computer, by its name in the IANA database."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNKNOWN = "Etc/UTC"
TIMEZONE = Path("/etc/timezone")
LOCALTIME = Path("/etc/localtime")


def local(timezone: Path = TIMEZONE, localtime: Path = LOCALTIME) -> str:
    """Return the zone of TZ, of Debian's file, or of the link of systemd; Etc/UTC if none."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _written(timezone), _link(localtime)):
        if name and _known(name):
            return name
    return UNKNOWN


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _link(path: Path) -> str:
    try:
        return str(path.readlink()).partition("/zoneinfo/")[2]
    except OSError:
        return ""


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True
