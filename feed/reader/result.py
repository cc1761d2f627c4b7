"""Defines the result of reading a feed: front-matter values, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from episodes.errors import EarmarkError


class NotAFeedError(EarmarkError):
    """What was read is no feed; the text says what it is instead."""


class Loss(NamedTuple):
    """Something that could not be kept as it was: the line of the feed, what it is, and why."""

    line: int
    what: str
    why: str


class Enclosure(NamedTuple):
    """Where a recording lies; `length` in bytes, 0 where the feed does not know it."""

    url: str
    length: int
    type: str


class Paper(NamedTuple):
    """A file that a feed names beside a recording: a transcript."""

    url: str
    type: str
    language: str = ""


class TakenEpisode(NamedTuple):
    """One episode. `facts` are values for `episode.md`, not validated yet; `notes` is raw HTML.

    `date` is a moment in UTC; `slug` is set where Earmark itself made the feed, and `chapters` and
    `picture` are addresses, or "".
    """

    line: int
    facts: Mapping[str, Any]
    notes: str
    enclosure: Enclosure
    seconds: float = 0
    slug: str = ""
    transcripts: tuple[Paper, ...] = ()
    chapters: str = ""
    picture: str = ""

    @property
    def guid(self) -> str:
        """The identity."""
        return str(self.facts["guid"])

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.facts["title"])


class Taken(NamedTuple):
    """A show, newest episode first. `facts` are values for `show.md`, not validated yet.

    `address` is the feed's own; `owner` is whom `podcast:locked` names, where it says yes.
    """

    facts: Mapping[str, Any]
    episodes: tuple[TakenEpisode, ...]
    losses: tuple[Loss, ...]
    address: str
    picture: str = ""
    locked: bool = False
    owner: str = ""
    ours: bool = False
