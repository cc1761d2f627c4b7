"""Defines the front matter about chapters."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from episodes.frontmatter.value_types import Facts, FileName, Line, Link, Name, Seconds


class Chapter(Facts):
    """A titled point in the recording that listeners can jump to."""

    start: Seconds = Field(description="The time at which it starts; the first at 0:00.")
    title: Name = Field(description="Its title.")
    link: Link | None = Field(None, description="A web page about it.")
    picture: FileName | None = Field(
        None, description="Its own picture: a file beside episode.md, square, 600 to 3000 pixels."
    )
    picture_alt: Line | None = Field(
        None, description="Alt text: what the picture shows, for people who cannot see it."
    )


def _listed_chapters(value: object) -> object:
    """Leave the name of a file to `EpisodeFacts.chapters_file`."""
    return () if isinstance(value, str) and value.strip() else value


Chapters = Annotated[
    tuple[Chapter, ...],
    Field(max_length=255),
    BeforeValidator(_listed_chapters, json_schema_input_type=tuple[Chapter, ...] | FileName),
]
