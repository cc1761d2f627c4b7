"""Reads the feed to import: from the web, or from a file on this computer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from episodes.errors import EarmarkError
from feed.reader import read as reading
from feed.reader.result import NotAFeedError
from podcast.network.failures import FetchError

if TYPE_CHECKING:
    from feed.reader.result import ParsedFeed
    from podcast.network.client import Client

FEED_SIZE = 30_000_000  # bytes
_SCHEMES = re.compile(r"(?:feed|podcast|pcast|itpc)(?::(?=https?://)|://)", re.IGNORECASE)


def read_feed(where: str, client: Client) -> ParsedFeed:
    """Return what a feed says, from the web or from a file. Raises EarmarkError."""
    where = _SCHEMES.sub(lambda match: "" if match[0].endswith(":") else "https://", where, count=1)
    try:
        if re.match(r"https?://", where, re.IGNORECASE):
            file = client.download(where, FEED_SIZE)
            return reading.read(
                file.data, where, lambda page: client.get(page, FEED_SIZE), file.charset
            )
        path = Path(where)
        if not path.is_file():
            raise EarmarkError(
                f"{where} is neither a file nor an address that begins with https:// or http://"
            )
        if path.stat().st_size > FEED_SIZE:
            raise EarmarkError(
                f"{where} is larger than {FEED_SIZE / 1e6:g} MB; no app reads that much"
            )
        return reading.read(path.read_bytes(), "")
    except (FetchError, NotAFeedError) as error:
        raise EarmarkError(f"{where} {error}") from None
