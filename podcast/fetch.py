"""Fetching a published file back: only from the show's own addresses, bounded in time and size."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from episodes.frames import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PATIENCE = 20  # seconds without an answer or a byte
LARGEST = 500_000_000  # bytes


def published(addresses: Iterable[str], file: str, target: Path) -> bool:
    """Get `file` into `target` from the show's address or one of before; False where none has it.

    Never raises for the network's sake: a build works without it. What came is checked by the
    caller, by length and digest. Raises OSError where it cannot be written.
    """
    return any(_fetch(address + file, target) for address in addresses)


def _fetch(address: str, target: Path) -> bool:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(address, headers={"User-Agent": "Earmark"})  # noqa: S310 - http(s) by the schema
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310 - the same
    except (OSError, ValueError, urllib.error.URLError):
        return False
    with answer:
        if int(answer.headers.get("Content-Length") or 0) > LARGEST:
            return False
        try:
            with target.open("wb") as file_out:
                shutil.copyfileobj(answer, file_out, CHUNK)
        except (TimeoutError, ConnectionError):
            target.unlink(missing_ok=True)
            return False
    return True
