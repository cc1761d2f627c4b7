"""Defines the front matter about the sources of an episode."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from episodes.frontmatter.value_types import Facts, Line, Link, Text, Whole


class Reference(Facts):
    """A source of the episode, and what it does not show."""

    title: Text = Field(description="Its title.")
    by: Line | None = Field(None, description="Who wrote it.")
    year: Whole | None = Field(
        None, ge=1800, le=2200, description="The year in which it was published."
    )
    kind: Literal["research", "guidance", "lived experience", "practice", "statistics"] = Field(
        description="What kind of knowledge it is."
    )
    link: Link | None = Field(None, description="Where to read it: a DOI, if it has one.")
    limits: Text | None = Field(None, description="What it does not show, in one sentence.")
