"""Defines the front matter about recordings, publishing and corrections."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from episodes.frontmatter.value_types import Day, Facts, FileName, Line, Link, Text, Whole


class RecordingSettings(Facts):
    """How recordings are published; the defaults suit speech."""

    bitrate: Literal[64, 80, 96, 112, 128, 160, 192] = Field(
        96, description="Bit rate of the published MP3, in kbit/s."
    )
    channels: Literal["mono", "stereo"] = Field(
        "mono", description="Mono is best for speech: half the size, and the same in both ears."
    )
    finished: bool = Field(
        False,
        description="`true` if your MP3 and M4A recordings are already mastered. Earmark then adds "
        "tags and publishes them as they are, without measuring their loudness.",
    )
    small: bool = Field(
        False,
        description="`true` also makes a small file (Opus, 24 kbit/s), a quarter of the size, "
        "for slow "
        "connections and prepaid data: a link on the page, and a choice in apps that support it.",
    )


class AudioAt(Facts):
    """A recording on another server, which Earmark cannot change."""

    url: Link = Field(description="Its web address.")
    length: Whole = Field(ge=1, description="Its size in bytes.")
    type: Annotated[Line, StringConstraints(pattern=r"^audio/[a-z0-9.+-]+$")] = Field(
        description="Its media type, like audio/mpeg."
    )
    seconds: Whole = Field(ge=1, description="Its length in seconds.")


class Publish(Facts):
    """Where `earmark publish` uploads the show; never write a password or key here."""

    to: FileName = Field(description="A folder, or `s3://BUCKET/PREFIX`.")
    endpoint: Link | None = Field(
        None, description="The web address of the storage, if it is not Amazon's."
    )
    region: Line | None = Field(None, description="The region of the storage.")
    profile: Line | None = Field(
        None, description="The name of a profile in your AWS configuration."
    )


class Correction(Facts):
    """Something that was corrected after the episode was published."""

    on: Day = Field(description="The day on which it was corrected.")
    note: Text = Field(description="What was wrong and what is right, in one sentence.")
