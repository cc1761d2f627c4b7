"""Reads the date on which the certificate of a server expires."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from episodes.deadline import Deadline
from podcast.network.client import CONNECT
from podcast.network.failures import RAISED
from podcast.network.public_addresses import AnyTlsConnection

if TYPE_CHECKING:
    from podcast.network.client import Client


def certificate_end(client: Client, url: str) -> datetime | None:
    """Return when the certificate of a server expires; None if that cannot be seen.

    Behind a proxy it cannot: many show a certificate of their own.
    """
    if client.proxy_for(url):
        return None
    parts = urlsplit(url)
    connection = AnyTlsConnection(parts.hostname or "", parts.port or 443, timeout=CONNECT)
    try:
        with Deadline(2 * CONNECT):
            connection.connect()
        encrypted = isinstance(connection.sock, ssl.SSLSocket)
        certificate = connection.sock.getpeercert() if encrypted else None
        end = ssl.cert_time_to_seconds(str((certificate or {})["notAfter"]))
        return datetime.fromtimestamp(end, UTC)
    except (*RAISED, KeyError):
        return None
    finally:
        connection.close()
