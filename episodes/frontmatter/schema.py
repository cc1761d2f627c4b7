"""What a lead may write at the head of `show.md` and `episode.md`: every key, its type, its words.

These classes are the one schema: reading validates by them, `earmark schema` prints them as JSON
Schema, and `docs/front-matter.md` is generated from their descriptions.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from episodes.frontmatter.people import Owner, Person
from episodes.frontmatter.podcast_namespace import (
    Elsewhere,
    Funding,
    Place,
    Recommendation,
    Rhythm,
    Service,
    Soundbite,
    Thread,
    Txt,
)
from episodes.frontmatter.production import AudioAt, Correction, Publish, Recording
from episodes.frontmatter.references import Reference
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
    Phone,
    Reachable,
    Seconds,
    Slug,
    Text,
    Uuid,
    Whole,
    Zone,
)
from episodes.frontmatter.withdrawal import Withdrawn


class Support(Facts):
    """A source of support: somebody to turn to, and when that was last true."""

    name: Name = Field(description="What it is called.")
    phone: Phone | None = Field(None, description="The number to ring, like 116 123.")
    text: Line | None = Field(None, description="What to text to which number.")
    link: Link | None = Field(None, description="Its page.")
    hours: Line | None = Field(None, description="When somebody answers.")
    note: Line | None = Field(None, description="Who it is for, in a few words.")
    checked_on: Day | None = Field(None, description="The day on which somebody tried it.")


class Chapter(Facts):
    """A place in the recording that a listener can go to."""

    start: Seconds = Field(description="Where it starts; the first at 0:00.")
    title: Name = Field(description="What it is about.")
    link: Link | None = Field(None, description="A page that belongs to it.")
    picture: FileName | None = Field(
        None, description="A picture of its own beside episode.md, square, 600 to 3000 pixels."
    )
    picture_alt: Line | None = Field(None, description="The picture in words.")


class Skip(Facts):
    """A passage that a listener may want to leave out."""

    start: Seconds = Field(description="Where it starts.")
    end: Seconds = Field(description="Where it is over.")
    what: Line = Field(description="What is said there, without detail.")

    @property
    def told(self) -> str:
        """What is said there, for a sentence that goes on: without a full stop."""
        return self.what.rstrip(". ") or self.what


class ContentNote(Facts):
    """What a listener may want to know before they press play."""

    text: Text = Field(description="Factual, in a sentence or two.")
    skip: tuple[Skip, ...] = Field((), description="The passages that can be left out.")

    @property
    def needed(self) -> bool:
        """False where the lead wrote `none`: thought about, and nothing to say."""
        return self.text.lower() != "none"


def _spoken_note(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Note = Annotated[
    ContentNote, BeforeValidator(_spoken_note, json_schema_input_type=ContentNote | str)
]


class ShowFacts(Facts):
    """The head of `show.md`."""

    title: Line = Field(description="The name of the show.")
    guid: Uuid | None = Field(
        None, description="The show's identity for good. `earmark check --fix` writes it."
    )
    address: Address | None = Field(
        None, description="The folder on the web where the show will live, ending in /."
    )
    former_addresses: tuple[Address, ...] = Field(
        (), description="Where the show lived before; `earmark move` writes it."
    )
    author: Line = Field(description="Who speaks here: an organisation, a team, a person.")
    owner: Owner | None = Field(None, description="Who directories may write to.")
    feedback: Reachable | None = Field(
        None, description='"Write to us": an e-mail address or a page, shown with every episode.'
    )
    companion: Address | None = Field(
        None, description="Where the companion runs, if it does; links each episode to it."
    )
    summary: Text = Field(description="One or two sentences of plain text.")
    language: Language = Field("en-gb", description="The language spoken, like en-gb or cy.")
    timezone: Zone = Field("Europe/London", description="The time zone of the dates you write.")
    categories: tuple[Category, ...] = Field(
        ("Education > Courses",),
        description='Apple\'s categories, like "Education > Courses"; only the first counts.',
    )
    type: Literal["serial", "episodic"] = Field(
        "episodic", description="`serial` is heard from the first, `episodic` from the newest."
    )
    medium: Literal["podcast", "course"] = Field(
        "podcast", description="`course` says that each item is a session of a training."
    )
    explicit: bool = Field(False, description="Whether it is unsuitable for children.")
    licence: Line | None = Field(None, description="The licence, like CC-BY-4.0.")
    licence_link: Link | None = Field(None, description="Where a licence of your own can be read.")
    copyright: Line | None = Field(None, description="The copyright line.")
    locked: bool = Field(True, description="Asks other hosts not to take the show over.")
    cover: FileName | None = Field(None, description="The picture; otherwise cover.jpg or .png.")
    cover_crop: Literal["centre"] | None = Field(None, description="Publishes its square middle.")
    cover_alt: Line | None = Field(None, description="The picture in words.")
    seasons: dict[int, Name] = Field(
        {}, description="Names of seasons or modules: `1: Before you start`."
    )
    contributors: tuple[Person, ...] = Field((), description="Who makes the show.")
    support: tuple[Support, ...] = Field((), description="Sources of support for every episode.")
    recordings: Recording = Field(Recording(), description="What becomes of recordings.")
    rhythm: Rhythm | None = Field(None, description="How often an episode appears.")
    complete: bool = Field(
        False,
        description="True says that no episode will ever come again: apps stop looking for one.",
    )
    places: tuple[Place, ...] = Field(
        (), description="Where the show is made, or what it is about."
    )
    funding: tuple[Funding, ...] = Field((), description="Where listeners may give money.")
    recommends: tuple[Recommendation, ...] = Field(
        (), description="Other podcasts that you recommend."
    )
    comments: tuple[Thread, ...] = Field(
        (),
        description="Where people talk about the show in public. Without one, apps are asked to "
        "show no public comments beside your episodes.",
    )
    keep_out_of: tuple[Service, ...] = Field(
        (), description="Directories and apps that are asked not to list the show."
    )
    txt: tuple[Txt, ...] = Field(
        (), description="What a directory asks you to put into the feed, to prove that it is yours."
    )
    publish: Publish | None = Field(None, description="Where to publish to.")
    waive: dict[str, Line] = Field(
        {},
        description="Warnings to leave as they are, in the whole show, and why: "
        "`title-show: it is the name of the series`. docs/rules.md lists all.",
    )
    unlisted: bool = Field(
        False,
        description="Asks directories and search engines to leave the show out; docs/unlisted.md "
        "says what that protects.",
    )

    @property
    def ordered(self) -> bool:
        """Say whether its episodes are heard one after the other, from the first."""
        return self.type == "serial" or self.medium == "course"


def _listed_chapters(value: object) -> object:
    """Leave the name of a file to `EpisodeFacts.chapters_file`."""
    return () if isinstance(value, str) and value.strip() else value


Chapters = Annotated[
    tuple[Chapter, ...],
    Field(max_length=255),
    BeforeValidator(_listed_chapters, json_schema_input_type=tuple[Chapter, ...] | FileName),
]


class EpisodeFacts(Facts):
    """The head of `episode.md`."""

    _chapters_file: str | None = PrivateAttr(None)

    title: Line = Field(description="What it is called: no number, no name of the show.")
    guid: Guid | None = Field(
        None, description="The episode's identity for good. `earmark check --fix` writes it."
    )
    slug: Slug | None = Field(
        None, description="Its name in addresses; otherwise made from the folder's name."
    )
    date: Moment = Field(
        description="When it appears: `2026-05-03` (07:00) or `2026-05-03 18:30`. "
        "An episode with a date to come is held back until then."
    )
    summary: Text = Field(description="One or two sentences of plain text.")
    audio: FileName | None = Field(
        None, description="The recording; otherwise the only one in the folder."
    )
    audio_at: AudioAt | None = Field(None, description="Where it lies, if not in the folder.")
    transcript: FileName | None = Field(
        None,
        description="VTT, SRT, JSON, plain text or Word (.docx); otherwise the only one in the "
        "folder. Word and JSON must be named here or be called transcript.",
    )
    picture: FileName | None = Field(None, description="A picture of its own, square.")
    picture_crop: Literal["centre"] | None = Field(None, description="Publishes their middles.")
    picture_alt: Line | None = Field(None, description="The picture in words.")
    season: Whole | None = Field(None, ge=1, description="The season or module it belongs to.")
    number: Whole | None = Field(None, ge=1, description="Its number within the season.")
    display: Annotated[Line, Field(max_length=32)] | None = Field(
        None, description="How the number is shown, like `Session 3`."
    )
    type: Literal["full", "trailer", "bonus"] = Field("full", description="What kind it is.")
    explicit: bool | None = Field(None, description="Where it differs from the show.")
    language: Language | None = Field(None, description="Where it differs from the show.")
    licence: Line | None = Field(None, description="Where it differs from the show.")
    licence_link: Link | None = Field(None, description="Where it differs from the show.")
    content_note: Note | None = Field(
        None, description="What to know before pressing play, or the word `none`."
    )
    support: tuple[Support, ...] | None = Field(
        None, description="Sources of support instead of the show's."
    )
    contributors: tuple[Person, ...] | None = Field(
        None, description="Who made this episode, instead of the show's list."
    )
    references: tuple[Reference, ...] = Field((), description="What it rests on.")
    outcomes: tuple[Line, ...] = Field((), description="What a listener can do afterwards.")
    prompts: Annotated[tuple[Line, ...], Field(max_length=5)] = Field(
        (), description="One to five questions to reflect on."
    )
    answers: tuple[Line, ...] = Field((), description="Questions from listeners it answers.")
    chapters: Chapters = Field(
        (),
        description="At least three, the first at 0:00; or the name of a file that has them "
        "(docs/chapters.md). `[]` says that there are none.",
    )
    reviewed_on: Day | None = Field(None, description="When somebody last checked its facts.")
    review_due: Day | None = Field(None, description="When they should be checked again.")
    corrections: tuple[Correction, ...] = Field(
        (), description="What was corrected since it came out; `earmark revise` writes it."
    )
    replaces: Guid | None = Field(
        None, description="The guid of the episode that this one replaces; `earmark reissue`."
    )
    replaced_by: Guid | None = Field(
        None, description="The guid of the episode that replaces this one; `earmark reissue`."
    )
    recordings: Recording | None = Field(None, description="Where it differs from the show.")
    soundbites: tuple[Soundbite, ...] = Field(
        (), description="Passages that stand for the episode, of 15 to 120 seconds."
    )
    elsewhere: tuple[Elsewhere, ...] = Field(
        (), description="Where the same can be heard, seen or read too."
    )
    places: tuple[Place, ...] = Field((), description="Where it differs from the show.")
    comments: tuple[Thread, ...] = Field(
        (), description="Where people talk about this episode in public."
    )
    txt: tuple[Txt, ...] = Field((), description="What somebody asks you to put into its item.")
    withdrawn: Withdrawn | None = Field(
        None, description="When it was taken back; `earmark withdraw` writes it."
    )
    waive: dict[str, Line] = Field(
        {},
        description="Warnings to leave as they are, in this episode, and why: "
        "`audio-long: a whole interview`. docs/rules.md lists all.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _keep_the_file(cls, said: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        facts = handler(said)
        named = said.get("chapters") if isinstance(said, dict) else None
        if isinstance(named, str):
            facts._chapters_file = named.strip()
        return facts

    @property
    def chapters_file(self) -> str | None:
        """The file that `chapters` names instead of listing them."""
        return self._chapters_file
