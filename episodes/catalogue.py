"""Reads `catalogue.json`, which describes a published show to the companion.

It contains facts and sanitised notes, and nothing about consent or payment. Readers ignore keys
that they do not know, so that the companion and the pipeline may have different versions.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from episodes.catalogue_types import (
    Below,
    Folder,
    FormerName,
    Key,
    Label,
    RecordingAt,
    Web,
    When,
    Word,
    Words,
    bounded,
)
from episodes.errors import EarmarkError
from episodes.frontmatter.chapter import Chapter
from episodes.frontmatter.production import Correction
from episodes.frontmatter.safeguarding import ContentNote, Skip, Support
from episodes.frontmatter.withdrawal import Withdrawal

MOST = 20_000  # episodes
MOST_VALUES = 1_000_000  # commas: the time and memory that JSON takes grow with its values
_Count = Annotated[int, Field(ge=0, le=10**13)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CatalogueSupport(Support):
    """A source of support; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    name: Label
    text: Label | None = None
    link: Web | None = None
    hours: Label | None = None
    note: Label | None = None


class CatalogueChapter(Chapter):
    """A chapter; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    title: Label
    link: Web | None = None


class CatalogueSkip(Skip):
    """A part to skip; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    what: Label


class CatalogueContentNote(ContentNote):
    """A content note; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    text: Words
    skip: Annotated[tuple[CatalogueSkip, ...], *bounded(1_000)] = ()


class CatalogueCorrection(Correction):
    """A correction; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    note: Words


class FormerRecording(_Read):
    """What is known of a recording that is no longer published.

    `version` is the digest of its audio. `former` are all names that it had, whole URLs for those
    on other servers.
    """

    seconds: float = Field(ge=0, lt=1e6, allow_inf_nan=False)
    version: Word
    former: Annotated[tuple[FormerName, ...], *bounded(10_000)] = ()


class CatalogueRecording(FormerRecording):
    """An episode's recording; `file` is relative to the show's URL, or a whole URL."""

    file: RecordingAt
    length: _Count
    type: Word


class CatalogueWithdrawal(Withdrawal):
    """When and why an episode was withdrawn; a later version may have more keys."""

    model_config = ConfigDict(extra="ignore")
    reason: Words | None = None


class ListedEpisode(_Read):
    """The keys of every episode, withdrawn or not; `page` is relative to the show's URL.

    `language` is that of the episode, if it is not the show's.
    """

    guid: Key
    title: Label
    page: Below
    published: When
    language: Word | None = None
    prompts: Annotated[tuple[Label, ...], *bounded(20)] = ()
    support: Annotated[tuple[CatalogueSupport, ...], *bounded(100)] = ()
    withdrawn: CatalogueWithdrawal | None = None


class CatalogueEpisode(ListedEpisode):
    """A published episode."""

    season: _Count | None = None
    number: _Count | None = None
    summary: Words = ""
    chapters: Annotated[tuple[CatalogueChapter, ...], *bounded(2_000)] = ()
    content_note: CatalogueContentNote | None = None
    transcript: Below | None = None
    media: CatalogueRecording | None = None
    corrections: Annotated[tuple[CatalogueCorrection, ...], *bounded(1_000)] = ()
    replaces: Key | None = None
    replaced_by: Key | None = None


class WithdrawnEpisode(ListedEpisode):
    """An episode that was withdrawn; what learners wrote and heard of it stays theirs.

    `media` describes its former recording; `replaced_by` is the guid of the episode that replaces
    it.
    """

    withdrawn: CatalogueWithdrawal
    replaced_by: Key | None = None
    media: FormerRecording | None = None


class CatalogueShow(_Read):
    """The show; `address` is its URL, with / at the end, `feed` the feed's URL.

    `former` are its earlier URLs, each with / at the end.
    """

    title: Label
    address: Folder
    feed: Web | Literal[""] = ""
    former: Annotated[tuple[Folder, ...], *bounded(100)] = ()
    language: Word = "en-gb"
    summary: Words = ""
    medium: Word = ""
    type: Word = ""
    support: Annotated[tuple[CatalogueSupport, ...], *bounded(100)] = ()


class Catalogue(_Read):
    """A published show, its episodes in the order of the feed, newest first."""

    version: Literal[1]
    show: CatalogueShow
    episodes: Annotated[tuple[CatalogueEpisode, ...], *bounded(MOST)] = ()
    withdrawn: Annotated[tuple[WithdrawnEpisode, ...], *bounded(MOST)] = ()

    def in_order(self) -> tuple[CatalogueEpisode, ...]:
        """Return the episodes in the order of the show's page; a course begins with its first."""
        ordered = self.show.type == "serial" or self.show.medium == "course"
        return tuple(reversed(self.episodes)) if ordered else self.episodes

    def url_of(self, name: str) -> str:
        """Return the URL of a page or a recording, which may be a whole URL already."""
        return name if "://" in name else self.show.address + name


def parse(data: bytes) -> Catalogue:
    """Parse a catalogue. Raises EarmarkError if it is not one, or of a later version."""
    if data.count(b",") > MOST_VALUES:
        raise EarmarkError(
            f"this catalogue has more than {MOST_VALUES:,} values; is it the right file?"
        )
    try:
        return Catalogue.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"])) or "the file"
        raise EarmarkError(
            f"this is not a catalogue that this version of Earmark can read ({key}: "
            f"{_error_message(first)}); "
            "build the show again, and run the same version of Earmark on both sides"
        ) from None


def _error_message(error: Any) -> str:
    """Return what is wrong, on one line and without values from the file."""
    message = str(error.get("ctx", {}).get("error", error["msg"]))
    return " ".join(message.split())[:200]
