"""Parses a show's web address, and derives the show's guid from it."""

from __future__ import annotations

import json
import uuid

from pydantic import ValidationError

from episodes import site_layout
from episodes.errors import EarmarkError
from episodes.frontmatter.schema import ShowFacts

NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # podcastindex.org/namespace/1.0


def parse_address(text: str, option: str = "--address: ") -> str:
    """Return an address as `show.md` has it. Raises EarmarkError, which begins with `option`."""
    values = {"title": "-", "author": "-", "summary": "-", "address": text}
    try:
        return ShowFacts.model_validate_json(json.dumps(values)).address or ""
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        reason = context.get("error", "is not a web address")
        raise EarmarkError(f'{option}"{text}" {reason}') from None


def show_guid(address: str) -> str:
    """Return the `podcast:guid` of the show at an address that ends in /."""
    return guid_of_feed(address + site_layout.FEED)


def guid_of_feed(url: str) -> str:
    """Return the `podcast:guid` of a feed: of its URL without scheme and trailing slashes."""
    return str(uuid.uuid5(NAMESPACE, url.partition("://")[2].rstrip("/")))
