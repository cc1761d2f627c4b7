"""Names backups by date and time, and deletes those older than the retention period."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAMES = re.compile(r"companion-(\d{4}-\d\d-\d\d)-\d{6}\.jsonl\.gz")


def name_at(now: datetime) -> str:
    """Return the name of a backup: companion-2026-11-26-031500.jsonl.gz."""
    return f"companion-{now:%Y-%m-%d-%H%M%S}.jsonl.gz"


def older(names: Iterable[str], today: date, days: int) -> list[str]:
    """Return the names of backups that are older than so many days, and no other names."""
    limit, backups = today - timedelta(days=days), []
    for name in sorted(names):
        match = NAMES.fullmatch(name)
        try:
            if match and date.fromisoformat(match[1]) < limit:
                backups.append(name)
        except ValueError:  # 2026-02-30: not one of ours
            continue
    return backups


def delete_older(folder: Path, today: date, days: int) -> list[str]:
    """Delete backups of a folder that are older than so many days; return their names."""
    names = older((path.name for path in folder.iterdir()), today, days)
    for name in names:
        (folder / name).unlink(missing_ok=True)
    return names
