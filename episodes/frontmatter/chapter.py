"""Defines the front matter about a chapter."""

from __future__ import annotations

from pydantic import Field

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
