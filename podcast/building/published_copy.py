"""Downloads a published file from the show's own addresses, limited in time and size."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PATIENCE = 20.0  # seconds without a response or a byte
LARGEST = 500_000_000  # bytes


def published(addresses: Iterable[str], file: str, target: Path) -> bool:
    """Download `file` to `target` from a present or former address; False if none has it.

    Never raises on network errors: a build works without it. The caller checks the length and
    digest of the download. Raises OSError if it cannot be written.
    """
    return any(_fetch(address + file, target) for address in addresses)


def _fetch(address: str, target: Path) -> bool:
    """Download a file; within this network, only from the show's own server."""
    from podcast.network.client import Client
    from podcast.network.failures import FetchError

    client = Client(home=address, patience=PATIENCE)
    try:
        with client.stream(address) as answer:
            if answer.status != 200 or (answer.size or 0) > LARGEST:
                return False
            if _write(answer.chunks, target, answer.size):
                return True
    except FetchError:
        pass
    finally:
        client.close()
    target.unlink(missing_ok=True)
    return False


def _write(chunks: Iterator[bytes], target: Path, size: int | None) -> bool:
    """Write a response to a file; False if it is too long, too slow, or incomplete."""
    from podcast.network.client import is_too_slow

    began, came = time.monotonic(), 0
    with target.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
            came += len(chunk)
            if came > LARGEST or is_too_slow(came, time.monotonic() - began):
                return False
    return size is None or came == size
