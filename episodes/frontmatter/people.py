"""Defines the front matter about contributors and what they agreed to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from episodes.frontmatter.value_types import Day, Email, Facts, Link, Name, Text


class Owner(Facts):
    """Whom directories write to; published in the feed unless the show is unlisted."""

    name: Name = Field(description="The person or organisation responsible for the show.")
    email: Email = Field(
        description="The email address to which Apple and Spotify send the code that proves the "
        "show is yours."
    )


class Consent(Facts):
    """What a contributor agreed to; never published."""

    given_on: Day = Field(description="The day on which they agreed.")
    until: Day | None = Field(None, description="The last day of their consent, if it ends.")
    scope: Text | None = Field(None, description="What they agreed to, in a sentence.")


Role = Literal[
    "host", "guest", "narrator", "author", "editor", "producer", "consultant", "researcher",
    "reviewer",
]  # fmt: skip
Knowledge = Literal["lived experience", "practice", "research"]
Stage = Literal["idea", "planning", "writing", "recording", "editing", "review"]


class Person(Facts):
    """A person who helped to make the episode."""

    credit: Name = Field(description="The name to publish: their own, or one they chose.")
    role: Role = Field("host", description="What they did in this episode.")
    brings: Knowledge | None = Field(
        None,
        description="The kind of knowledge they bring. An episode that draws on only one kind "
        "gets a "
        "warning.",
    )
    stage: tuple[Stage, ...] = Field((), description="The stages at which they took part.")
    paid: bool | None = Field(None, description="Whether they were paid; never published.")
    consent: Consent | None = Field(None, description="What they agreed to; never published.")
    link: Link | None = Field(None, description="A web page about them.")
