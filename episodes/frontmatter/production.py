"""What a lead may write about production: recordings, where they go, what was corrected later."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from episodes.frontmatter.value_types import Day, Facts, FileName, Line, Link, Text, Whole


class Recording(Facts):
    """What becomes of recordings; the defaults suit speech."""

    bitrate: Literal[64, 80, 96, 112, 128, 160, 192] = Field(
        96, description="Bit rate of the published MP3, in kbit/s."
    )
    channels: Literal["mono", "stereo"] = Field(
        "mono", description="Speech is best in mono: half the size, the same in both ears."
    )
    finished: bool = Field(
        False,
        description="True says that MP3 and M4A recordings are mastered already: they are tagged "
        "and published as they are, and their loudness is not measured.",
    )
    small: bool = Field(
        False,
        description="True makes a small file too (Opus, 24 kbit/s), a quarter of the size, for "
        "slow lines and prepaid data: a link on the page, and a choice in apps that know of it.",
    )


class AudioAt(Facts):
    """A recording that stays where it is, on a server that Earmark has no hand in."""

    url: Link = Field(description="Its address.")
    length: Whole = Field(ge=1, description="How many bytes it has.")
    type: Annotated[Line, StringConstraints(pattern=r"^audio/[a-z0-9.+-]+$")] = Field(
        description="What it is, like audio/mpeg."
    )
    seconds: Whole = Field(ge=1, description="How many seconds it takes to hear.")


class Publish(Facts):
    """Where `earmark publish` puts the show; credentials are never written here."""

    to: FileName = Field(description="A folder, or `s3://BUCKET/PREFIX`.")
    endpoint: Link | None = Field(
        None, description="The storage's address, where it is not Amazon's."
    )
    region: Line | None = Field(None, description="The storage's region.")
    profile: Line | None = Field(None, description="A profile of your AWS configuration.")


class Correction(Facts):
    """Something that was corrected after the episode came out."""

    on: Day = Field(description="The day on which it was corrected.")
    note: Text = Field(description="What was wrong and what is right, in a sentence.")
