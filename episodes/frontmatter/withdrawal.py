"""Defines the front matter about a withdrawal, and what a withdrawn episode keeps."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from episodes.frontmatter.value_types import Day, Facts, Text

F = TypeVar("F", bound=Facts)

# Replaces a required text that was removed, so that the cached episode can be read again.
BLANK = "-"

# A list of what stays, so that a key nobody thought of is removed.
KEPT = frozenset({
    "title", "guid", "slug", "date", "season", "number", "display", "type", "language", "support",
    "prompts", "withdrawn", "replaces", "replaced_by",
})  # fmt: skip


class Withdrawal(Facts):
    """When an episode was withdrawn, and why, if everyone may know."""

    on: Day = Field(description="The day on which it was withdrawn.")
    reason: Text | None = Field(None, description="A reason to show on the page. Optional.")


def _only_a_day(value: object) -> object:
    return {"on": value} if isinstance(value, date | str | bool) else value


Withdrawn = Annotated[
    Withdrawal, BeforeValidator(_only_a_day, json_schema_input_type=Withdrawal | Day)
]


def without_removed_facts(facts: F) -> F:
    """Return the facts without those that a withdrawal removes.

    The result is valid: a required text that is removed becomes BLANK, never empty.
    """
    fields = type(facts).model_fields
    gone: dict[str, Any] = {
        name: BLANK if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if name not in KEPT
    }
    return facts.model_copy(update=gone)
