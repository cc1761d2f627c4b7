"""Parses a show's web address."""

from __future__ import annotations

import json

from pydantic import ValidationError

from episodes.errors import EarmarkError
from episodes.frontmatter.schema import ShowFacts


def parse_address(text: str, option: str = "--address: ") -> str:
    """Return an address as `show.md` has it. Raises EarmarkError, which begins with `option`."""
    values = {"title": "-", "author": "-", "summary": "-", "address": text}
    try:
        return ShowFacts.model_validate_json(json.dumps(values)).address or ""
    except ValidationError as error:
        context = error.errors()[0].get("ctx", {})
        reason = context.get("error", "is not a web address")
        raise EarmarkError(f'{option}"{text}" {reason}') from None
