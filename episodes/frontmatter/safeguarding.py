"""Defines the front matter about content notes, parts to skip, sources of support."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from episodes.frontmatter.value_types import Day, Facts, Line, Link, Name, Phone, Seconds, Text


class Support(Facts):
    """A source of support, with the day on which somebody last checked it."""

    name: Name = Field(description="Its name, like Samaritans.")
    phone: Phone | None = Field(None, description="The phone number, like 116 123.")
    text: Line | None = Field(None, description="Which word to text to which number.")
    link: Link | None = Field(None, description="Its web page.")
    hours: Line | None = Field(None, description="When somebody answers, like 24 hours a day.")
    note: Line | None = Field(None, description="Who it is for, in a few words.")
    checked_on: Day | None = Field(None, description="The day on which somebody last checked it.")


class Skip(Facts):
    """A part that a listener may want to skip."""

    start: Seconds = Field(description="The time at which it starts.")
    end: Seconds = Field(description="The time at which it ends.")
    what: Line = Field(description="What it is about, without details.")

    @property
    def subject(self) -> str:
        """What it is about, without a full stop, for use inside a sentence."""
        return self.what.rstrip(". ") or self.what


class ContentNote(Facts):
    """What a listener may want to know before they press play."""

    text: Text = Field(description="One or two factual sentences.")
    skip: tuple[Skip, ...] = Field((), description="Parts that listeners can skip.")

    @property
    def needed(self) -> bool:
        """False if the lead thought about it and wrote `none`."""
        return self.text.lower() != "none"


def _spoken_note(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Note = Annotated[
    ContentNote, BeforeValidator(_spoken_note, json_schema_input_type=ContentNote | str)
]
