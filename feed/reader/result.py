"""Defines the result of reading a feed: front-matter values, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from episodes.errors import EarmarkError


class NotAFeedError(EarmarkError):
    """The file is not a feed; the text says what it is instead."""


class Loss(NamedTuple):
    """Something that could not be kept: its line in the feed, what it is, and why."""

    line: int
    what: str
    why: str


class Enclosure(NamedTuple):
    """The URL of a recording, with its length in bytes (0 if unknown) and media type."""

    url: str
    length: int
    type: str


class Attachment(NamedTuple):
    """A file that a feed names beside a recording: a transcript."""

    url: str
    type: str
    language: str = ""


class ParsedEpisode(NamedTuple):
    """One episode. `facts` are values for `episode.md`, not validated yet; `notes` is raw HTML.

    `facts["date"]` is in UTC; `slug` is set if Earmark itself made the feed; `chapters` and
    `picture` are URLs, or "".
    """

    line: int
    facts: Mapping[str, Any]
    notes: str
    enclosure: Enclosure
    seconds: float = 0
    slug: str = ""
    transcripts: tuple[Attachment, ...] = ()
    chapters: str = ""
    picture: str = ""

    @property
    def guid(self) -> str:
        """Its guid."""
        return str(self.facts["guid"])

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.facts["title"])


class ParsedFeed(NamedTuple):
    """A show, newest episode first. `facts` are values for `show.md`, not validated yet.

    `address` is the feed's own URL; `owner` is the person that `podcast:locked` names, if the show
    is `locked`.
    """

    facts: Mapping[str, Any]
    episodes: tuple[ParsedEpisode, ...]
    losses: tuple[Loss, ...]
    address: str
    picture: str = ""
    locked: bool = False
    owner: str = ""
