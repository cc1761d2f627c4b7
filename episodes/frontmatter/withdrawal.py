"""Withdrawal: an episode that was taken back, and the little that is still told of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from episodes.frontmatter.value_types import Day, Facts, Text

F = TypeVar("F", bound=Facts)

# Stands where a text is required: what is remembered of the episode can be read again.
BLANK = "-"

# All else of an episode goes; a key that nobody thought of goes too.
KEPT = frozenset({
    "title", "guid", "slug", "date", "season", "number", "display", "type", "language", "support",
    "prompts", "withdrawn", "replaces", "replaced_by",
})  # fmt: skip


class Withdrawal(Facts):
    """When an episode was taken back, and why, if that may be known."""

    on: Day = Field(description="The day on which it was withdrawn.")
    reason: Text | None = Field(
        None, description="Why, for everybody to read; left out, nobody is told."
    )


def _only_a_day(value: object) -> object:
    return {"on": value} if isinstance(value, date | str | bool) else value


Withdrawn = Annotated[
    Withdrawal, BeforeValidator(_only_a_day, json_schema_input_type=Withdrawal | Day)
]


def bare(facts: F) -> F:
    """Return the facts without what a withdrawal takes away: who, what and where to hear it.

    What they return is valid: a required text that is taken away is BLANK, never empty.
    """
    fields = type(facts).model_fields
    gone: dict[str, Any] = {
        name: BLANK if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if name not in KEPT
    }
    return facts.model_copy(update=gone)
