"""Derives the guid of a show from its web address."""

from __future__ import annotations

import uuid

from episodes import site_layout

NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # podcastindex.org/namespace/1.0


def guid_of_show(address: str) -> str:
    """Return the `podcast:guid` of the show at an address that ends in /."""
    return guid_of_feed(address + site_layout.FEED)


def guid_of_feed(url: str) -> str:
    """Return the `podcast:guid` of a feed: of its URL without scheme and trailing slashes."""
    return str(uuid.uuid5(NAMESPACE, url.partition("://")[2].rstrip("/")))
