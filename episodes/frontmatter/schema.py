"""Defines every key of the front matter of `show.md` and `episode.md`, with its description.

These classes are the only schema: reading validates with them, `earmark schema` prints them as JSON
Schema, and `docs/front-matter.md` is generated from their descriptions.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from episodes.frontmatter.chapter import Chapters
from episodes.frontmatter.people import Owner, Person
from episodes.frontmatter.podcast_namespace import (
    Elsewhere,
    Funding,
    Location,
    Recommendation,
    Rhythm,
    Service,
    Soundbite,
    Thread,
    Txt,
)
from episodes.frontmatter.production import AudioAt, Correction, Publish, RecordingSettings
from episodes.frontmatter.references import Reference
from episodes.frontmatter.safeguarding import Note, Support
from episodes.frontmatter.value_types import (
    Address,
    Category,
    Day,
    Facts,
    FileName,
    Guid,
    Language,
    Line,
    Link,
    Moment,
    Name,
    Reachable,
    Slug,
    Text,
    Uuid,
    Whole,
    Zone,
)
from episodes.frontmatter.withdrawal import Withdrawn


class ShowFacts(Facts):
    """The front matter of `show.md`."""

    title: Line = Field(description="The name of the show.")
    guid: Uuid | None = Field(
        None, description="Its identity, which never changes. `earmark check --fix` writes it."
    )
    address: Address | None = Field(
        None, description="The web address of the show: a folder, ending in /."
    )
    former_addresses: tuple[Address, ...] = Field(
        (), description="Its former web addresses. `earmark move` writes them."
    )
    author: Line = Field(description="Who makes the show: an organisation, a team or a person.")
    owner: Owner | None = Field(
        None, description="The person or organisation that directories write to."
    )
    feedback: Reachable | None = Field(
        None, description="Where listeners can write to you: an email address or a page."
    )
    companion: Address | None = Field(
        None, description="The web address of your companion, if any; every episode links to it."
    )
    summary: Text = Field(description="One or two sentences of plain text.")
    language: Language = Field(
        "en-gb", description="The language that people speak in it, like en-gb or cy."
    )
    timezone: Zone = Field("Europe/London", description="The time zone of the dates you write.")
    categories: tuple[Category, ...] = Field(
        ("Education > Courses",),
        description='Apple\'s categories, like "Education > Courses". Apple uses only the first.',
    )
    type: Literal["serial", "episodic"] = Field(
        "episodic", description="`serial`: apps start with the first. `episodic`: with the newest."
    )
    medium: Literal["podcast", "course"] = Field(
        "podcast", description="`course` if every episode is one session of a course."
    )
    explicit: bool = Field(False, description="`true` if it is not suitable for children.")
    licence: Line | None = Field(None, description="The licence, like CC-BY-4.0.")
    licence_link: Link | None = Field(
        None, description="If the licence is your own, the web address where people can read it."
    )
    copyright: Line | None = Field(None, description="The copyright line.")
    locked: bool = Field(True, description="Asks other hosts not to import the show.")
    cover: FileName | None = Field(
        None, description="The file name of the cover. Default: cover.jpg or cover.png."
    )
    cover_crop: Literal["centre"] | None = Field(
        None, description="`centre` publishes the square middle of the picture."
    )
    cover_alt: Line | None = Field(
        None, description="Alt text: what the picture shows, for people who cannot see it."
    )
    share_card: Literal["neutral"] | None = Field(
        None,
        description="`neutral` gives shared links a card with the show's title and a plain "
        "picture, never the episode's subject. Without it, pages offer no card.",
    )
    seasons: dict[int, Name] = Field(
        {}, description="The names of seasons or modules, like `1: Before you start`."
    )
    contributors: tuple[Person, ...] = Field((), description="Who makes the show.")
    support: tuple[Support, ...] = Field((), description="Sources of support for every episode.")
    recordings: RecordingSettings = Field(
        RecordingSettings(), description="How recordings are published."
    )
    rhythm: Rhythm | None = Field(None, description="How often there is a new episode.")
    complete: bool = Field(
        False,
        description="`true` if there will never be another episode: apps stop looking for one.",
    )
    places: tuple[Location, ...] = Field(
        (), description="Where the show is made, or which place it is about."
    )
    funding: tuple[Funding, ...] = Field((), description="Where listeners can give money.")
    recommends: tuple[Recommendation, ...] = Field(
        (), description="Other podcasts that you recommend."
    )
    comments: tuple[Thread, ...] = Field(
        (),
        description="Where people talk about the show in public. If there is none, the feed asks "
        "apps not to show public comments beside your episodes.",
    )
    keep_out_of: tuple[Service, ...] = Field(
        (), description="Directories and apps that the feed asks not to list the show."
    )
    txt: tuple[Txt, ...] = Field(
        (),
        description="Verification text that a directory asks you to add, to prove that the "
        "feed is yours.",
    )
    publish: Publish | None = Field(
        None, description="The destination: where `earmark publish` uploads the show."
    )
    waive: dict[str, Line] = Field(
        {},
        description="Warnings and suggestions to leave as they are in the whole show, with the "
        "reason: "
        "`title-show: it is the name of the series`. docs/rules.md lists every rule.",
    )
    unlisted: bool = Field(
        False,
        description="`true` asks directories and search engines not to list the show. "
        "docs/unlisted.md explains what this protects.",
    )

    @property
    def ordered(self) -> bool:
        """Return whether people hear its episodes in order, from the first."""
        return self.type == "serial" or self.medium == "course"


class EpisodeFacts(Facts):
    """The front matter of `episode.md`."""

    _chapters_file: str | None = PrivateAttr(None)

    title: Line = Field(description="Its title, without a number and without the name of the show.")
    guid: Guid | None = Field(
        None, description="Its identity, which never changes. `earmark check --fix` writes it."
    )
    slug: Slug | None = Field(
        None, description="Its name in web addresses. Default: made from the folder's name."
    )
    date: Moment = Field(
        description="When it is published: `2026-05-03` (at 07:00) or `2026-05-03 18:30`. "
        "An episode with a date in the future is scheduled: it is left out until then."
    )
    summary: Text = Field(description="One or two sentences of plain text.")
    audio: FileName | None = Field(
        None, description="The file name of the recording. Default: the only one in the folder."
    )
    audio_at: AudioAt | None = Field(
        None, description="Its web address and size, if the file is not in this folder."
    )
    transcript: FileName | None = Field(
        None,
        description="The file name of the transcript: VTT, SRT, JSON, plain text or Word (.docx). "
        "Default: the only one in the folder. A Word or JSON file must be named here, or have "
        "“transcript” in its name.",
    )
    picture: FileName | None = Field(
        None, description="The file name of its own picture, which is square."
    )
    picture_crop: Literal["centre"] | None = Field(
        None, description="`centre` publishes the square middle of its pictures."
    )
    picture_alt: Line | None = Field(
        None, description="Alt text: what the picture shows, for people who cannot see it."
    )
    season: Whole | None = Field(None, ge=1, description="The season or module it belongs to.")
    number: Whole | None = Field(None, ge=1, description="Its number within the season.")
    display: Annotated[Line, Field(max_length=32)] | None = Field(
        None, description="How apps and pages show the number, like `Session 3`."
    )
    type: Literal["full", "trailer", "bonus"] = Field(
        "full", description="What kind of episode it is."
    )
    explicit: bool | None = Field(None, description="Only if it is not the same as the show's.")
    language: Language | None = Field(None, description="Only if it is not the same as the show's.")
    licence: Line | None = Field(None, description="Only if it is not the same as the show's.")
    licence_link: Link | None = Field(None, description="Only if it is not the same as the show's.")
    content_note: Note | None = Field(
        None, description="What to know before listening, or the word `none`."
    )
    support: tuple[Support, ...] | None = Field(
        None, description="Sources of support instead of the show's."
    )
    contributors: tuple[Person, ...] | None = Field(
        None, description="Who made this episode, instead of the show's list."
    )
    references: tuple[Reference, ...] = Field((), description="Sources and references.")
    outcomes: tuple[Line, ...] = Field(
        (), description="Learning outcomes: what listeners will be able to do afterwards."
    )
    prompts: Annotated[tuple[Line, ...], Field(max_length=5)] = Field(
        (), description="One to five questions to think about."
    )
    answers: tuple[Line, ...] = Field((), description="Questions from listeners that it answers.")
    chapters: Chapters = Field(
        (),
        description="At least three, the first at 0:00; or the name of a chapter file "
        "(docs/chapters.md). `[]` for none.",
    )
    reviewed_on: Day | None = Field(
        None, description="The day on which somebody last checked its facts."
    )
    review_due: Day | None = Field(
        None, description="The day by which they should be checked again."
    )
    corrections: tuple[Correction, ...] = Field(
        (), description="What was corrected after it was published. `earmark revise` writes it."
    )
    replaces: Guid | None = Field(
        None,
        description="The guid of the episode that this one replaces. `earmark reissue` writes it.",
    )
    replaced_by: Guid | None = Field(
        None,
        description="The guid of the episode that replaces this one. `earmark reissue` writes it.",
    )
    recordings: RecordingSettings | None = Field(
        None, description="Only if it is not the same as the show's."
    )
    soundbites: tuple[Soundbite, ...] = Field(
        (), description="Short extracts that apps can play as a preview, 15 to 120 seconds long."
    )
    elsewhere: tuple[Elsewhere, ...] = Field(
        (), description="Other places where this episode can be heard, watched or read."
    )
    places: tuple[Location, ...] = Field(
        (), description="Only if it is not the same as the show's."
    )
    comments: tuple[Thread, ...] = Field(
        (), description="Where people talk about this episode in public."
    )
    txt: tuple[Txt, ...] = Field(
        (), description="Verification text that a service asks you to add."
    )
    withdrawn: Withdrawn | None = Field(
        None, description="The day on which it was withdrawn. `earmark withdraw` writes it."
    )
    waive: dict[str, Line] = Field(
        {},
        description="Warnings and suggestions to leave as they are in this episode, with the "
        "reason: "
        "`audio-long: a whole interview`. docs/rules.md lists every rule.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _keep_the_file(cls, values: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        facts = handler(values)
        named = values.get("chapters") if isinstance(values, dict) else None
        if isinstance(named, str):
            facts._chapters_file = named.strip()
        return facts

    @property
    def chapters_file(self) -> str | None:
        """The file that `chapters` names instead of listing them."""
        return self._chapters_file
