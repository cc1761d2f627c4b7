"""The catalogue: a published show as `catalogue.json`, the one contract with the companion.

Facts and sanitised notes; nothing about consent or payment. What reads it ignores keys that it does
not know, so that the companion and the pipeline need not be of one age.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from episodes import lock, traces
from episodes.facts import Chapter, ContentNote, Support
from episodes.findings import EarmarkError
from episodes.production import Correction
from episodes.values import Guid, Line
from episodes.withdrawal import Withdrawal

if TYPE_CHECKING:
    from episodes.model import Episode, Media, Show

VERSION = 1


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(Support):
    """A source of support; a later version may say more about it."""

    model_config = ConfigDict(extra="ignore")


class Part(Chapter):
    """A chapter; a later version may say more about it."""

    model_config = ConfigDict(extra="ignore")


class Warned(ContentNote):
    """A content note; a later version may say more in it."""

    model_config = ConfigDict(extra="ignore")


class Corrected(Correction):
    """A correction; a later version may say more about it."""

    model_config = ConfigDict(extra="ignore")


class Past(_Read):
    """What an episode's recording was: the digest of its audio, and every name that it had.

    Where it lay on another server, that is a whole address.
    """

    seconds: float = Field(ge=0, lt=1e6, allow_inf_nan=False)
    version: str = Field(max_length=80)
    former: tuple[str, ...] = ()


class Audio(Past):
    """An episode's recording; `file` lies below the address."""

    file: str
    length: int
    type: str


class Named(_Read):
    """What is told of every episode, withdrawn or not; `page` is relative to the address."""

    guid: Guid
    title: Line
    page: str
    published: datetime
    prompts: tuple[str, ...] = ()
    support: tuple[Source, ...] = ()
    withdrawn: Withdrawal | None = None


class Entry(Named):
    """An episode as the catalogue tells it."""

    season: int | None = None
    number: int | None = None
    summary: str = ""
    chapters: tuple[Part, ...] = ()
    content_note: Warned | None = None
    transcript: str | None = None
    media: Audio | None = None
    corrections: tuple[Corrected, ...] = ()
    replaces: str | None = None
    replaced_by: str | None = None


class Back(Withdrawal):
    """When an episode was taken back, and why; a later version may say more."""

    model_config = ConfigDict(extra="ignore")


class Withdrawn(Named):
    """An episode that was taken back: nothing of it can be heard, and what learners have stays.

    `media` is what its recording was; `replaced_by` the guid of an episode in its place.
    """

    withdrawn: Back
    replaced_by: str | None = None
    media: Past | None = None


class Head(_Read):
    """The show as the catalogue tells it; `address` ends in /, `feed` is a whole address.

    `former` are addresses of before, each ending in / too.
    """

    title: str
    address: str
    feed: str = ""
    former: tuple[str, ...] = ()
    language: str = "en-gb"
    summary: str = ""
    medium: str = ""
    type: str = ""
    support: tuple[Source, ...] = ()


class Catalogue(_Read):
    """A published show, its episodes in the order of the feed, newest first."""

    version: Literal[1]
    show: Head
    episodes: tuple[Entry, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()

    def in_order(self) -> tuple[Entry, ...]:
        """Return the episodes as the show's own page lists them: a course from its first."""
        ordered = self.show.type == "serial" or self.show.medium == "course"
        return tuple(reversed(self.episodes)) if ordered else self.episodes


def parse(data: bytes) -> Catalogue:
    """Read a catalogue. Raises EarmarkError where it is none, or of a later version."""
    try:
        return Catalogue.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise EarmarkError(
            f"this is no catalogue that this Earmark reads ({place}: {first['msg'].lower()}); "
            "build the show again, and run the same version of Earmark on both sides"
        ) from None


def render(show: Show, known: lock.Lock = lock.EMPTY) -> bytes:
    """Write the catalogue. Addresses of files are relative to the show's address.

    `known` says which recordings episodes had before, also those that were withdrawn: what learners
    heard of them is theirs, and apps go on sending their old addresses.
    """
    facts = show.facts
    document = {
        "version": VERSION,
        "show": {
            "guid": facts.guid,
            "title": facts.title,
            "address": show.address,
            "feed": show.feed,
            **({"former": facts.former_addresses} if facts.former_addresses else {}),
            "language": facts.language,
            "author": facts.author,
            "summary": facts.summary,
            "description": show.description,
            "medium": facts.medium,
            "type": facts.type,
            "feedback": facts.feedback,
            "seasons": {str(number): name for number, name in sorted(facts.seasons.items())},
            "support": [_given(source) for source in facts.support],
            "unlisted": facts.unlisted,
            "cover": show.art.file if show.art else None,
        },
    }
    head = json.dumps(document, ensure_ascii=False, indent=1).removesuffix("\n}")
    rows = (json.dumps(_episode(each, known), ensure_ascii=False) for each in show.episodes)
    listed = ",\n".join(rows)  # a line each: many times faster than `indent`, and easy to compare
    back = [_withdrawn(each, known.episodes.get(each.guid)) for each in show.withdrawn]
    last = ",\n".join(json.dumps(each, ensure_ascii=False) for each in back)
    last = f',\n "withdrawn": [\n{last}\n]' if back else ""
    return f'{head},\n "episodes": [\n{listed}\n]{last}}}\n'.encode()


def _withdrawn(episode: Episode, entry: lock.Entry | None) -> dict[str, Any]:
    """Tell little, apart from the episodes: a companion that knows of no withdrawal ignores it.

    Nobody is told where it lies on another server: it may still be heard there.
    """
    facts = episode.facts
    media = entry and {
        "seconds": entry.seconds,
        "version": entry.audio,
        "former": traces.recordings(entry),
    }
    return {
        "guid": episode.guid,
        "title": facts.title,
        "page": episode.page,
        "published": episode.published.isoformat(),
        "withdrawn": _given(facts.withdrawn),
        "replaced_by": episode.newer and episode.newer.guid,
        "support": [_given(source) for source in episode.support],
        "prompts": list(facts.prompts),
        "media": media,
    }


def _given(value: Any) -> dict[str, Any]:
    facts: dict[str, Any] = value.model_dump(mode="json", exclude_none=True)
    return facts


def _part(chapter: Chapter) -> dict[str, Any]:
    picture = {"picture", "picture_alt"}  # files of the source
    facts: dict[str, Any] = chapter.model_dump(mode="json", exclude_none=True, exclude=picture)
    return facts


def _former(episode: Episode, media: Media, known: lock.Lock) -> list[str]:
    """Return every other name that a recording had, whole addresses on other servers first."""
    there = known.left(episode.guid).addresses
    return [name for name in (*there, *media.former) if name != media.file]


def _episode(episode: Episode, known: lock.Lock) -> dict[str, Any]:
    facts, media = episode.facts, episode.media
    return {
        "guid": episode.guid,
        "title": facts.title,
        "slug": episode.slug,
        "page": episode.page,
        "published": episode.published.isoformat(),
        "season": facts.season,
        "number": facts.number,
        "type": facts.type,
        "language": facts.language,
        "summary": facts.summary,
        "notes": episode.notes,
        "content_note": _given(facts.content_note) if facts.content_note else None,
        "support": [_given(source) for source in episode.support],
        "prompts": list(facts.prompts),
        "outcomes": list(facts.outcomes),
        "answers": list(facts.answers),
        "chapters": [_part(chapter) for chapter in facts.chapters],
        "transcript": episode.transcript,
        "media": {
            "file": media.file,
            "length": media.length,
            "type": media.type,
            "seconds": media.seconds,
            "version": media.digest,
            "former": _former(episode, media, known),
            **({"small": media.small.model_dump()} if media.small else {}),
        }
        if media
        else None,
        **_changes(episode),
    }


def _changes(episode: Episode) -> dict[str, Any]:
    """Return what changed since it came out; most episodes have nothing of it."""
    said = {
        "corrections": [_given(each) for each in episode.facts.corrections],
        "replaces": episode.older and episode.older.guid,
        "replaced_by": episode.newer and episode.newer.guid,
    }
    return {key: value for key, value in said.items() if value}
